import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { newId, type Platform } from '@parvis/platform';
import { type Samples, samplesPerSecond } from './transcriber.ts';
import { waveOf } from './wave.ts';

const run = promisify(execFile);
const binary = { encoding: 'buffer', maxBuffer: 1 << 28 } as const;

/** Work with a directory that is taken away afterwards. */
async function inDirectory<T>(work: (path: string) => Promise<T>): Promise<T> {
	const path = await mkdtemp(join(tmpdir(), 'parvis-captions-'));
	try {
		return await work(path);
	} finally {
		await rm(path, { recursive: true, force: true });
	}
}

/** A sentence, spoken by espeak-ng. */
export async function speak(sentence: string, voice = 'en-us'): Promise<Samples> {
	const { stdout: wave } = await run('espeak-ng', ['-v', voice, '-s', '130', '--stdout', sentence], binary);
	return inDirectory(async (path) => {
		await writeFile(join(path, 'speech.wav'), wave);
		const { stdout } = await run(
			'ffmpeg',
			[
				'-loglevel',
				'error',
				'-i',
				join(path, 'speech.wav'),
				'-ac',
				'1',
				'-ar',
				String(samplesPerSecond),
				'-f',
				's16le',
				'-',
			],
			binary,
		);
		return new Int16Array(stdout.buffer.slice(stdout.byteOffset, stdout.byteOffset + (stdout.length & ~1)));
	});
}

/** Silence of so many seconds with sentences from these seconds on. */
export async function timeline(
	seconds: number,
	sentences: readonly (readonly [at: number, sentence: string])[],
): Promise<Samples> {
	const samples: Samples = new Int16Array(seconds * samplesPerSecond);
	for (const [at, sentence] of sentences) {
		const spoken = await speak(sentence);
		samples.set(spoken.subarray(0, samples.length - at * samplesPerSecond), at * samplesPerSecond);
	}
	return samples;
}

/**
 * Record a sound as one run of a meeting: fMP4 segments of two seconds by ffmpeg, stored as the programme stores its own.
 * @param ended false: more could still come
 */
export async function record(
	platform: Platform,
	meetingId: string,
	startedAt: Date,
	samples: Samples,
	{ number = 1, ended = true }: { number?: number; ended?: boolean } = {},
): Promise<string> {
	return inDirectory(async (path) => {
		await writeFile(join(path, 'sound.wav'), waveOf(samples));
		await run('ffmpeg', [
			...[
				'-loglevel',
				'error',
				'-f',
				'lavfi',
				'-i',
				'color=size=160x90:rate=10',
				'-i',
				join(path, 'sound.wav'),
			],
			...['-shortest', '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', '-c:a', 'aac', '-f', 'hls'],
			...[
				'-hls_time',
				'2',
				'-hls_playlist_type',
				'vod',
				'-hls_segment_type',
				'fmp4',
				join(path, 'live.m3u8'),
			],
		]);
		const runId = newId();
		const store = async (name: string, key: string) => {
			await platform.files.put(key, Readable.from([await readFile(join(path, name))]));
			return key;
		};
		const initKey = await store('init.mp4', `council/video/${runId}/init.mp4`);
		await platform.pool.query(
			`INSERT INTO council.run (id, meeting_id, number, source, started_at, init_key, codecs, width, height)
			 VALUES ($1, $2, $3, 'file', $4, $5, 'avc1.42c00a,mp4a.40.2', 160, 90)`,
			[runId, meetingId, number, startedAt, initKey],
		);
		const playlist = await readFile(join(path, 'live.m3u8'), 'utf8');
		const durations = [...playlist.matchAll(/#EXTINF:([\d.]+)/g)].map(([, text]) => Number(text));
		const names = (await readdir(path))
			.filter((name) => name.endsWith('.m4s'))
			.toSorted((a, b) => Number(/\d+/.exec(a)?.[0]) - Number(/\d+/.exec(b)?.[0]));
		let at = 0;
		for (const [n, name] of names.entries()) {
			const key = await store(name, `council/video/${runId}/${n}.m4s`);
			await platform.pool.query('INSERT INTO council.segment VALUES ($1, $2, $3, $4, 1, $5)', [
				runId,
				n,
				at,
				durations[n],
				key,
			]);
			at += durations[n] ?? 0;
		}
		if (ended) await endRun(platform, runId);
		return runId;
	});
}

export async function endRun(platform: Platform, runId: string): Promise<void> {
	await platform.pool.query(
		`UPDATE council.run SET ended_at = started_at + (SELECT max(starts_at_seconds + duration_seconds)
		 FROM council.segment WHERE run_id = run.id) * interval '1 second' WHERE id = $1`,
		[runId],
	);
}

export interface SpeechService {
	url: string;
	/** What it was asked, without the sound. */
	requests: { headers: IncomingHttpHeaders; fields: Record<string, string>; bytes: number }[];
	/** Answer otherwise: before it listens to anything. Null: listen. */
	answer: ((n: number) => { status: number; body: string; headers?: Record<string, string> } | null) | null;
	close(): Promise<void>;
}

/** A transcription service on this machine: real speech recognition (PocketSphinx) that knows the given sentences. */
export async function openSpeechService(sentences: readonly string[]): Promise<SpeechService> {
	const path = await mkdtemp(join(tmpdir(), 'parvis-speech-'));
	const grammar = join(path, 'council.gram');
	await writeFile(grammar, `#JSGF V1.0;\ngrammar council;\npublic <said> = (${sentences.join(' | ')})+;\n`);
	const service: SpeechService = {
		url: '',
		requests: [],
		answer: null,
		async close() {
			await new Promise((resolve) => server.close(resolve).closeAllConnections());
			await rm(path, { recursive: true, force: true });
		},
	};
	let count = 0;
	async function recognise(wave: Uint8Array): Promise<string> {
		const file = join(path, `${count++}.wav`);
		await writeFile(file, wave);
		const { stdout } = await run('pocketsphinx_continuous', [
			'-infile',
			file,
			'-jsgf',
			grammar,
			'-logfn',
			'/dev/null',
		]);
		await rm(file, { force: true });
		return stdout.trim().split('\n').join(' ');
	}
	async function form(request: IncomingMessage): Promise<FormData> {
		const headers = { 'content-type': request.headers['content-type'] ?? '' };
		return new Response(Readable.toWeb(request) as ReadableStream<Uint8Array>, { headers }).formData();
	}
	const server = createServer(async (request, response) => {
		const data = await form(request);
		const file = data.get('file') as File;
		const fields = Object.fromEntries(
			[...data].filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
		);
		service.requests.push({ headers: request.headers, fields, bytes: file.size });
		const given = service.answer?.(service.requests.length);
		if (given) {
			response
				.writeHead(given.status, { 'content-type': 'application/json', ...given.headers })
				.end(given.body);
			return;
		}
		const wave = new Uint8Array(await file.arrayBuffer());
		const text = await recognise(wave);
		const end = (wave.length - 44) / 2 / samplesPerSecond;
		response
			.writeHead(200, { 'content-type': 'application/json' })
			.end(JSON.stringify({ text, segments: text ? [{ id: 0, start: 0, end, text: ` ${text}` }] : [] }));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	service.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
	return service;
}
