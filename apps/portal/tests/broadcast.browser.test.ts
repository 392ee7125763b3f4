import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { enterRoom, openPage, signInAsMember, simplePdf } from './room.ts';
import { openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let meeting: NonNullable<Awaited<ReturnType<VisitedTown['rooms']['council']['meetings']['get']>>>;

beforeAll(async () => {
	town = await openTown({ fill: false, room: true });
	await town.rooms.council.fillDemo();
	const { items } = await town.rooms.council.meetings.list(system);
	const next = items.filter(({ status }) => status === 'convened').at(-1);
	const found = next && (await town.rooms.council.meetings.get(system, next.id));
	if (!found) throw new Error('the demonstration has no meeting to open');
	meeting = found;
	for (const seat of meeting.seats) await act({ kind: 'arrive', seatId: seat.id });
	await act({ kind: 'open' });
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

async function act(action: Record<string, unknown>): Promise<void> {
	const result = await town.rooms.council.sessions.act(system, meeting.id, action);
	if (!result.ok) throw new Error(result.error);
}

async function annex(title: string, isPublic: boolean): Promise<string> {
	const added = await town.rooms.council.annexes.add(system, meeting.id, {
		title,
		fileName: 'piece.pdf',
		public: isPublic,
		content: simplePdf(2, title),
	});
	if (!added.ok) throw new Error(added.error);
	return added.value.id;
}

/** How many points of the sheet are dark, which words are; null while no document is drawn. */
const inkOf = (page: Page) =>
	page.evaluate(() => {
		const canvas = document.querySelector<HTMLCanvasElement>('.broadcast-document canvas');
		const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data;
		if (!pixels) return null;
		let dark = 0;
		for (let n = 0; n < pixels.length; n += 4) if ((pixels[n] ?? 255) < 100 && pixels[n + 3] === 255) dark++;
		return dark;
	});

test('a public document goes out with who speaks beside it; one for members never does, whoever opens the page', async () => {
	const open = await annex('Plan', true);
	const secret = await annex('Interne', false);
	const speaker = await openPage(town);
	await signInAsMember(speaker, 2);
	await enterRoom(speaker, `${meeting.url}/salle`, { camera: true });
	const seatId = meeting.seats[1]?.id;
	await act({ kind: 'give_floor', seatId });

	// A member's own account: what members may read must not be drawn all the same.
	const page = await speaker.context().newPage();
	await page.setViewportSize({ width: 1280, height: 720 });
	await page.exposeBinding('parvisEntry', async () => {
		const entry = await town.rooms.council.video.programmeToken(meeting.id);
		return entry.ok ? entry.value : null;
	});
	const asked: string[] = [];
	page.on('response', (response) => {
		if (response.url().includes('/documents/'))
			asked.push(`${response.status()} ${response.url().split('/').at(-1)}`);
	});
	await page.goto(`${meeting.url}/antenne`);
	await page.locator('.broadcast-stage.large video').waitFor();

	await act({ kind: 'show_document', annexId: open, page: 1 });
	await expect.poll(() => inkOf(page)).toBeGreaterThan(50);
	await page.locator('.broadcast-side video').waitFor();
	const one = await inkOf(page);
	await act({ kind: 'show_document', annexId: open, page: 2 });
	await expect.poll(() => inkOf(page)).not.toBe(one);

	await act({ kind: 'show_document', annexId: secret, page: 1 });
	await expect.poll(() => asked).toContain(`404 ${secret}`);
	expect(await inkOf(page)).toBeNull();
	await page.locator('.broadcast-stage.large video').waitFor();

	await act({ kind: 'show_document', annexId: open, page: 1 });
	await expect.poll(() => inkOf(page)).toBe(one);
	await act({ kind: 'close_doors', closed: true });
	await expect.poll(() => inkOf(page)).toBeNull();
	expect(await page.locator('video').count()).toBe(0);
	await page.getByText('Huis clos').first().waitFor();
	await act({ kind: 'close_doors', closed: false });
	await speaker.context().close();
}, 120_000);
