import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
beforeAll(async () => {
	town = await openTown({ fill: false, room: true });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

/** Wait for a fact. */
async function until<T>(
	look: () => Promise<T | null | undefined | false>,
	what: string,
	seconds = 60,
): Promise<T> {
	for (let n = 0; n < seconds * 5; n++) {
		const found = await look();
		if (found) return found;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`never: ${what}`);
}

async function meetingHeld() {
	const { bodies, meetings, sessions } = town.rooms.council;
	const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
		if (!result.ok) throw new Error(result.error);
		return result.value;
	};
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
			title: 'Séance filmée',
			startsAt: new Date(Date.now() + 10 * 86_400_000),
			synthesis: 'De quoi il s’agit.',
		}),
	);
	const item = value(
		await meetings.addItem(system, id, { kind: 'deliberation', title: 'Piscine', draft: 'Ouvrir.' }),
	);
	value(await meetings.convene(system, id));
	const act = async (action: object) => value(await sessions.act(system, id, action));
	for (const seatId of seats) await act({ kind: 'arrive', seatId });
	const meeting = await meetings.get(system, id);
	if (!meeting) throw new Error('the meeting is missing');
	return { meeting, seats, item, act };
}

test('a meeting goes out live, behind closed doors as a card, and is there in replay with its chapters', async () => {
	const { programme } = town.rooms.council;
	const { meeting, seats, item, act } = await meetingHeld();
	await act({ kind: 'open' });
	await act({ kind: 'take_item', itemId: item.id });
	await act({ kind: 'give_floor', seatId: seats[1] });
	expect(await programme.start(system, meeting.id)).toMatchObject({ ok: true });
	const live = async () => {
		const video = await programme.video(meeting.id);
		return video?.status === 'live' && video;
	};
	await until(live, 'live');

	await town.visit({ viewport: { width: 1280, height: 900 } }, async (page) => {
		await page.goto(`${meeting.url}/video`);
		const seen = () =>
			page.locator('[data-video]').evaluate((video: HTMLVideoElement) => ({
				at: video.currentTime,
				wide: video.videoWidth,
			}));
		await page.locator('[data-video]').evaluate((video: HTMLVideoElement) => {
			video.muted = true;
			return video.play();
		});
		await until(async () => (await seen()).at > 2 && (await seen()).wide === 1280, 'the live plays');
		await expect.poll(() => page.locator('[data-now]').textContent()).toContain('Camille Roy');
		expect(await graveFaults(page)).toEqual([]);
		await act({ kind: 'open_vote', method: 'hands' });
		await act({ kind: 'count_hands', for: 3, against: 0, abstention: 0 });
		await page.getByText('Piscine : adopté (3 / 0 / 0)').waitFor();

		await act({ kind: 'close_doors', closed: true });
		await until(async () => (await programme.video(meeting.id))?.card, 'the card stands');
		await page.getByText('Huis clos').first().waitFor();
		await act({ kind: 'close_doors', closed: false });
		await until(async () => (await live()) && !(await programme.video(meeting.id))?.card, 'the room is back');
	});

	await act({ kind: 'close' });
	const mp4 = await until(
		async () => {
			const video = await programme.video(meeting.id);
			return video?.status === 'replay' && video.mp4;
		},
		'the replay and its file',
		120,
	);
	const chapters = await programme.chapters(meeting.id);
	expect(chapters.map(({ kind }) => kind)).toEqual(
		expect.arrayContaining(['item', 'speaker', 'vote', 'closed_doors', 'closing']),
	);
	const runs = await town.platform.pool.query<{ source: string }>(
		'SELECT source FROM council.run WHERE meeting_id = $1 ORDER BY number',
		[meeting.id],
	);
	expect(runs.rows.map(({ source }) => source)).toEqual(['room', 'card', 'room']);
	const probed = await promisify(execFile)('/usr/bin/ffprobe', [
		...['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', `${town.url}${mp4.path}`],
	]);
	const seconds = Number(probed.stdout);
	const video = await programme.video(meeting.id);
	expect(Math.abs(seconds - (video?.seconds ?? 0))).toBeLessThan(2);

	await town.visit({ viewport: { width: 360, height: 740 }, javaScriptEnabled: false }, async (page) => {
		await page.goto(`${meeting.url}/video?t=3`);
		await page.getByRole('link', { name: /Télécharger la vidéo/ }).waitFor();
		await page
			.getByRole('link', { name: /Piscine/ })
			.first()
			.waitFor();
		expect(
			await page.evaluate('document.documentElement.scrollWidth - window.innerWidth'),
		).toBeLessThanOrEqual(0);
	});
	await town.visit({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' }, async (page) => {
		await page.goto(`${meeting.url}/video?t=3`);
		expect(await graveFaults(page)).toEqual([]);
		await page.getByRole('link', { name: /Vote : Piscine/ }).click();
		const wanted = chapters.find(({ kind }) => kind === 'vote')?.seconds ?? 0;
		await until(
			() =>
				page
					.locator('[data-video]')
					.evaluate(
						(element: HTMLVideoElement, at) => element.currentTime >= at && element.readyState >= 2,
						Math.floor(wanted),
					),
			'the vote is shown',
		);
	});
}, 240_000);
