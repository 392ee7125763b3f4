import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connect, connectionOf, openForeignPage, publishSound, tokenOf } from './livekit-page.ts';
import { enterRoom, openPage, signInAsMember, simplePdf, soundDuring } from './room.ts';
import { graveFaults, openTown, system, type VisitedTown } from './town.ts';

let town: VisitedTown;
let meeting: NonNullable<Awaited<ReturnType<VisitedTown['rooms']['council']['meetings']['get']>>>;
let room: string;
let speaker: Page;
let listener: Page;

beforeAll(async () => {
	town = await openTown({ fill: false, room: true });
	await town.rooms.council.fillDemo();
	const { items } = await town.rooms.council.meetings.list(system);
	const next = items.filter(({ status }) => status === 'convened').at(-1);
	const found = next && (await town.rooms.council.meetings.get(system, next.id));
	if (!found) throw new Error('the demonstration has no meeting to open');
	meeting = found;
	room = `${meeting.url}/salle`;
	for (const seat of meeting.seats) await act({ kind: 'arrive', seatId: seat.id });
	await act({ kind: 'open' });
	speaker = await openPage(town);
	listener = await openPage(town, { viewport: { width: 360, height: 740 } });
	await signInAsMember(speaker, 2);
	await signInAsMember(listener, 3);
}, 240_000);
afterAll(async () => {
	await town?.stop();
});

async function act(action: Record<string, unknown>): Promise<void> {
	const result = await town.rooms.council.sessions.act(system, meeting.id, action);
	if (!result.ok) throw new Error(result.error);
}
const seat = (n: number) => meeting.seats[n - 1]?.id ?? '';
const ownState = (page: Page) => page.locator('[data-own-state]').textContent();
const hears = (page: Page) => expect.poll(() => soundDuring(page, 300)).toBeGreaterThan(0);
const hearsNothing = async (page: Page) => {
	await expect.poll(() => soundDuring(page, 2000), { timeout: 40_000 }).toBe(0);
};

test('the floor opens the microphone on the server and taking it back ends the sound', async () => {
	await Promise.all([enterRoom(speaker, room, { camera: true }), enterRoom(listener, room)]);
	await listener
		.locator(`[data-identity="seat:${seat(2)}"] video`)
		.first()
		.waitFor();
	await expect.poll(() => ownState(speaker)).toContain('Votre micro est fermé');
	expect(await soundDuring(listener, 500)).toBe(0);

	await act({ kind: 'give_floor', seatId: seat(2) });
	await expect.poll(() => ownState(speaker)).toContain('Vous avez la parole, votre micro est ouvert');
	await hears(listener);
	await expect.poll(() => listener.locator('.floor-now').textContent()).toContain('a la parole');
	await act({ kind: 'take_floor_back' });
	await expect.poll(() => ownState(speaker)).toContain('Votre micro est fermé');
	await hearsNothing(listener);

	await act({ kind: 'give_floor', seatId: seat(2) });
	await hears(listener);
	await act({ kind: 'close_microphones' });
	await hearsNothing(listener);
	await act({ kind: 'open_microphones' });
	await act({ kind: 'take_floor_back' });
}, 120_000);

