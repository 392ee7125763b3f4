import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { freePort, type Result, readConfiguration, system } from '@parvis/platform';
import { type Browser, chromium } from 'playwright-core';
import { CommandError, parseOptions, root, step } from '../commands/command.ts';
import { buildPortal, isPortalBuilt } from '../commands/portal-build.ts';
import { type Host, startHost } from '../host.ts';
import { ensureLivekit } from '../livekit-program.ts';
import { ensurePrograms, programs } from '../programs.ts';
import { ageOf, clockCamera, clockReader } from './council/clock.ts';
import { startMeter } from './council/cpu.ts';
import type { Viewing, Watch } from './council/viewers.ts';

const execute = promisify(execFile);
const participantsSource = `${root}apps/server/bench/council/participants`;
const participantsProgram = `${root}.parvis/tools/participants`;
const settleSeconds = 8;
const measuredSeconds = 20;
const viewersSeconds = 30;

const usage = './parvis bench council [--participants 8,16,32] [--viewers 1000]';

/**
 * Cores of the room and of the programme by the number of people on screen, the delay from a camera to a viewer's screen,
 * viewers served by one process.
 */
export async function run(args: string[]): Promise<void> {
	const { values } = parseOptions(args, usage, {
		participants: { type: 'string', default: '8,16,32' },
		viewers: { type: 'string', default: '1000' },
	});
	const livekitProgram = await ensureLivekit();
	const missing = await ensurePrograms([programs.chromium, programs.ffmpeg]);
	if (!livekitProgram || missing.length) throw new CommandError('the room and its programme cannot run here');
	if (!(await isPortalBuilt())) await step('Building the portal', buildPortal);
	await buildParticipants();
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	await chmod(directory, 0o755);
	const settings = {
		PARVIS_DATA: directory,
		PARVIS_PORT: String(await freePort()),
		MQTT_PORT: '0',
		LIVEKIT_TCP_PORT: '0',
		LIVEKIT_UDP_PORT: '0',
		PARVIS_DEMO: 'true',
		PARVIS_LOG_LEVEL: 'error',
	};
	const host = await startHost(readConfiguration(settings), { livekitProgram });
	try {
		const [cpu] = cpus();
		console.log(
			`${cpus().length} cores (${cpu?.model.trim()}); town, database, LiveKit, Chromium, ffmpeg, participants and viewers on this machine\n`,
		);
		await measureCores(host, directory, values.participants.split(',').map(Number));
		const meeting = await openMeeting(host, 1);
		const camera = await filmClock(host, meeting);
		try {
			await startProgramme(host, meeting.id);
			await measureDelay(host, meeting);
			await measureViewers(host, meeting, Number(values.viewers));
		} finally {
			await camera.close();
		}
		must(await host.rooms.council.programme.stop(system, meeting.id));
	} finally {
		await host.stop();
		await rm(directory, { recursive: true, force: true });
	}
}

/** Participants that send files encoded beforehand, so that they cost this machine next to nothing. */
async function buildParticipants(): Promise<void> {
	await step('Building the simulated participants with Go', () =>
		execute('go', ['build', '-o', participantsProgram, '.'], { cwd: participantsSource }),
	);
}

interface BenchMeeting {
	id: string;
	slug: string;
	seats: { id: string; email: string; password: string }[];
}

/** A meeting under way with so many members in the room, the first of whom speaks. */
async function openMeeting({ rooms }: Host, members: number): Promise<BenchMeeting> {
	const { bodies, meetings, sessions } = rooms.council;
	const accounts = await rooms.identity.ensureDemoMembers(
		Array.from({ length: members }, (_, n) => `Membre ${n + 1}`),
	);
	const body = must(
		await bodies.create(system, { name: `Conseil de ${members}`, kind: 'council', inhabitants: 3000 }),
	);
	const seats: BenchMeeting['seats'] = [];
	for (const [n, account] of accounts.entries()) {
		const { id } = must(
			await bodies.seat(system, body.id, {
				name: `Membre ${n + 1}`,
				party: n % 2 ? 'Les uns' : 'Les autres',
				role: n === 0 ? 'chair' : 'member',
				email: account.email,
				personId: account.id,
				startsOn: '2026-01-01',
			}),
		);
		seats.push({ id, email: account.email, password: account.password });
	}
	const { id, slug } = must(
		await meetings.create(system, {
			bodyId: body.id,
			title: `Séance à ${members}`,
			startsAt: new Date(Date.now() + 10 * 86_400_000),
		}),
	);
	must(await meetings.addItem(system, id, { kind: 'deliberation', title: 'Un point' }));
	must(await meetings.convene(system, id));
	const meeting = await meetings.get(system, id);
	const act = async (action: object) => must(await sessions.act(system, id, action));
	for (const seat of seats) await act({ kind: 'arrive', seatId: seat.id });
	await act({ kind: 'open' });
	await act({ kind: 'take_item', itemId: meeting?.items[0]?.id });
	await act({ kind: 'give_floor', seatId: seats[0]?.id });
	return { id, slug, seats };
}

