import { type ChildProcess, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { freePort } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { createSignals } from '../signals.ts';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import type { ProgrammeState } from './face.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { ffmpegPath } from './packager.ts';

const patience = { timeoutMilliseconds: 30_000 };
const desks: ChildProcess[] = [];
let town: TestCouncil;
let keeper: Keeper;
let signals: ReturnType<typeof createSignals>;

beforeAll(async () => {
	const [rtmp, srt] = [await freePort(), await freePort()];
	town = await createTestCouncil({
		PARVIS_PUBLIC_URL: 'http://127.0.0.1:8080',
		PROGRAMME_RTMP_PORT: String(rtmp),
		PROGRAMME_SRT_PORT: String(srt),
	});
	signals = createSignals(town.platform);
	await signals.start();
	const video = { programmeToken: () => Promise.reject(new Error('there is no room')) };
	keeper = createKeeper(town.context, { ...town.council.video, ...video }, signals);
	keeper.start();
});
afterEach(() => {
	for (const desk of desks.splice(0)) desk.kill('SIGKILL');
});
afterAll(async () => {
	await keeper?.stop();
	await signals?.stop();
	await town?.close();
});

const h264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '24'];

/** A town's own camera desk, as OBS and its like: it tries again until it is let in. What its encoder says of itself is in its picture. */
function send(
	address: string,
	format: 'flv' | 'mpegts',
	encoder: readonly string[] = h264,
): { stop(): void; refusals(): number } {
	let refusals = 0;
	let stopped = false;
	let child: ChildProcess | null = null;
	const once = () => {
		if (stopped) return;
		child = spawn(
			ffmpegPath,
			[
				...['-hide_banner', '-loglevel', 'error', '-re'],
				...['-f', 'lavfi', '-i', 'testsrc2=s=160x90:r=25', '-f', 'lavfi', '-i', 'sine=r=48000'],
				...encoder,
				...['-pix_fmt', 'yuv420p', '-c:a', 'aac', '-f', format, address],
			],
			{ stdio: 'ignore' },
		);
		desks.push(child);
		child.once('exit', () => {
			refusals++;
			setTimeout(once, 300);
		});
	};
	once();
	return {
		refusals: () => refusals,
		stop() {
			stopped = true;
			child?.kill('SIGKILL');
		},
	};
}

/** Null while nobody listens there. */
function connected(port: number): Promise<Socket | null> {
	return new Promise((resolve) => {
		const socket = connect(port, '127.0.0.1', () => resolve(socket));
		socket.on('error', () => resolve(null));
	});
}

interface Kept {
	source: string;
	codecs: string;
	width: number;
	file_key: string;
	duration_seconds: number;
}

async function kept(meetingId: string): Promise<Kept[]> {
	const { rows } = await town.platform.pool.query<Kept>(
		`SELECT source, codecs, width, file_key, duration_seconds FROM council.segment JOIN council.run ON run.id = run_id
		WHERE meeting_id = $1 ORDER BY run.number, segment.number`,
		[meetingId],
	);
	return rows;
}

/** A programme that waits for a camera desk, and where that sends to. */
async function waiting(source: 'rtmp' | 'srt') {
	const { bodyId } = await assemble(town, 3);
	const { id } = await convene(town, bodyId, ['Piscine']);
	const clerk = await town.person('Greffe', 'council:clerk');
	const { programme } = town.council;
	const state = async (): Promise<ProgrammeState> => {
		const read = await programme.state(clerk, id);
		if (!read.ok) throw new Error(read.error);
		return read.value;
	};
	expect(await programme.start(clerk, id, { source })).toMatchObject({ ok: true });
	await until(async () => (await state()).problem === 'council.programme_waits', patience);
	const { ingest } = await state();
	return {
		id,
		state,
		key: ingest.rtmpKey,
		address: source === 'rtmp' ? `${ingest.rtmpUrl}/${ingest.rtmpKey}` : ingest.srtUrl,
		async end() {
			expect(await programme.stop(clerk, id)).toMatchObject({ ok: true });
			await until(async () => (await state()).state === 'off', patience);
			expect(await programme.video(id)).toMatchObject({ status: 'replay' });
		},
	};
}

for (const source of ['rtmp', 'srt'] as const)
	test(`a camera desk sends by ${source}: another key is refused, its H.264 goes out as it came`, async () => {
		const { id, state, key, address, end } = await waiting(source);
		const format = source === 'rtmp' ? 'flv' : 'mpegts';

		const stranger = send(address.replaceAll(key, 'another-key-of-somebody'), format);
		await until(() => stranger.refusals() >= 2, patience);
		expect(await kept(id)).toEqual([]);
		stranger.stop();

		const desk = send(address, format);
		await until(async () => (await state()).state === 'live', patience);
		await until(async () => (await kept(id)).length >= 3, patience);
		expect(await state()).toMatchObject({ state: 'live', problem: null });
		const segments = await kept(id);
		for (const segment of segments) {
			expect(segment).toMatchObject({ source, width: 160 });
			expect(segment.codecs).toMatch(/avc1\.\w+,mp4a\.40\.2/);
			expect(segment.duration_seconds).toBeLessThanOrEqual(2);
		}
		const [first] = segments;
		const file = await readFile(`${town.platform.config.dataDir}/files/${first?.file_key}`, 'latin1');
		expect(file.includes('keyint=24')).toBe(true);
		desk.stop();
		await end();
	});

test('who connects and says nothing does not keep the camera desk out; a picture that is not H.264 is encoded', async () => {
	const rtmp = await waiting('rtmp');
	const port = Number(new URL(rtmp.address).port);
	const silent = await until(() => connected(port), patience);
	const desk = send(rtmp.address, 'flv');
	await until(async () => (await rtmp.state()).state === 'live', patience);
	silent.destroy();
	desk.stop();
	await rtmp.end();

	const srt = await waiting('srt');
	const old = send(srt.address, 'mpegts', ['-c:v', 'mpeg2video', '-g', '12']);
	await until(async () => (await kept(srt.id)).length >= 2, patience);
	expect(await srt.state()).toMatchObject({ state: 'live', problem: 'council.programme_encoding' });
	for (const { codecs } of await kept(srt.id)) expect(codecs).toMatch(/^avc1/);
	old.stop();
	await srt.end();
});
