import { execFileSync } from 'node:child_process';
import { anonymous } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSignals } from '../signals.ts';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import { makeMp4 } from './mp4.ts';
import { createShelf } from './shelf.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(() => town.close());

const clock = (seconds: number) => [
	...['-f', 'lavfi', '-i', `testsrc2=s=160x90:r=10:d=${seconds}`],
	...['-f', 'lavfi', '-i', `sine=d=${seconds}`],
];

test('a recording of two runs is played, joined with its chapters, and taken away', async () => {
	const { bodyId } = await assemble(town, 3);
	const meeting = await convene(town, bodyId, ['Piscine']);
	const clerk = await town.person('Greffe', 'council:clerk');
	const { programme } = town.council;
	expect(await programme.video(meeting.id)).toMatchObject({ status: 'none', playlist: null });
	const start = new Date('2026-11-24T18:00:00Z');
	await programme.recordFile(meeting.id, start, clock(4));
	await programme.recordFile(meeting.id, new Date(start.getTime() + 60_000), clock(3));
	const video = await programme.video(meeting.id);
	expect(video).toMatchObject({ status: 'replay', startedAt: start });
	expect(video?.seconds).toBeCloseTo(7, 0);
	const shelf = createShelf(town.context, createSignals(town.platform));
	const playlist = (await shelf.playlist(meeting.id, { audio: false, skip: false }))?.body.toString() ?? '';
	expect(playlist.match(/#EXTINF/g)).toHaveLength(4);
	expect(playlist).toContain('#EXT-X-ENDLIST');
	expect((await shelf.master(meeting.id))?.body.toString()).toContain('RESOLUTION=160x90');
	expect((await programme.chapters(meeting.id)).map(({ kind }) => kind)).toEqual(['interruption']);

	await makeMp4(town.context, meeting.id);
	const { rows } = await town.platform.pool.query<{ mp4_key: string; mp4_bytes: string }>(
		'SELECT mp4_key, mp4_bytes FROM council.programme WHERE meeting_id = $1',
		[meeting.id],
	);
	const file = `${town.platform.config.dataDir}/files/${rows[0]?.mp4_key}`;
	const seconds = execFileSync('/usr/bin/ffprobe', [
		...['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', file],
	]);
	expect(Number(seconds)).toBeCloseTo(7, 0);

	expect(await programme.deleteRecording(anonymous, meeting.id)).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(await programme.deleteRecording(clerk, meeting.id)).toMatchObject({ ok: true });
	expect(await programme.video(meeting.id)).toMatchObject({ status: 'deleted', playlist: null, mp4: null });
	expect(await town.platform.files.stat(rows[0]?.mp4_key ?? '')).toBeNull();
});

test('the desk starts and stops a programme; nobody else does, and destinations keep their keys', async () => {
	const { bodyId } = await assemble(town, 3);
	const meeting = await convene(town, bodyId, ['Piscine']);
	const clerk = await town.person('Greffe', 'council:clerk');
	const { programme } = town.council;
	expect(await programme.start(anonymous, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await programme.start(clerk, meeting.id, { source: 'srt' })).toMatchObject({ ok: true });
	expect(await programme.video(meeting.id)).toMatchObject({ status: 'soon' });
	const { destinations } = programme;
	expect(await destinations.create(clerk, { name: 'X', url: 'file:///etc/passwd' })).toMatchObject({
		error: 'council.destination_url',
	});
	const made = await destinations.create(clerk, {
		name: 'Tube',
		url: 'rtmp://127.0.0.1:9/live',
		key: 'k-123',
	});
	if (!made.ok) throw new Error(made.error);
	expect(await destinations.list(anonymous)).toMatchObject({ error: 'platform.not_allowed' });
	const listed = await destinations.list(clerk);
	expect(listed).toMatchObject({ value: [{ name: 'Tube', hasKey: true, enabled: true }] });
	expect(JSON.stringify(listed)).not.toContain('k-123');
	const tried = await destinations.test(clerk, made.value.id);
	expect(tried).toMatchObject({ error: 'council.destination_failed' });
	expect(JSON.stringify(tried)).not.toContain('k-123');
	expect(await programme.state(clerk, meeting.id)).toMatchObject({
		value: { wanted: true, source: 'srt', destinations: [{ name: 'Tube', state: 'waiting' }] },
	});
	expect(await programme.stop(clerk, meeting.id)).toMatchObject({ ok: true });
	expect(await destinations.remove(clerk, made.value.id)).toMatchObject({ ok: true });
});
