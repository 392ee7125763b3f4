import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { MeetingEvent } from '../record.ts';
import { heardThroughout, speakerOf, speakerSpans } from './attribution.ts';
import { formatTranscript } from './formats.ts';
import { linesOf } from './lines.ts';
import { cutAtPause, leastWindowSeconds, mostWindowSeconds } from './pauses.ts';
import { modelOf } from './providers/sherpa-models.ts';
import { samplesPerSecond } from './transcriber.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 24, 18) + second * 1000);
const record = (...entries: [second: number, kind: string, data?: object][]) =>
	entries.map(([second, kind, data], n) => ({
		id: String(n),
		at: at(second),
		kind,
		data: data ?? {},
	})) as MeetingEvent[];

test('who has the floor speaks, else who presides; closed doors and suspensions are no time of the public', () => {
	const spans = speakerSpans(
		record(
			[10, 'opened'],
			[20, 'floor_given', { seatId: 'b' }],
			[30, 'floor_given', { seatId: 'c' }],
			[40, 'floor_taken_back'],
			[50, 'doors', { closed: true }],
			[55, 'floor_given', { seatId: 'b' }],
			[60, 'doors', { closed: false }],
			[70, 'suspended'],
			[80, 'resumed'],
			[85, 'chair_taken', { seatId: 'd' }],
			[90, 'closed'],
		),
		'a',
	);
	expect(
		spans.map(({ from, until, seatId }) => [
			(from.getTime() - at(0).getTime()) / 1000,
			((until?.getTime() ?? 0) - at(0).getTime()) / 1000,
			seatId,
		]),
	).toEqual([
		[10, 20, 'a'],
		[20, 30, 'b'],
		[30, 40, 'c'],
		[40, 50, 'a'],
		[60, 70, 'b'],
		[80, 85, 'a'],
		[85, 90, 'd'],
	]);
	expect(speakerOf(spans, at(18), at(23))).toBe('b');
	expect(speakerOf(spans, at(0), at(5))).toBeNull();
	expect(heardThroughout(spans, at(12), at(49))).toBe(true);
	expect(heardThroughout(spans, at(49), at(61))).toBe(false);
	expect(heardThroughout(spans, at(5), at(12))).toBe(false);
	expect(heardThroughout(speakerSpans(record([10, 'opened']), null), at(11), at(99_999))).toBe(true);
});

test('the public never hears what is said behind closed doors, whatever else is in the record', () => {
	const kinds = ['opened', 'closed', 'suspended', 'resumed', 'floor_taken_back', 'item_taken'] as const;
	const entry = fc.oneof(
		fc.constantFrom(...kinds).map((kind) => ({ kind, data: {} })),
		fc.boolean().map((closed) => ({ kind: 'doors', data: { closed } })),
		fc.constantFrom('a', 'b').map((seatId) => ({ kind: 'floor_given', data: { seatId } })),
	);
	fc.assert(
		fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
			const events = record(
				...entries.map(({ kind, data }, n): [number, string, object] => [n * 10, kind, data]),
			);
			const spans = speakerSpans(events, 'a');
			let closed = false;
			let opened = false;
			for (const [n, one] of entries.entries()) {
				if (one.kind === 'doors') closed = (one.data as { closed: boolean }).closed;
				if (one.kind === 'opened') opened = true;
				if (one.kind === 'closed') opened = false;
				if (closed || !opened) expect(heardThroughout(spans, at(n * 10 + 1), at(n * 10 + 9))).toBe(false);
			}
			for (const [n, span] of spans.entries())
				expect(span.from.getTime()).toBeGreaterThanOrEqual(spans[n - 1]?.until?.getTime() ?? 0);
		}),
	);
});

/** Speech as far as levels go: noise for so long, then silence for so long. */
function sound(...parts: [loud: boolean, seconds: number][]) {
	const samples: number[] = [];
	for (const [loud, seconds] of parts)
		for (let n = 0; n < seconds * samplesPerSecond; n++)
			samples.push(Math.round(Math.sin(n * 0.3) * (loud ? 9000 : 8)));
	return Int16Array.from(samples);
}

test('sound is cut at its last pause, at once when it is short and final, at 12 seconds at the latest', () => {
	const cut = cutAtPause(sound([true, 3], [false, 0.6], [true, 2], [false, 0.5], [true, 1]), false);
	expect(cut?.endSeconds).toBeCloseTo(5.85, 1);
	expect(cut?.speech?.startSeconds).toBe(0);
	expect(cutAtPause(sound([true, 1.5]), false)).toBeNull();
	expect(cutAtPause(sound([true, 6]), false)).toBeNull();
	expect(cutAtPause(sound([false, 1], [true, 1.5]), true)).toEqual({
		endSeconds: 2.5,
		speech: { startSeconds: expect.closeTo(0.8, 1), endSeconds: 2.5 },
	});
	expect(cutAtPause(sound([false, 5]), false)).toMatchObject({ speech: null });
	expect(cutAtPause(new Int16Array(0), true)).toEqual({ endSeconds: 0, speech: null });
	const breathless = cutAtPause(sound([true, 14]), false);
	expect(breathless?.endSeconds).toBeGreaterThan(8 - 0.1);
	expect(breathless?.endSeconds).toBeLessThanOrEqual(mostWindowSeconds);
});

