import { afterAll, describe, expect, test } from 'vitest';
import { createCodecRuntime, type Uplink } from './runtime.ts';

const runtime = createCodecRuntime({ workers: 1, hardLimitMs: 15_000 });
afterAll(() => runtime.close());

const at = new Date('2026-11-23T10:00:00Z');
const uplinks = (count: number, first = 0): Uplink[] =>
	Array.from({ length: count }, () => ({ bytes: Uint8Array.of(first, 1, 2), fPort: 1, recvTime: at }));
const good = { id: 'good', source: 'function decodeUplink(i) { return { data: { first: i.bytes[0] } }; }' };
const codec = (body: string) => ({ id: body, source: `function decodeUplink(input) { ${body} }` });

describe('costly codecs are stopped, thrown away, and the next uplink is served', () => {
	test.each([
		['endless loop', 'while (true) {}', 'timeout'],
		['loop in try', 'while (true) { try { while (true) {} } catch (e) {} finally { continue; } }', 'timeout'],
		['loop in a getter', 'return { data: { get v() { while (true) {} } } };', 'timeout'],
		['loop in toJSON', 'return { data: {}, toJSON() { while (true) {} } };', 'timeout'],
		['loop in an error', 'throw { get message() { while (true) {} } };', 'timeout'],
		[
			'loop in a proxy',
			'return new Proxy({}, { ownKeys() { while (true) {} }, get() { while (true) {} } });',
			'timeout',
		],
		['loop in eval', 'eval("for (;;);");', 'timeout'],
		['slow native work', 'return { data: { n: new Array(4e6).join("x").length } };', 'timeout'],
		['slow pattern', 'return { data: { v: /^(a|a?)+$/.test("a".repeat(40) + "b") } };', 'timeout'],
		['heap', 'const a = []; while (true) a.push(new Uint8Array(4e6));', 'memory'],
		['long array', 'return { data: { v: new Uint8Array(1e9).length } };', 'memory'],
		['recursion', 'function f(n) { return f(n + 1) + 1; } f(0);', 'stack'],
		[
			'nested answer',
			'let o = {}; for (let i = 0; i < 300; i++) o = { o }; return { data: o };',
			'invalid_output',
		],
	])('%s', async (_, body, reason) => {
		const made = runtime.statistics().contextsDiscarded;
		const [outcome] = await runtime.decode(codec(body), uplinks(1));
		expect(outcome).toMatchObject({ ok: false, reason });
		expect(runtime.statistics().contextsDiscarded).toBe(made + 1);
		expect(await runtime.decode(good, uplinks(1, 9))).toEqual([
			{ ok: true, data: { first: 9 }, warnings: [] },
		]);
	});

	test('only the payload that hurts pays', async () => {
		const picky = codec(
			'if (input.bytes[0] === 66) while (true) {} return { data: { first: input.bytes[0] } };',
		);
		const outcomes = await runtime.decode(picky, [...uplinks(40, 1), ...uplinks(1, 66), ...uplinks(40, 2)]);
		expect(outcomes.filter((outcome) => outcome.ok)).toHaveLength(80);
		expect(outcomes[40]).toMatchObject({ ok: false, reason: 'timeout' });
	});
});

test('a codec that goes on is set aside and tried again later', async () => {
	const loop = codec('for (;;) {} // forever');
	const outcomes = await runtime.decode(
		{ ...loop, source: 'function decodeUplink() { for (;;); }' },
		uplinks(30),
	);
	const reasons = outcomes.map((outcome) => (outcome.ok ? 'ok' : outcome.reason));
	expect(reasons.slice(0, 3)).toEqual(['timeout', 'timeout', 'timeout']);
	expect(new Set(reasons.slice(3))).toEqual(new Set(['quarantined']));
	expect(runtime.statistics().quarantined).toBeGreaterThan(0);
});

test('what cannot be interrupted is ended from outside; the innocents are served', async () => {
	const watched = createCodecRuntime({ workers: 1, hardLimitMs: 800 });
	try {
		// One native call that walks two thousand million places asks nobody whether to go on.
		const native = {
			id: 'native',
			source: `function decodeUplink(input) {
				if (input.bytes[0] === 66) Array.prototype.indexOf.call({ length: 2 ** 52 }, 1);
				return { data: { first: input.bytes[0] } };
			}`,
		};
		const [mixed, others] = await Promise.all([
			watched.decode(native, [...uplinks(3, 1), ...uplinks(1, 66), ...uplinks(3, 2)]),
			watched.decode(good, uplinks(50, 4)),
		]);
		expect(mixed[3]).toMatchObject({ ok: false });
		expect(mixed.filter((outcome) => outcome.ok)).toHaveLength(6);
		expect(others.every((outcome) => outcome.ok)).toBe(true);
		expect(watched.statistics()).toMatchObject({ restarts: 1, waiting: 0 });
	} finally {
		await watched.close();
	}
});

test('a codec that loops on each payload has few turns while others have all of theirs', async () => {
	const loop = { id: 'looping', source: 'function decodeUplink() { for (;;); }' };
	const noise = Promise.all(Array.from({ length: 20 }, () => runtime.decode(loop, uplinks(5))));
	for (let round = 0; round < 300; round += 1) {
		const outcomes = await runtime.decode(good, uplinks(10));
		expect(outcomes.every((outcome) => outcome.ok)).toBe(true);
	}
	const noisy = (await noise).flat();
	const turns = noisy.filter((outcome) => !outcome.ok && outcome.reason === 'timeout');
	expect(turns.length).toBeGreaterThanOrEqual(3);
	expect(turns.length).toBeLessThanOrEqual(8);
	expect(noisy.every((outcome) => !outcome.ok && ['timeout', 'quarantined'].includes(outcome.reason))).toBe(
		true,
	);
});

test('contexts are bounded, and memory stays flat', async () => {
	const small = createCodecRuntime({ workers: 1, maxContexts: 5 });
	try {
		for (let index = 0; index < 20; index += 1)
			await small.decode({ id: `kept ${index}`, source: `${good.source} // ${index}` }, uplinks(1));
		expect(small.statistics().contexts).toBe(5);
		const leaky = {
			id: 'leaky',
			source: `globalThis.kept ??= []; function decodeUplink() { kept.push("x".repeat(300)); return { data: { n: kept.length } }; }`,
		};
		for (let round = 0; round < 20; round += 1) {
			const outcomes = await small.decode(leaky, uplinks(5000));
			expect(outcomes.filter((outcome) => !outcome.ok && outcome.reason !== 'memory')).toEqual([]);
		}
		const { contextsDiscarded, failed, decoded, contexts } = small.statistics();
		expect(decoded).toBe(100_020);
		expect(failed).toEqual({});
		expect(contextsDiscarded).toBeGreaterThan(15);
		expect(contexts).toBeLessThanOrEqual(5);
	} finally {
		await small.close();
	}
});

test('closing answers whoever still waits', async () => {
	const closing = createCodecRuntime({ workers: 1 });
	const waiting = closing.decode(good, uplinks(3));
	await closing.close();
	expect((await waiting).map((outcome) => outcome.ok || outcome.reason)).toEqual([
		'closed',
		'closed',
		'closed',
	]);
	expect(await closing.decode(good, uplinks(1))).toMatchObject([{ ok: false, reason: 'closed' }]);
});