test('hands are raised and votes cast without leaving the room; it reads well on a phone and aloud', async () => {
	await listener.getByRole('button', { name: 'Demander la parole' }).first().click();
	await expect.poll(() => ownState(listener)).toContain('votre rang est 1');
	expect((await town.rooms.council.sessions.state(system, meeting.id))?.queue).toEqual([seat(3)]);
	await listener.getByRole('button', { name: 'Ne plus demander la parole' }).first().click();
	await expect.poll(() => ownState(listener)).toContain('Votre micro est fermé');
	const item = meeting.items.find(({ kind }) => kind === 'deliberation');
	await act({ kind: 'take_item', itemId: item?.id });
	await act({ kind: 'open_vote', method: 'public' });
	await listener.getByRole('button', { name: /^Pour/ }).first().click();
	await expect
		.poll(async () => (await town.rooms.council.sessions.state(system, meeting.id))?.votes.at(-1)?.voted)
		.toContain(seat(3));
	await act({ kind: 'close_vote' });
	expect(await listener.getAttribute('[data-phase]', 'data-phase')).toBe('in');
	expect(await graveFaults(listener)).toEqual([]);
	expect(await listener.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
}, 120_000);

test('a document is presented in step; who browses alone finds the way back', async () => {
	const added = await town.rooms.council.annexes.add(system, meeting.id, {
		title: 'Bilan de la patinoire',
		fileName: 'rapport.pdf',
		public: true,
		content: simplePdf(3, 'Page'),
	});
	if (!added.ok) throw new Error(added.error);
	await act({ kind: 'give_floor', seatId: seat(2) });
	await speaker.getByRole('button', { name: /^Présenter.*patinoire/ }).click();
	const words = (page: Page) => page.locator('.document-words').first().textContent();
	await expect.poll(() => words(listener)).toBe('Page 1');
	await speaker.getByRole('button', { name: 'Page suivante' }).click();
	await expect.poll(() => words(listener)).toBe('Page 2');

	// The presenter's pointer reaches the others, and only the presenter's.
	const sheet = speaker.locator('.document-sheet');
	await sheet.scrollIntoViewIfNeeded();
	const pointed = async () => {
		await sheet.hover({ position: { x: 40 + Math.floor(Math.random() * 40), y: 40 } });
		return listener.locator('.document-pointer').count();
	};
	await expect.poll(pointed).toBe(1);

	await listener.getByRole('button', { name: 'Feuilleter de mon côté' }).click();
	await listener.getByRole('button', { name: 'Page suivante' }).click();
	await expect.poll(() => words(listener)).toBe('Page 3');
	await speaker.getByRole('button', { name: 'Page précédente' }).click();
	await expect.poll(() => words(speaker)).toBe('Page 1');
	expect(await words(listener)).toBe('Page 3');
	await listener.getByRole('button', { name: 'Revenir à la page présentée' }).click();
	await expect.poll(() => words(listener)).toBe('Page 1');
	expect(await graveFaults(listener)).toEqual([]);
	await act({ kind: 'take_floor_back' });
	await act({ kind: 'hide_document' });
	await listener.locator('.document-view').waitFor({ state: 'detached' });
}, 120_000);

async function entryOf(page: Page): Promise<string> {
	const answer = await page.request.post(`${town.url}/api/v1/meetings/${meeting.id}/room`, {
		headers: { origin: town.url },
		data: {},
	});
	return ((await answer.json()) as { token: string }).token;
}
const inRoom = async () => {
	const status = await town.rooms.council.video.status(system, meeting.id);
	return status.ok ? status.value.participants : [];
};
const rightOf = async (identity: string) =>
	(await inRoom()).find((one) => one.identity === identity)?.microphone;

test('a client that keeps its tokens and ignores its rights is not heard', async () => {
	const foreign = await openForeignPage(town);
	await signInAsMember(foreign, 4);
	const token = await entryOf(foreign);
	await foreign.close();
	const hostile = await openForeignPage(town);
	await connect(hostile, token);
	await publishSound(hostile, 'microphone');
	await hearsNothing(listener);

	// With the floor it gets a token that carries the microphone; without the floor that token is worth nothing.
	await act({ kind: 'give_floor', seatId: seat(4) });
	await expect.poll(() => rightOf(`seat:${seat(4)}`)).toBe(true);
	const renewed = await tokenOf(hostile);
	await act({ kind: 'take_floor_back' });
	await expect.poll(() => rightOf(`seat:${seat(4)}`)).toBe(false);
	await connect(hostile, renewed);
	await publishSound(hostile, 'microphone');
	await expect.poll(() => rightOf(`seat:${seat(4)}`)).toBe(false);
	await hearsNothing(listener);

	// Sound that calls itself a camera is sent out of the room.
	await connect(hostile, token);
	await publishSound(hostile, 'camera');
	await expect.poll(() => connectionOf(hostile)).toBe('disconnected');
	await hearsNothing(listener);
	await hostile.context().close();
}, 120_000);

test('two feeds of the hall and an interpreter come by links; behind closed doors guests and programme are out', async () => {
	const { feeds, programmeToken } = town.rooms.council.video;
	const link = async (kind: string, name: string) => {
		const made = await feeds.create(system, meeting.id, { kind, name });
		if (!made.ok) throw new Error(made.error);
		return made.value;
	};
	const hall = await openPage(town);
	await enterRoom(hall, (await link('hall', 'Salle, côté public')).path, { camera: true });
	const second = await openPage(town);
	await enterRoom(second, (await link('hall', 'Salle, tribune')).path);
	const interpreter = await openPage(town);
	await enterRoom(interpreter, (await link('interpreter', 'LSF')).path, { camera: true });
	const guest = await openPage(town);
	const guestLink = await link('guest', 'Architecte');
	await enterRoom(guest, guestLink.path);
	await listener.locator('.stage-interpreter video').waitFor();
	await expect.poll(() => listener.locator('.room-grid [data-kind="hall"]').count()).toBe(2);
	await hears(listener);
	await expect.poll(() => ownState(hall)).toContain('micro est ouvert');
	await expect.poll(() => ownState(interpreter)).toContain('votre micro reste fermé');

	const programme = await openForeignPage(town);
	const entry = await programmeToken(meeting.id);
	if (!entry.ok) throw new Error(entry.error);
	await connect(programme, entry.value.token);
	await expect.poll(() => soundDuring(programme, 500)).toBeGreaterThan(0);
	await act({ kind: 'close_doors', closed: true });
	await expect.poll(() => connectionOf(programme)).toBe('disconnected');
	await guest.locator('[data-phase="waiting"]').waitFor();
	await expect.poll(() => guest.locator('main').textContent()).toContain('huis clos');
	expect(await listener.getAttribute('[data-phase]', 'data-phase')).toBe('in');
	expect(await programmeToken(meeting.id)).toMatchObject({ ok: false });
	await act({ kind: 'close_doors', closed: false });
	await guest.locator('[data-phase="in"]').waitFor();
	await feeds.revoke(system, guestLink.id);
	await guest.locator('[data-phase="over"]').waitFor();
	for (const page of [hall, second, interpreter, guest, programme]) await page.context().close();
}, 120_000);

test('when LiveKit dies everybody is back by themselves, with the rights of the moment', async () => {
	await act({ kind: 'give_floor', seatId: seat(2) });
	await hears(listener);
	const told = listener
		.locator('[data-phase="reconnecting"]', { hasText: 'reconnexion en cours' })
		.waitFor({ state: 'attached' });
	process.kill(town.livekit?.pid ?? 0, 'SIGKILL');
	await told;
	for (const page of [speaker, listener]) await page.locator('[data-phase="in"]').waitFor();
	await hears(listener);
	await expect.poll(() => ownState(speaker)).toContain('votre micro est ouvert');
	await act({ kind: 'take_floor_back' });
	await hearsNothing(listener);

	// Who must leave for an item comes back for the next.
	const [, , item] = meeting.items;
	await act({ kind: 'recuse', seatId: seat(3) });
	await listener.locator('[data-phase="waiting"]').waitFor();
	await act({ kind: 'take_item', itemId: item?.id });
	await listener.locator('[data-phase="in"]').waitFor();
	await act({ kind: 'close' });
	await expect.poll(() => listener.locator('main').textContent()).toContain('La séance est levée');
	await expect.poll(inRoom).toEqual([]);
}, 120_000);