test('whatever is heard, a cut moves on and its speech lies within it', () => {
	const parts = fc.array(fc.tuple(fc.boolean(), fc.double({ min: 0.05, max: 4, noNaN: true })), {
		minLength: 1,
		maxLength: 8,
	});
	fc.assert(
		fc.property(parts, fc.boolean(), (given, final) => {
			const samples = sound(...given);
			const cut = cutAtPause(samples, final);
			if (!cut) {
				expect(final && samples.length / samplesPerSecond <= mostWindowSeconds).toBe(false);
				return;
			}
			expect(cut.endSeconds).toBeLessThanOrEqual(
				Math.min(mostWindowSeconds, samples.length / samplesPerSecond) + 0.001,
			);
			if (!final) expect(cut.endSeconds).toBeGreaterThanOrEqual(leastWindowSeconds - 0.021);
			if (cut.speech) {
				expect(cut.speech.startSeconds).toBeLessThan(cut.speech.endSeconds);
				expect(cut.speech.endSeconds).toBeLessThanOrEqual(cut.endSeconds);
			}
		}),
		{ numRuns: 60 },
	);
});

test('lines are short, in order, and hold every word that was said; marks of noise are none', () => {
	expect(
		linesOf([
			{ startSeconds: 0, endSeconds: 1, text: ' [Musique] ' },
			{ startSeconds: 0, endSeconds: 1, text: '(rires)' },
			{ startSeconds: 0, endSeconds: 1, text: ' … ' },
			{ startSeconds: 1, endSeconds: 2, text: 'Bonsoir\n à\u0000 tous.' },
		]).map(({ text }) => text),
	).toEqual(['Bonsoir à tous.']);
	const words = fc.array(fc.stringMatching(/^[a-zéè,.]{1,14}$/), { minLength: 1, maxLength: 80 });
	fc.assert(
		fc.property(words, (said) => {
			const text = said.join(' ');
			const lines = linesOf([{ startSeconds: 3, endSeconds: 13, text }]);
			if (!/\p{L}/u.test(text)) return;
			expect(lines.map((line) => line.text).join(' ')).toBe(text.slice(0, 2000).trim());
			for (const [n, line] of lines.entries()) {
				expect(line.text.length).toBeLessThanOrEqual(120);
				expect(line.startSeconds).toBeGreaterThanOrEqual((lines[n - 1]?.endSeconds ?? 3) - 1e-9);
			}
			expect(lines.at(-1)?.endSeconds).toBeCloseTo(13, 6);
		}),
	);
});

test('files name speakers, and text that looks like markup stays text', () => {
	const line = (position: number, speaker: string, text: string) => ({
		id: String(position),
		startsAt: at(position),
		durationSeconds: 2.5,
		position,
		text,
		seatId: null,
		speaker,
		corrected: false,
		version: 1,
	});
	const captions = [
		line(1, 'Hélène <b>', 'Bonsoir & --> <script>'),
		line(4, 'Hélène <b>', 'à tous.'),
		line(3661.5, '', 'Oui.'),
	];
	expect(formatTranscript(captions, 'vtt')).toBe(
		'WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n<v Hélène &lt;b&gt;>Bonsoir &amp; --&gt; &lt;script&gt;\n\n00:00:04.000 --> 00:00:06.500\n<v Hélène &lt;b&gt;>à tous.\n\n01:01:01.500 --> 01:01:04.000\nOui.\n',
	);
	expect(formatTranscript(captions, 'srt')).toContain('3\n01:01:01,500 --> 01:01:04,000\nOui.\n');
	expect(formatTranscript(captions, 'txt')).toBe('Hélène <b> : Bonsoir & --> <script> à tous.\n\nOui.\n');
	expect(formatTranscript([], 'vtt')).toBe('WEBVTT\n\n');
});

test('a model is told by its files, and what is missing is said', () => {
	const kind = (folder: string, ...names: string[]) => modelOf(folder, names).kind;
	expect(
		kind('sherpa-onnx-whisper-tiny', 'tiny-encoder.int8.onnx', 'tiny-decoder.int8.onnx', 'tiny-tokens.txt'),
	).toBe('whisper');
	expect(
		modelOf('sherpa-onnx-streaming-zipformer-fr-2023-04-14', [
			'decoder-epoch-29-avg-9-with-averaged-model.onnx',
			'encoder-epoch-29-avg-9-with-averaged-model.int8.onnx',
			'encoder-epoch-29-avg-9-with-averaged-model.onnx',
			'joiner-epoch-29-avg-9-with-averaged-model.onnx',
			'tokens.txt',
			'silero_vad.onnx',
		]),
	).toEqual({
		kind: 'transducer',
		streaming: true,
		files: {
			encoder: 'encoder-epoch-29-avg-9-with-averaged-model.int8.onnx',
			decoder: 'decoder-epoch-29-avg-9-with-averaged-model.onnx',
			joiner: 'joiner-epoch-29-avg-9-with-averaged-model.onnx',
		},
		tokens: 'tokens.txt',
		vad: 'silero_vad.onnx',
	});
	expect(
		kind(
			'sherpa-onnx-nemo-parakeet-tdt-0.6b-v3-int8',
			'encoder.int8.onnx',
			'decoder.int8.onnx',
			'joiner.int8.onnx',
			'tokens.txt',
		),
	).toBe('nemoTransducer');
	expect(
		kind(
			'moonshine',
			'preprocess.onnx',
			'encode.int8.onnx',
			'uncached_decode.int8.onnx',
			'cached_decode.int8.onnx',
			'tokens.txt',
		),
	).toBe('moonshine');
	expect(kind('sherpa-onnx-paraformer-trilingual', 'model.int8.onnx', 'tokens.txt')).toBe('paraformer');
	expect(kind('sherpa-onnx-nemo-fast-conformer-ctc-fr', 'model.onnx', 'silero_vad.onnx', 'tokens.txt')).toBe(
		'nemoCtc',
	);
	expect(() => modelOf('empty', ['tokens.txt', 'silero_vad.onnx'])).toThrow('no model is there');
	expect(() => modelOf('empty', ['model.onnx'])).toThrow('tokens.txt');
});
