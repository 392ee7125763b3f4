import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Result, system } from '@parvis/platform';
import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root } from './commands/command.ts';
import { portalBuilt } from './testing.ts';
import { buildRooms, type Rooms } from './town.ts';

/** The programme of a meeting, made by a real program with its browser and its ffmpeg, which is killed while it goes out. */

const secret = randomBytes(32).toString('hex');
const patience = { timeoutMilliseconds: 60_000 };
let town: TestPlatform<Rooms>;
let directory: string;
let url: string;
let program: ChildProcess | null = null;
let said = '';

beforeAll(async () => {
	await portalBuilt();
	directory = await mkdtemp(join(tmpdir(), 'parvis-programme-'));
	await mkdir(join(directory, 'tmp'));
	town = await createTestPlatform((platform) => buildRooms(platform).rooms, {
		PARVIS_ROLES: 'web',
		PARVIS_SECRET: secret,
	});
}, 240_000);

afterAll(async () => {
	await kill('SIGTERM');
	await town?.close();
	await rm(directory, { recursive: true, force: true });
});

async function start(): Promise<void> {
	const port = await freePort();
	url = `http://127.0.0.1:${port}`;
	const child = spawn(
		process.execPath,
		['--disable-warning=ExperimentalWarning', `${root}apps/server/cli.ts`, 'start', '--empty'],
		{
			stdio: ['ignore', 'ignore', 'pipe'],
			env: {
				PATH: process.env.PATH,
				TMPDIR: join(directory, 'tmp'),
				PARVIS_DATA: join(directory, 'data'),
				PARVIS_ROLES: 'web,worker',
				PARVIS_PORT: String(port),
				PARVIS_SECRET: secret,
				PARVIS_LOG_LEVEL: 'warn',
				DATABASE_URL: town.databaseUrl,
				DATABASE_POOL_SIZE: '8',
				MQTT_PORT: '0',
				LIVEKIT_TCP_PORT: '0',
				LIVEKIT_UDP_PORT: '0',
			},
		},
	);
	program = child;
	child.stderr?.on('data', (chunk: Buffer) => {
		said = (said + chunk).slice(-4000);
	});
	await until(async () => {
		if (child.exitCode !== null) throw new Error(`the program left with ${child.exitCode}:\n${said}`);
		return fetch(`${url}/ready`).then(
			({ ok }) => ok,
			() => false,
		);
	}, patience);
}

async function kill(signal: NodeJS.Signals): Promise<void> {
	const child = program;
	program = null;
	if (!child) return;
	child.kill(signal);
	await until(() => child.exitCode !== null || child.signalCode !== null, patience);
}

/** Command lines of what the program has begun and what these have begun: all carry its environment. */
async function descendants(): Promise<string[]> {
	const found: string[] = [];
	for (const pid of await readdir('/proc')) {
		if (!/^\d+$/.test(pid) || Number(pid) === program?.pid) continue;
		try {
			if (!(await readFile(`/proc/${pid}/environ`, 'utf8')).includes(directory)) continue;
			const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
			// What has ended and waits to be noticed has none.
			if (command) found.push(command);
		} catch {
			// It has ended, or is another user's.
		}
	}
	return found;
}
const browsers = async () => (await descendants()).filter((command) => /chrom/.test(command));

interface Kept {
	source: string;
	run: number;
	number: number;
	file_key: string;
	bytes: number;
}

async function kept(meetingId: string): Promise<Kept[]> {
	const { rows } = await town.platform.pool.query<Kept>(
		`SELECT source, run.number AS run, segment.number, file_key, bytes
		FROM council.segment JOIN council.run ON run.id = run_id WHERE meeting_id = $1 ORDER BY run.number, segment.number`,
		[meetingId],
	);
	return rows;
}
const ofRun = async (meetingId: string, number: number) =>
	(await kept(meetingId)).filter(({ run }) => run === number);

const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const digests = (segments: readonly Kept[]) =>
	Promise.all(
		segments.map(async ({ file_key: key }) => digest(await readFile(join(directory, 'data/files', key)))),
	);

function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(result.error);
	return result.value;
}

