import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Files } from '@parvis/platform';
import { type Samples, samplesPerSecond } from './transcriber.ts';

export interface RecordedPart {
	fileKey: string;
	startsAtSeconds: number;
	durationSeconds: number;
}

/** Sound that cannot be read: a file is missing or is not what it should be. */
export class UnreadableSound extends Error {}

/**
 * Decode the sound of consecutive segments of a run, from the beginning of the first one; nothing behind `seconds` is
 * decoded. It goes through pipes: no file is written.
 * @returns at most `seconds` of samples; silence where there is no sound
 * @throws {UnreadableSound}
 */
export async function decode(
	files: Files,
	initKey: string,
	parts: readonly RecordedPart[],
	seconds: number,
	signal?: AbortSignal,
): Promise<Samples> {
	const ffmpeg = spawn(
		'ffmpeg',
		[
			...['-hide_banner', '-loglevel', 'error', '-nostdin', '-f', 'mp4', '-i', 'pipe:0'],
			...['-map', '0:a:0?', '-vn', '-t', seconds.toFixed(3), '-ac', '1', '-ar', String(samplesPerSecond)],
			...['-f', 's16le', 'pipe:1'],
		],
		{ stdio: ['pipe', 'pipe', 'pipe'], ...(signal && { signal }) },
	);
	const said: Buffer[] = [];
	ffmpeg.stderr.on('data', (chunk: Buffer) => said.length < 20 && said.push(chunk));
	const ended = new Promise<number | null>((resolve, reject) => {
		ffmpeg.once('error', reject);
		ffmpeg.once('close', resolve);
	});
	ended.catch(() => {});
	const chunks: Buffer[] = [];
	ffmpeg.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
	let missing: string | null = null;
	async function* content() {
		for (const key of [initKey, ...parts.map(({ fileKey }) => fileKey)]) {
			const file: Readable | null = await files.get(key);
			if (!file) {
				missing = key;
				return;
			}
			yield* file;
		}
	}
	await pipeline(content(), ffmpeg.stdin).catch((error: NodeJS.ErrnoException) => {
		// It has decoded what was asked and reads no more.
		if (!['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(error.code ?? '')) {
			ffmpeg.kill('SIGKILL');
			throw error;
		}
	});
	const code = await ended;
	if (missing !== null) throw new UnreadableSound(`the file ${missing} is missing`);
	const bytes = Buffer.concat(chunks);
	const reason = Buffer.concat(said).toString('utf8').trim().split('\n').at(-1) ?? '';
	const without = reason.includes('does not contain any stream');
	if (code !== 0 && !bytes.length && !without)
		throw new UnreadableSound(reason || `ffmpeg ended with ${code}`);
	const samples: Samples = new Int16Array(Math.round(seconds * samplesPerSecond));
	const read = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
	samples.set(read.subarray(0, samples.length));
	return samples;
}
