import { type ChildProcess, spawn } from 'node:child_process';
import { createSplitter, type InitSegment, type MediaSegment } from './fragments.ts';

export const ffmpegPath = '/usr/bin/ffmpeg';

/** Fragmented MP4 on standard output, a fragment for each key frame. */
export const fragmentedOutput = [
	...['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
	...['-flush_packets', '1', 'pipe:1'],
];
/** AAC for every player; the clock of the sound is followed, so that hours later it still fits the picture. */
export const audioEncoding = [
	...['-c:a', 'aac', '-b:a', '96k', '-ar', '48000', '-ac', '2'],
	...['-af', 'aresample=async=1000:first_pts=0'],
];

export interface Packager {
	/** For what ffmpeg reads from its standard input. */
	write(chunk: Buffer): void;
	/** No more input: what is begun is finished. */
	finish(): void;
	kill(): void;
	/** Once it has ended: what it said last, and whether it ended well. */
	ended: Promise<{ ok: boolean; reason: string }>;
}

export interface PackagerOptions {
	onSegment(segment: InitSegment | MediaSegment): void;
	/** Each line that ffmpeg writes. */
	onLine?(line: string): void;
	/** Let ffmpeg end with us although nothing is written to it. */
	bound?: boolean;
}

/** When we are killed our end of the pipe closes, and the shell takes the program with it. */
const boundCommand = '"$@" </dev/null & child=$!; (cat >/dev/null; kill -9 $child) <&3 & wait $child';

/** Run ffmpeg and cut what it writes into segments. */
export function startPackager(args: readonly string[], options: PackagerOptions): Packager {
	const full = ['-hide_banner', '-nostats', '-loglevel', 'warning', ...args];
	const child: ChildProcess = options.bound
		? spawn('/bin/sh', ['-c', `exec 3<&0; ${boundCommand}`, 'sh', ffmpegPath, ...full], {
				stdio: ['pipe', 'pipe', 'pipe'],
				detached: true,
			})
		: spawn(ffmpegPath, full, { stdio: ['pipe', 'pipe', 'pipe'] });
	const splitter = createSplitter();
	let said: string[] = [];
	let broken: string | null = null;
	let partial = '';

	function kill(): void {
		if (child.exitCode !== null || child.pid === undefined) return;
		try {
			process.kill(options.bound ? -child.pid : child.pid, 'SIGKILL');
		} catch {
			// It has ended by itself.
		}
	}

	child.stdin?.on('error', () => {});
	child.stdout?.on('data', (chunk: Buffer) => {
		if (broken !== null) return;
		try {
			for (const segment of splitter.push(chunk)) options.onSegment(segment);
		} catch (error) {
			broken = (error as Error).message;
			kill();
		}
	});
	child.stderr?.setEncoding('utf8').on('data', (text: string) => {
		const lines = (partial + text).split('\n');
		partial = (lines.pop() ?? '').slice(-2000);
		for (const line of lines) options.onLine?.(line);
		said = [...said, ...lines.filter((line) => line.trim())].slice(-5);
	});
	const ended = new Promise<{ ok: boolean; reason: string }>((resolve) => {
		child.once('error', (error) => resolve({ ok: false, reason: error.message }));
		child.once('close', (code) =>
			resolve({ ok: code === 0 && broken === null, reason: broken ?? said.at(-1) ?? `ffmpeg ${code ?? ''}` }),
		);
	});
	return {
		write(chunk) {
			if (child.stdin?.writable) child.stdin.write(chunk);
		},
		finish: () => void child.stdin?.end(),
		kill,
		ended,
	};
}