/** Wait for a fact; a busy machine is slow, not wrong. */
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + 90_000;
	while (!(await holds())) {
		if (Date.now() > deadline) throw new CommandError(`${what}: not within 90 s`);
		await sleep(100);
	}
}

async function startProgramme({ rooms }: Host, meetingId: string): Promise<void> {
	const { programme } = rooms.council;
	must(await programme.start(system, meetingId, { source: 'room' }));
	await until('the programme is live', async () => ((await programme.video(meetingId))?.seconds ?? 0) > 2);
}

async function measureCores(host: Host, directory: string, counts: readonly number[]): Promise<void> {
	const [video, audio] = [join(directory, 'picture.h264'), join(directory, 'voice.ogg')];
	const seconds = String(3 * measuredSeconds + 60);
	await execute('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=15', '-t', seconds],
		...[
			'-c:v',
			'libx264',
			'-profile:v',
			'baseline',
			'-preset',
			'veryfast',
			'-tune',
			'zerolatency',
			'-g',
			'30',
		],
		...['-b:v', '350k', '-maxrate', '350k', '-bufsize', '350k', '-x264-params', 'repeat-headers=1', video],
	]);
	await execute('ffmpeg', [
		...['-v', 'error', '-f', 'lavfi', '-i', 'sine=frequency=330', '-t', seconds, '-ac', '1', '-ar', '48000'],
		...['-c:a', 'libopus', '-b:a', '32k', '-page_duration', '20000', audio],
	]);
	console.log(
		`room and programme: each participant sends 640 × 360 at 15 pictures a second and 350 kbit/s and receives all others;\none speaks; the programme is 1280 × 720; mean of ${measuredSeconds} s\n`,
	);
	console.log('participants   LiveKit   programme   town   database   simulation');
	for (const count of counts) {
		const meeting = await openMeeting(host, count);
		const crowd = await startParticipants(host, meeting, video, audio);
		try {
			await startProgramme(host, meeting.id);
			await sleep(settleSeconds * 1000);
			const meter = await startMeter({
				LiveKit: ({ command }) => /livekit-server/.test(command),
				programme: ({ command }) => /auto-accept-this-tab-capture|^\/?\S*ffmpeg /.test(command),
				simulation: ({ pid }) => pid === crowd.pid,
				database: ({ command }) => /postgres/.test(command),
				town: ({ pid }) => pid === process.pid,
			});
			await sleep(measuredSeconds * 1000);
			const cores = await meter.read();
			const cell = (name: string, width: number) => (cores[name] ?? 0).toFixed(2).padStart(width);
			console.log(
				`${String(count).padStart(12)}${cell('LiveKit', 10)}${cell('programme', 12)}${cell('town', 7)}${cell('database', 11)}${cell('simulation', 13)}`,
			);
		} finally {
			await host.rooms.council.programme.stop(system, meeting.id);
			crowd.stdin?.end();
			await new Promise((resolve) => (crowd.exitCode === null ? crowd.once('exit', resolve) : resolve(null)));
			await host.rooms.council.sessions.act(system, meeting.id, { kind: 'close' });
		}
	}
}

async function startParticipants(
	{ livekit }: Host,
	{ id, seats }: BenchMeeting,
	video: string,
	audio: string,
): Promise<ChildProcess> {
	if (!livekit) throw new CommandError('LiveKit does not run');
	const identities = seats.map((seat) => `seat:${seat.id}`).join(',');
	const child = spawn(
		participantsProgram,
		['-room', `parvis-${id}`, '-identities', identities, '-video', video, '-audio', audio],
		{
			stdio: ['pipe', 'pipe', 'ignore'],
			env: {
				LIVEKIT_URL: livekit.settings.url.replace(/^http/, 'ws'),
				LIVEKIT_API_KEY: livekit.settings.apiKey,
				LIVEKIT_API_SECRET: livekit.settings.apiSecret,
			},
		},
	);
	let said = '';
	child.stdout?.on('data', (chunk: Buffer) => {
		said += chunk;
	});
	await until('the participants are in the room', async () => said.includes('joined '));
	const joined = Number(/joined (\d+)/.exec(said)?.[1]);
	if (joined !== seats.length)
		throw new CommandError(`only ${joined} of ${seats.length} participants could join`);
	return child;
}

