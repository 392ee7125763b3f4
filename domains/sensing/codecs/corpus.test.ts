import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { runCodecCommand } from './command.ts';
import { compareAnswers, corpusSchema, testCorpus } from './corpus.ts';
import { createCodecRuntime } from './runtime.ts';

const shared =
	process.env.PARVIS_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
const realCodecs = join(shared, 'lorawan-codecs', 'codecs.json');

test.skipIf(!existsSync(realCodecs))('real codecs give what their vendors state', async () => {
	const corpus = corpusSchema.parse(JSON.parse(await readFile(realCodecs, 'utf8')));
	const runtime = createCodecRuntime({ workers: 1 });
	try {
		const failed: unknown[] = [];
		let passed = 0;
		for await (const result of testCorpus(runtime, corpus)) {
			if (result.passed) passed += 1;
			else failed.push(result);
		}
		expect(failed).toEqual([]);
		expect(passed).toBeGreaterThanOrEqual(157);
	} finally {
		await runtime.close();
	}
});

describe('comparing answers', () => {
	test.each([
		[{ data: { a: 1 } }, { data: { a: 1 }, errors: [], warnings: [] }],
		[{ data: { a: 1 } }, { data: { a: 1 }, warnings: ['low'] }],
		[{ data: { a: null } }, { data: {} }],
		[{ data: { a: 0.3 } }, { data: { a: 0.1 + 0.2 } }],
		[{ data: { t: '2020-01-01T00:00:00Z' } }, { data: { t: '2020-01-01T00:00:00.000Z' } }],
		[{ errors: ['no'] }, { data: {}, errors: ['no'] }],
		[{ data: { a: [1, { b: 2 }] } }, { data: { a: [1, { b: 2 }] } }],
	])('%j is met by %j', (stated, given) => {
		expect(compareAnswers(stated, given)).toEqual([]);
	});
	test.each([
		[{ data: { a: 1 } }, { data: { a: 2 } }, 'data.a'],
		[{ data: { a: 1 } }, { data: { a: '1' } }, 'data.a'],
		[{ data: { a: 0 } }, { data: {} }, 'data.a'],
		[{ data: { a: 1 } }, { data: { a: 1, b: 2 } }, 'data.b'],
		[{ data: { a: [1] } }, { data: { a: [1, 2] } }, 'data.a'],
		[{ data: { a: 1 } }, { data: { a: 1 }, errors: ['bad'] }, 'errors'],
		[{ data: {}, warnings: ['low'] }, { data: {} }, 'warnings'],
		[{ errors: ['x'] }, { data: { a: 1 } }, 'errors'],
		[{}, { data: { a: 1 } }, 'data'],
		[{ data: { a: 1.001 } }, { data: { a: 1 } }, 'data.a'],
	])('%j is not met by %j', (stated, given, where) => {
		expect(compareAnswers(stated, given).join()).toContain(`${where}: stated`);
	});
});

describe('codec test FILE', () => {
	let directory = '';
	const lines: string[] = [];
	beforeAll(async () => {
		directory = await mkdtemp(join(tmpdir(), 'parvis-codec-'));
	});
	afterAll(() => rm(directory, { recursive: true }));
	afterEach(() => vi.restoreAllMocks());

	async function run(content: unknown): Promise<number> {
		lines.length = 0;
		for (const method of ['log', 'error'] as const)
			vi.spyOn(console, method).mockImplementation((line: string) => void lines.push(...line.split('\n')));
		const file = join(directory, 'codecs.json');
		await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
		return runCodecCommand(['test', file]);
	}

	const js =
		'function decodeUplink(i) { return { data: { n: i.bytes[0], p: i.fPort, t: i.recvTime.getTime() > 0 } }; }';
	const example = (n: number, bytes: unknown = [7]) => ({
		description: `n is ${n}`,
		input: { bytes, fPort: 2 },
		output: { data: { n, p: 2, t: true } },
	});

	test('prints what failed and counts', async () => {
		const examples = [example(7), example(8), example(7, '07'), example(7, 'Bw==')];
		expect(await run([{ vendor: 'acme', codec: 'one', js, examples }])).toBe(1);
		expect(lines).toEqual([
			'FAILED acme one, example 2: n is 8',
			'  data.n: stated 8, given 7',
			'3 passed, 1 failed',
		]);
	});
	test('a malformed example fails alone', async () => {
		const examples = [example(7), example(7, [256]), { input: 1 }, example(7)];
		expect(await run([{ vendor: 'acme', codec: 'one', js, examples }])).toBe(1);
		expect(lines.at(-1)).toBe('2 passed, 2 failed');
	});
	test('exits 0 when all passed', async () => {
		expect(await run([{ vendor: 'acme', codec: 'one', js, examples: [example(7)] }])).toBe(0);
		expect(lines).toEqual(['1 passed, 0 failed']);
	});
	test('a codec that cannot run fails its examples only', async () => {
		const codecs = ['while (true) {}', 'function (', js].map((source, index) => ({
			vendor: 'acme',
			codec: `c${index}`,
			js: source,
			examples: [example(7)],
		}));
		expect(await run(codecs)).toBe(1);
		expect(lines.at(-1)).toBe('1 passed, 2 failed');
	});
	test.each([
		['{"a":', 'is not JSON'],
		['{"a":1}', 'does not hold codecs'],
		['[{"codec":"x"}]', 'does not hold codecs'],
	])('%s is refused', async (content, sentence) => {
		expect(await run(content)).toBe(2);
		expect(lines.join('\n')).toContain(sentence);
	});
	test('a missing file or a wrong command is refused', async () => {
		expect(await run('[]')).toBe(0);
		expect(await runCodecCommand(['test', join(directory, 'none.json')])).toBe(2);
		expect(await runCodecCommand([])).toBe(2);
	});
});