async function openMeeting() {
	const { bodies, meetings, sessions } = town.built.council;
	const body = value(await bodies.create(system, { name: 'Conseil', kind: 'council', inhabitants: 1000 }));
	const seats: string[] = [];
	for (const [n, name] of ['Hélène Vasseur', 'Camille Roy', 'Marc Oudin'].entries())
		seats.push(
			value(
				await bodies.seat(system, body.id, { name, role: n ? 'member' : 'chair', startsOn: '2026-03-22' }),
			).id,
		);
	const { id } = value(
		await meetings.create(system, {
			bodyId: body.id,
			title: 'Séance coupée',
			startsAt: new Date(Date.now() + 10 * 86_400_000),
			synthesis: 'De quoi il s’agit.',
		}),
	);
	value(await meetings.addItem(system, id, { kind: 'deliberation', title: 'Piscine', draft: 'Ouvrir.' }));
	value(await meetings.convene(system, id));
	const act = async (action: object) => value(await sessions.act(system, id, action));
	for (const seatId of seats) await act({ kind: 'arrive', seatId });
	await act({ kind: 'open' });
	return { id, act };
}

test('kill -9 while the programme goes out: it resumes as a further run, what was kept is there, the gap is told; behind closed doors nothing is captured', async () => {
	const { programme } = town.built.council;
	const { id, act } = await openMeeting();
	await start();
	expect(await programme.start(system, id)).toMatchObject({ ok: true });
	await until(async () => (await ofRun(id, 1)).length >= 4, patience);
	expect(await browsers()).not.toEqual([]);

	await kill('SIGKILL');
	await until(async () => (await descendants()).length === 0, patience);
	const before = await kept(id);
	const contents = await digests(before);

	await start();
	await until(async () => (await ofRun(id, 2)).length >= 3, patience);
	expect((await kept(id)).slice(0, before.length)).toEqual(before);
	expect(await digests(before)).toEqual(contents);

	const base = `${url}/api/v1/meetings/${id}/video/`;
	const playlist = await (await fetch(`${base}video.m3u8`)).text();
	const lines = playlist.split('\n');
	expect(lines.filter((line) => line === '#EXT-X-DISCONTINUITY')).toHaveLength(1);
	expect(lines.filter((line) => line.startsWith('#EXT-X-MAP'))).toHaveLength(2);
	expect(playlist).not.toContain('#EXT-X-ENDLIST');
	const addresses = lines.filter((line) => line.endsWith('.m4s'));
	for (const [n, content] of contents.entries()) {
		const served = await fetch(new URL(addresses[n] ?? '', base));
		expect(digest(Buffer.from(await served.arrayBuffer()))).toBe(content);
	}
	// Nobody speaks and nothing moves but the clock: segments are short all the same.
	const lengths = lines.flatMap((line) => /^#EXTINF:([\d.]+)/.exec(line)?.[1] ?? []).map(Number);
	// A machine that is busy may come late with a key frame, not as a rule.
	expect(lengths.toSorted((a, b) => a - b)[Math.floor(lengths.length / 2)]).toBeLessThanOrEqual(2);
	const interruptions = (await programme.chapters(id)).filter(({ kind }) => kind === 'interruption');
	const recorded = lengths.slice(0, before.length).reduce((sum, length) => sum + length, 0);
	expect(interruptions).toHaveLength(1);
	expect(interruptions[0]?.seconds).toBeCloseTo(recorded, 0);
	expect(interruptions[0]?.missingSeconds).toBeGreaterThan(0);

	await kill('SIGKILL');
	await until(async () => (await descendants()).length === 0, patience);
	const open = await kept(id);
	await act({ kind: 'close_doors', closed: true });
	await start();
	await until(async () => {
		expect(await browsers()).toEqual([]);
		return (await ofRun(id, 3)).length >= 3;
	}, patience);
	expect((await kept(id)).slice(0, open.length)).toEqual(open);
	expect((await ofRun(id, 3)).every(({ source }) => source === 'card')).toBe(true);

	await act({ kind: 'close_doors', closed: false });
	await until(async () => (await ofRun(id, 4)).length >= 2, patience);
	expect((await ofRun(id, 4)).every(({ source }) => source === 'room')).toBe(true);
	await kill('SIGTERM');
	await until(async () => (await descendants()).length === 0, patience);
}, 240_000);