const launch = (): Promise<Browser> =>
	chromium.launch({
		executablePath: programs.chromium.path,
		args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
	});
const openPage = async (browser: Browser, host: Host) =>
	(await browser.newContext({ baseURL: host.platform.config.publicUrl, locale: 'fr-FR' })).newPage();

/** The member in the room, whose camera films a clock. @returns the browser to close */
async function filmClock(host: Host, { slug, seats: [member] }: BenchMeeting): Promise<Browser> {
	const camera = await launch();
	const page = await openPage(camera, host);
	await page.addInitScript({ path: clockCamera });
	await page.goto('/connexion');
	await page.fill('form[action*="motDePasse"] input[name="email"]', member?.email ?? '');
	await page.fill('input[name="password"]', member?.password ?? '');
	await page.click('form[action*="motDePasse"] button');
	await page.waitForURL((url) => !url.pathname.startsWith('/connexion'));
	await page.goto(`/conseil/${slug}/salle`);
	await page.locator('[data-enter]').click();
	await page.locator('[data-phase="in"]').waitFor();
	return camera;
}

/** From a camera that films a clock, through room, programme and HLS, to the screen of a viewer who reads it. */
async function measureDelay(host: Host, meeting: BenchMeeting): Promise<void> {
	const screen = await launch();
	try {
		const page = await openPage(screen, host);
		await page.goto(`/conseil/${meeting.slug}/video`);
		await page.locator('[data-video]').waitFor();
		await page.evaluate(
			`{ const video = document.querySelector('[data-video]'); video.muted = true; void video.play(); }`,
		);
		const reader = await readFile(clockReader, 'utf8');
		const ages: number[] = [];
		const deadline = Date.now() + 60_000;
		while (ages.length < 40 && Date.now() < deadline) {
			await sleep(500);
			const cells = await page.evaluate<number[] | null>(reader);
			const age = cells && ageOf(cells, Date.now());
			if (age !== null) ages.push(age);
		}
		if (ages.length < 20) throw new CommandError('the clock could not be read on the viewer’s screen');
		ages.sort((a, b) => a - b);
		const at = (share: number) => (ages[Math.floor(ages.length * share)] ?? 0).toFixed(1);
		console.log(
			`\nlive delay, camera to a viewer’s screen over HLS (${ages.length} readings): median ${at(0.5)} s, shortest ${at(0)} s, longest ${at(0.99)} s; the limit is 8 s`,
		);
	} finally {
		await screen.close();
	}
}

async function measureViewers(host: Host, meeting: BenchMeeting, players: number): Promise<void> {
	const video = await host.rooms.council.programme.video(meeting.id);
	if (!video?.playlist) throw new CommandError('there is no live to watch');
	const watch: Watch = {
		master: new URL(video.playlist, host.platform.config.publicUrl).href,
		players,
		seconds: viewersSeconds,
	};
	const seen = await new Promise<Viewing>((resolve, reject) => {
		const worker = new Worker(new URL('./council/viewers.ts', import.meta.url), { workerData: watch });
		worker.once('message', resolve);
		worker.once('error', reject);
	});
	console.log(
		`\nviewers of the same live, one process, ${viewersSeconds} s, without a CDN: ${seen.players} players, ${(seen.requests / viewersSeconds).toFixed(0)} requests/s, ${((seen.megabytes * 8) / viewersSeconds).toFixed(0)} Mbit/s, ${seen.failed} failed`,
	);
	console.log(
		`stalls ${seen.stalls} (${seen.stalled} players, ${seen.stalledSeconds.toFixed(1)} s together); whole segment p50 ${seen.segmentP50.toFixed(0)} ms, p99 ${seen.segmentP99.toFixed(0)} ms; first picture p99 ${seen.startP99.toFixed(1)} s`,
	);
}

function must<Value>(result: Result<Value>): Value {
	if (result.ok) return result.value;
	throw new CommandError(`${result.error} ${JSON.stringify(result.detail ?? {})}`);
}
