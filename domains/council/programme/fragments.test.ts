import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { audioInit, audioSegment } from './audio-only.ts';
import { createSplitter, type InitSegment, type MediaSegment } from './fragments.ts';
import { audioEncoding, ffmpegPath, fragmentedOutput } from './packager.ts';

let stream: Buffer;
beforeAll(() => {
	stream = execFileSync(
		ffmpegPath,
		[
			...['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=10:d=4'],
			...['-f', 'lavfi', '-i', 'sine=d=4', '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p'],
			...['-g', '10', ...audioEncoding, ...fragmentedOutput],
		],
		{ maxBuffer: 1 << 26 },
	);
});

/** Cut the stream fed in pieces of these sizes, repeated. */
function split(bytes: Buffer, sizes: readonly number[]): (InitSegment | MediaSegment)[] {
	const splitter = createSplitter();
	const made: (InitSegment | MediaSegment)[] = [];
	for (let at = 0, n = 0; at < bytes.length; n++) {
		const size = sizes[n % sizes.length] ?? 1;
		made.push(...splitter.push(bytes.subarray(at, at + size)));
		at += size;
	}
	return made;
}

test('a stream is cut at its key frames, whatever pieces it comes in', () => {
	const [init, ...segments] = split(stream, [stream.length]);
	expect(init).toMatchObject({
		kind: 'init',
		tracks: [{ kind: 'video', width: 160, height: 90 }, { kind: 'audio' }],
	});
	expect(init?.kind === 'init' && init.tracks[0]?.codec).toMatch(/^avc1\.[0-9a-f]{6}$/);
	expect(segments).toHaveLength(4);
	for (const [n, segment] of segments.entries())
		if (segment.kind === 'media') {
			expect(segment.startsAtSeconds).toBeCloseTo(n, 1);
			expect(segment.durationSeconds).toBeCloseTo(1, 1);
		}
	fc.assert(
		fc.property(fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 5 }), (sizes) => {
			const again = split(stream, sizes);
			expect(again.map(({ data }) => data.length)).toEqual(
				[init, ...segments].map((one) => one?.data.length),
			);
		}),
		{ numRuns: 30 },
	);
});

test('broken bytes never crash: what was whole before stays, then an error or nothing', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: 0, max: stream.length - 1 }),
			fc.uint8Array({ minLength: 1, maxLength: 40 }),
			(at, noise) => {
				const broken = Buffer.from(stream);
				broken.set(noise.subarray(0, broken.length - at), at);
				try {
					for (const one of split(broken, [1500])) expect(one.data.length).toBeGreaterThan(0);
				} catch (error) {
					expect(error).toBeInstanceOf(Error);
				}
			},
		),
		{ numRuns: 200 },
	);
	expect(() => split(Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(20)), [7])).toThrow();
	expect(split(stream.subarray(0, stream.length - 3000), [999]).length).toBeGreaterThan(2);
});

test('the sound alone is the same sound, in a fraction of the bytes', () => {
	const [init, ...segments] = split(stream, [4096]);
	const head = init && audioInit(init.data);
	if (!init || !head) throw new Error('there is no sound');
	const alone = Buffer.concat([head, ...segments.map(({ data }) => audioSegment(init.data, data))]);
	expect(alone.length).toBeLessThan(stream.length);
	const digest = (input: Buffer) =>
		execFileSync(ffmpegPath, ['-loglevel', 'error', '-i', 'pipe:0', '-vn', '-f', 'md5', '-'], {
			input,
		}).toString();
	expect(digest(alone)).toBe(digest(stream));
});
