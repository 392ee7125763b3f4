import { type ChildProcess, spawn } from 'node:child_process';
import { system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import { endRun, openSpeechService, record, type SpeechService, timeline } from './testing.ts';

const pool = 'people like the new swimming pool';
const school = 'the budget of the school is adopted';
const road = 'the road will be repaired in march';
const evening = 'good evening everybody';
const secret = 'the mayor is a thief';

let service: SpeechService;
let test_: TestCouncil;
beforeAll(async () => {
	service = await openSpeechService([pool, school, road, evening, secret]);
	test_ = await createTestCouncil({
		TRANSCRIPTION_URL: service.url,
		TRANSCRIPTION_MODEL: 'sphinx',
		TRANSCRIPTION_KEY: 'hidden-key',
	});
});
afterAll(async () => {
	await test_?.close();
	await service?.close();
});

/** A meeting that is held, its clock at its beginning. */
async function held(members = 3) {
	const { bodyId, people } = await assemble(test_, members);
	const meeting = await convene(test_, bodyId, ['Piscine', 'École']);
	const start = meeting.startsAt;
	const act = async (second: number, action: Record<string, unknown>) => {
		test_.clock.now = new Date(start.getTime() + second * 1000);
		const done = await test_.council.sessions.act(system, meeting.id, action);
		if (!done.ok) throw new Error(done.error);
	};
	return { meeting, people, start, act };
}

async function lines(meetingId: string) {
	const captions = await test_.council.captions.list(meetingId);
	return captions.map(({ text, speaker, position }) => [Math.round(position ?? -1), speaker, text]);
}

test('what is said is put in words with who had the floor, nothing from behind closed doors, and again after a redo', async () => {
	const { meeting, people, start, act } = await held();
	for (const { seatId } of people) await act(-60, { kind: 'arrive', seatId });
	await act(0, { kind: 'open' });
	await act(6, { kind: 'give_floor', seatId: people[1]?.seatId });
	await act(12, { kind: 'give_floor', seatId: people[2]?.seatId });
	await act(18, { kind: 'close_doors', closed: true });
	await act(24, { kind: 'close_doors', closed: false });
	await act(24, { kind: 'take_floor_back' });
	await act(36, { kind: 'close' });
	const samples = await timeline(40, [
		[1, evening],
		[7, pool],
		[13, road],
		[19, secret],
		[28, school],
		[37, secret],
	]);
	await record(test_.platform, meeting.id, start, samples);
	const { captions } = test_.council;
	expect(await captions.status(meeting.id)).toMatchObject({
		state: 'working',
		pendingSeconds: expect.closeTo(40, 0),
	});
	const before = service.requests.length;
	await captions.advance(meeting.id);
	expect(await lines(meeting.id)).toEqual([
		[expect.closeTo(1, 0), 'Membre 1', evening],
		[expect.closeTo(7, 0), 'Membre 2', pool],
		[expect.closeTo(13, 0), 'Membre 3', road],
		[expect.closeTo(28, 0), 'Membre 1', school],
	]);
	expect(await captions.status(meeting.id)).toMatchObject({ state: 'complete', lines: 4, pendingSeconds: 0 });
	// Silence and closed doors were sent to nobody.
	const sent = service.requests.slice(before);
	expect(sent).toHaveLength(4);
	expect(sent[0]?.headers.authorization).toBe('Bearer hidden-key');
	expect(sent[0]?.fields).toMatchObject({ language: 'fr', model: 'sphinx', response_format: 'verbose_json' });
	expect(sent[1]?.fields.prompt).toBe(evening);
	await captions.advance(meeting.id);
	expect(service.requests.length - before).toBe(4);

	expect(await captions.file(meeting.slug, 'vtt')).toMatch(
		/^WEBVTT\n\n00:00:0[01]\.\d{3} --> 00:00:0\d\.\d{3}\n<v Membre 1>good evening everybody\n/,
	);
	expect(await captions.file(meeting.slug, 'txt')).toContain(`Membre 2 : ${pool}\n\nMembre 3 : ${road}`);
	expect(await captions.file('aucune', 'srt')).toBeNull();

	const [first] = await captions.list(meeting.id);
	const clerk = await test_.person('Nadia Greffe', 'council:clerk');
	await captions.change(clerk, first?.id ?? '', {
		version: 1,
		text: 'Bonsoir à toutes et tous.',
		seatId: first?.seatId,
	});
	expect((await captions.redo(people[1]?.actor ?? clerk, meeting.id)).ok).toBe(false);
	expect(await captions.redo(clerk, meeting.id)).toEqual({ ok: true, value: null });
	await captions.advance(meeting.id);
	expect((await lines(meeting.id)).map(([, , text]) => text)).toEqual([
		'Bonsoir à toutes et tous.',
		pool,
		road,
		school,
	]);
});

test('live, lines follow as it is recorded; what is late is left out, and done after the meeting', async () => {
	const { meeting, people, start, act } = await held();
	for (const { seatId } of people) await act(-60, { kind: 'arrive', seatId });
	await act(0, { kind: 'open' });
	const samples = await timeline(50, [
		[1, pool],
		[20, road],
		[46, school],
	]);
	const runId = await record(test_.platform, meeting.id, start, samples, { ended: false });
	const heard: string[][] = [];
	const leave = await test_.council.captions.follow(meeting.id, {
		captions: (newest) => heard.push(newest.map(({ text }) => text)),
		end: () => {},
	});
	// The first ten seconds are there; then forty come at once.
	const later = await test_.platform.pool.query(
		'DELETE FROM council.segment WHERE run_id = $1 AND number >= 5 RETURNING *',
		[runId],
	);
	// The clock of the database is not the meeting's: a run that rests is taken for ended, but for one that runs now.
	await test_.platform.pool.query('UPDATE council.run SET started_at = now() WHERE id = $1', [runId]);
	await test_.platform.pool.query('ALTER TABLE council.event DISABLE TRIGGER keep_event');
	await test_.platform.pool.query(
		"UPDATE council.event SET at = now() - interval '1 second' WHERE meeting_id = $1",
		[meeting.id],
	);
	await test_.platform.pool.query('ALTER TABLE council.event ENABLE TRIGGER keep_event');
	test_.clock.now = new Date(Date.now() + 10_000);
	await test_.council.captions.advance(meeting.id);
	expect((await lines(meeting.id)).map(([, , text]) => text)).toEqual([pool]);
	await expect.poll(() => heard.at(-1)).toEqual([pool]);
	for (const row of later.rows)
		await test_.platform.pool.query('INSERT INTO council.segment VALUES ($1, $2, $3, $4, $5, $6)', [
			row.run_id,
			row.number,
			row.starts_at_seconds,
			row.duration_seconds,
			row.bytes,
			row.file_key,
		]);
	await test_.council.captions.advance(meeting.id);
	expect(await test_.council.captions.status(meeting.id)).toMatchObject({ state: 'working', lines: 1 });
	leave?.();

	test_.clock.now = new Date(Date.now() + 52_000);
	await test_.council.sessions.act(system, meeting.id, { kind: 'close' });
	await endRun(test_.platform, runId);
	await test_.council.captions.advance(meeting.id);
	expect((await lines(meeting.id)).map(([, , text]) => text)).toEqual([pool, road, school]);
	expect(await test_.council.captions.status(meeting.id)).toMatchObject({
		state: 'complete',
		pendingSeconds: 0,
	});
});

test('a provider that fails is told at the desk, and nothing is lost or said twice when it is back', async () => {
	const { meeting, people, start, act } = await held();
	for (const { seatId } of people) await act(-60, { kind: 'arrive', seatId });
	await act(0, { kind: 'open' });
	await act(30, { kind: 'close' });
	await record(
		test_.platform,
		meeting.id,
		start,
		await timeline(20, [
			[1, pool],
			[11, road],
		]),
	);
	const begun = service.requests.length;
	service.answer = (n) => (n - begun > 1 ? { status: 503, body: 'hidden-key' } : null);
	await expect(test_.council.captions.advance(meeting.id)).rejects.toThrow('HTTP 503');
	service.answer = null;
	const status = await test_.council.captions.status(meeting.id);
	expect(status).toMatchObject({ state: 'failing', lines: 1, error: expect.stringContaining('503') });
	expect(JSON.stringify(status)).not.toContain('hidden-key');
	await Promise.all([test_.council.captions.advance(meeting.id), test_.council.captions.advance(meeting.id)]);
	await expect.poll(() => lines(meeting.id)).toHaveLength(2);
	expect((await lines(meeting.id)).map(([, , text]) => text)).toEqual([pool, road]);
	expect(await test_.council.captions.status(meeting.id)).toMatchObject({ state: 'complete', error: '' });
});

test('killed in the middle, again and again, every word is there once', async () => {
	const { meeting, people, start, act } = await held();
	for (const { seatId } of people) await act(-60, { kind: 'arrive', seatId });
	await act(0, { kind: 'open' });
	await act(80, { kind: 'close' });
	const said = [pool, school, road, evening];
	const sentences = Array.from({ length: 12 }, (_, n) => [n * 5 + 1, said[n % 4] ?? pool] as const);
	await record(test_.platform, meeting.id, start, await timeline(62, sentences));
	const captioning = (): ChildProcess =>
		spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', new URL('./test-process.ts', import.meta.url).pathname],
			{
				env: {
					...process.env,
					DATABASE_URL: test_.databaseUrl,
					PARVIS_DATA: test_.platform.config.dataDir,
					PARVIS_SECRET: 'x'.repeat(32),
					PARVIS_LOG_LEVEL: 'silent',
					TRANSCRIPTION_URL: service.url,
					MEETING: meeting.id,
				},
				stdio: 'inherit',
			},
		);
	let kills = 0;
	for (;;) {
		const child = captioning();
		const begun = service.requests.length;
		const ended = new Promise((resolve) => child.once('exit', resolve));
		// Two pieces of sound are asked for, the second in the middle of its answer.
		await expect
			.poll(() => service.requests.length >= begun + 2 || child.exitCode !== null, {
				interval: 5,
			})
			.toBe(true);
		if (child.exitCode !== null) break;
		child.kill('SIGKILL');
		await ended;
		kills++;
	}
	expect(kills).toBeGreaterThan(2);
	const resumed = await lines(meeting.id);
	expect(resumed.length).toBeGreaterThan(4);
	// What one process makes of it that nobody kills.
	await test_.council.captions.redo(system, meeting.id);
	await test_.council.captions.advance(meeting.id);
	expect(resumed).toEqual(await lines(meeting.id));
}, 120_000);
