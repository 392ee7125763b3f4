import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSpeechService, type SpeechService, speak } from '../testing.ts';
import type { Samples } from '../transcriber.ts';
import { createHttpTranscriber, resourceOf } from './http.ts';
import { createSherpaTranscriber, sherpaInstalled } from './sherpa.ts';

const sentence = 'the road will be repaired in march';
let service: SpeechService;
let samples: Samples;
beforeAll(async () => {
	service = await openSpeechService([sentence]);
	samples = await speak(sentence);
});
afterAll(async () => {
	await service?.close();
});

const client = (more: object = {}) =>
	createHttpTranscriber({ url: service.url, model: null, key: null, retryMilliseconds: 5, ...more });
const answering = (answer: NonNullable<SpeechService['answer']>) => {
	service.requests.length = 0;
	service.answer = answer;
};
const json = (value: unknown) => ({ status: 200, body: JSON.stringify(value) });

test('an address of a service or of the very resource is understood', () => {
	for (const [given, resource] of [
		['https://albert.api.etalab.gouv.fr/v1', 'https://albert.api.etalab.gouv.fr/v1/audio/transcriptions'],
		['http://localhost:8000', 'http://localhost:8000/v1/audio/transcriptions'],
		['http://localhost:8000/v1/audio/transcriptions', 'http://localhost:8000/v1/audio/transcriptions'],
		['http://localhost:8080/inference', 'http://localhost:8080/inference'],
		['https://x.example/api/v2/?a=b', 'https://x.example/api/v2/audio/transcriptions?a=b'],
	])
		expect(resourceOf(given ?? '').href).toBe(resource);
});

test('speech becomes words, with times, by a service that hears', async () => {
	answering(() => null);
	const spoken = await client().transcribe(samples, { language: 'en' });
	expect(spoken.map(({ text }) => text.trim())).toEqual([sentence]);
	expect(spoken[0]?.endSeconds).toBeCloseTo(samples.length / 16_000, 1);
	expect(service.requests[0]?.headers.authorization).toBeUndefined();
});

test('a service without times is asked without; one that is busy is asked again, with its own patience', async () => {
	answering((n) => (n === 1 ? { status: 400, body: '{}' } : json({ text: 'Bonsoir.' })));
	const one = client();
	expect(await one.transcribe(samples, { language: 'fr' })).toMatchObject([
		{ startSeconds: 0, text: 'Bonsoir.' },
	]);
	expect(service.requests.map(({ fields }) => fields.response_format)).toEqual(['verbose_json', 'json']);
	await one.transcribe(samples, { language: 'fr' });
	expect(service.requests.at(-1)?.fields.response_format).toBe('json');

	answering((n) =>
		n === 1
			? { status: 429, body: '', headers: { 'retry-after': '0' } }
			: n === 2
				? { status: 502, body: '<html>' }
				: json({ text: 'Enfin.' }),
	);
	expect(await client().transcribe(samples, { language: 'fr' })).toMatchObject([{ text: 'Enfin.' }]);
	answering(() => ({ status: 200, body: 'Du texte seul.', headers: { 'content-type': 'text/plain' } }));
	expect(await client().transcribe(samples, { language: 'fr' })).toMatchObject([{ text: 'Du texte seul.' }]);
});

test('what it may not do, what it does not say in time and what makes no sense is told apart, and no key is in it', async () => {
	const failing = async (answer: NonNullable<SpeechService['answer']>, more: object = {}) => {
		answering(answer);
		const error = await client({ key: 'very-secret', ...more })
			.transcribe(samples, { language: 'fr' })
			.catch((one: unknown) => one);
		expect(String((error as Error).message)).not.toContain('very-secret');
		return (error as { reason?: string }).reason;
	};
	expect(await failing(() => ({ status: 401, body: 'very-secret' }))).toBe('misconfigured');
	expect(service.requests).toHaveLength(1);
	expect(await failing(() => ({ status: 413, body: '' }))).toBe('refused');
	expect(await failing(() => ({ status: 500, body: '' }))).toBe('busy');
	expect(service.requests).toHaveLength(3);
	expect(await failing(() => ({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }))).toBe(
		'busy',
	);
	for (const body of [
		'<html>',
		'[]',
		'{"segments":[{"start":"a"}]}',
		'{"text":7}',
		`{"text":"${'x'.repeat(1_100_000)}"}`,
	])
		expect(await failing(() => ({ status: 200, body }))).toBe('refused');
	expect(await failing(() => json({ text: '', segments: [{ start: -1, end: 5e9, text: 'x' }] }))).toBe(
		'refused',
	);
	expect(await failing(() => null, { timeoutMilliseconds: 1, attempts: 2 })).toBe('busy');
	expect(await failing(() => null, { url: 'http://127.0.0.1:9' })).toBe('busy');
	answering(() => json({ segments: [{ start: 0, end: 600, text: 'trop long' }] }));
	const [clipped] = await client().transcribe(samples, { language: 'fr' });
	expect(clipped?.endSeconds).toBeLessThan(10);
});

test('a model folder that is missing, empty or broken is said, and this process goes on', async () => {
	expect(sherpaInstalled()).toBe(true);
	const folder = await mkdtemp(join(tmpdir(), 'parvis-model-whisper-'));
	try {
		const says = async (path: string) => {
			const model = createSherpaTranscriber(path);
			const error = await model.transcribe(samples, { language: 'fr' }).catch((one: Error) => one);
			await model.close();
			return error;
		};
		expect(await says(join(folder, 'none'))).toMatchObject({
			reason: 'misconfigured',
			message: expect.stringContaining('no such folder'),
		});
		expect(await says(folder)).toMatchObject({ message: expect.stringContaining('tokens.txt') });
		await writeFile(join(folder, 'tokens.txt'), 'a 0\n');
		await writeFile(join(folder, 'tiny-encoder.onnx'), 'this is no model');
		await writeFile(join(folder, 'tiny-decoder.onnx'), 'neither is this');
		const broken = await says(folder);
		expect(broken).toMatchObject({ reason: 'misconfigured', message: expect.stringMatching(/^the model/) });
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
});
