import { anonymous, newId, system } from '@parvis/platform';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from './testing.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(() => town.close());

const later = (days: number) => {
	town.clock.now = new Date(town.clock.now.getTime() + days * 86_400_000);
};
const day = () => town.clock.now.toISOString().slice(0, 10);

async function draft(bodyId: string) {
	const startsAt = new Date(town.clock.now.getTime() + 10 * 86_400_000);
	const made = await town.council.meetings.create(system, {
		bodyId,
		title: 'Séance',
		startsAt,
		synthesis: 'Note.',
		place: 'Mairie',
	});
	if (!made.ok) throw new Error(made.error);
	return made.value.id;
}

describe('the agenda', () => {
	test('stands in the order that is set, under headings, and only while nobody else has changed it', async () => {
		const { meetings } = town.council;
		const { bodyId, people } = await assemble(town, 2);
		const id = await draft(bodyId);
		const add = async (title: string, more: object = {}) => {
			const item = await meetings.addItem(system, id, { kind: 'deliberation', title, ...more });
			if (!item.ok) throw new Error(item.error);
			return item.value.id;
		};
		const ids = [
			await add('Un'),
			await add('Deux', { section: 'Finances' }),
			await add('Trois', { section: 'Finances' }),
		];
		const shown = async () =>
			((await meetings.get(system, id))?.items ?? []).map(({ number, title }) => `${number} ${title}`);
		expect(await shown()).toEqual(['1 Un', '2.1 Deux', '2.2 Trois']);
		const [a = '', b = '', c = ''] = ids;
		expect(await meetings.orderItems(system, id, [c, b, a])).toMatchObject({ ok: true });
		expect(await shown()).toEqual(['1.1 Trois', '1.2 Deux', '2 Un']);
		for (const wrong of [[a, b], [a, b, c, newId()], [a, a, b], [a, b, c, c], ['x', b, c], []])
			expect(await meetings.orderItems(system, id, wrong), JSON.stringify(wrong)).toMatchObject({
				error: 'council.agenda_changed',
			});
		expect(await meetings.orderItems(people[0]?.actor ?? anonymous, id, ids)).toMatchObject({
			error: 'platform.not_allowed',
		});
		await meetings.moveItem(system, a, -1);
		expect(await shown()).toEqual(['1.1 Trois', '2 Un', '3.1 Deux']);
		for (const [input, error] of [
			[{ matterCode: '12.4' }, 'council.matter_invalid'],
			[{ budgetYear: '2026-27' }, 'council.budget_year_invalid'],
			[{ placeId: newId() }, 'council.place_unknown'],
			[{ rapporteurId: newId() }, 'council.seat_unknown'],
			[{ title: '\0 \n' }, 'council.title_missing'],
		] as const)
			expect(
				await meetings.addItem(system, id, { kind: 'deliberation', title: 'x', ...input }),
			).toMatchObject({
				error,
			});
	});
});

describe('convocations', () => {
	test('are written again to who has not answered, with the same link, and noted on paper for who has no address', async () => {
		const { meetings, bodies } = town.council;
		const { bodyId, people } = await assemble(town, 2);
		const paper = await bodies.seat(system, bodyId, { name: 'Sans Adresse', startsOn: '2026-03-22' });
		const meeting = await convene(town, bodyId, ['Budget']);
		const list = async () => {
			const all = await meetings.convocations(system, meeting.id);
			return all.ok ? all.value : [];
		};
		expect((await list()).map(({ name, sentAt, reachable }) => [name, sentAt !== null, reachable])).toEqual([
			['Membre 1', true, true],
			['Membre 2', true, true],
			['Sans Adresse', false, false],
		]);
		const lettersTo = async (id = '') =>
			(await town.platform.mail.list({ limit: 500 })).filter(({ to }) => to === `${id}@example.org`);
		const tokenIn = (text = '') => decodeURIComponent(/jeton=(\S+)/.exec(text)?.[1] ?? '');
		const [first, second] = people;
		const token = tokenIn((await lettersTo(first?.actor.id))[0]?.text);
		await meetings.acknowledge(token);
		later(1);
		expect(await meetings.remind(anonymous, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await meetings.remind(system, meeting.id)).toEqual({ ok: true, value: { letters: 1 } });
		const again = await lettersTo(second?.actor.id);
		expect(again).toHaveLength(2);
		expect(tokenIn(again[0]?.text)).toBe(tokenIn(again[1]?.text));
		expect((await list())[1]).toMatchObject({ letters: 2, lastSentAt: town.clock.now });
		expect(await meetings.remind(system, meeting.id, first?.seatId)).toMatchObject({
			error: 'council.nobody_to_remind',
		});
		const seatId = paper.ok ? paper.value.id : '';
		expect(await meetings.convenedOnPaper(system, meeting.id, newId())).toMatchObject({
			error: 'council.seat_unknown',
		});
		await meetings.convenedOnPaper(system, meeting.id, seatId);
		expect((await list())[2]).toMatchObject({ onPaper: true, letters: 0, sentAt: town.clock.now });
	});

	test('tell of another place and of a cancelled meeting, and calendars follow', async () => {
		const { meetings } = town.council;
		const { bodyId, people } = await assemble(town, 1);
		const meeting = await convene(town, bodyId, ['Budget'], { place: 'Mairie' });
		const subjects = async () =>
			(await town.platform.mail.list({ limit: 500 }))
				.filter(({ to }) => to === `${people[0]?.actor.id}@example.org`)
				.map(({ subject }) => subject);
		const change = { title: meeting.title, startsAt: meeting.startsAt, synthesis: 'Note.' };
		await meetings.change(system, meeting.id, { ...change, place: 'Mairie' });
		expect(await subjects()).toHaveLength(1);
		await meetings.change(system, meeting.id, { ...change, place: 'Salle des fêtes; étage, 2' });
		expect((await subjects())[0]).toContain('Changement de lieu');
		const calendar = (await meetings.calendar(anonymous, meeting.id)) ?? '';
		expect(calendar).toContain('SEQUENCE:1');
		expect(calendar).toContain('LOCATION:Salle des fêtes\\; étage\\, 2');
		expect(await meetings.wholeCalendar()).toContain(`UID:${meeting.id}@`);
		await meetings.cancel(system, meeting.id);
		expect((await subjects())[0]).toContain('annulée');
		const cancelled = (await meetings.calendar(anonymous, meeting.id)) ?? '';
		expect(cancelled).toMatch(/METHOD:CANCEL\r\n[\s\S]*SEQUENCE:2\r\n[\s\S]*STATUS:CANCELLED/);
		expect(await meetings.remind(system, meeting.id)).toMatchObject({ ok: false });
	});
});

describe('bodies', () => {
	test('keep who was what when: another office or group begins a term of its own', async () => {
		const { bodies } = town.council;
		const { bodyId, people } = await assemble(town, 2);
		const [chair, member] = people;
		const seats = async () => (await bodies.list(system)).find(({ id }) => id === bodyId)?.seats ?? [];
		const as = (role: string, from: string, more: object = {}) => ({
			name: 'Membre 2',
			role,
			from,
			personId: member?.actor.id ?? null,
			...more,
		});
		expect(await bodies.changeSeat(system, member?.seatId ?? '', as('chair', day()))).toMatchObject({
			error: 'council.chair_taken',
		});
		expect(await bodies.changeSeat(anonymous, member?.seatId ?? '', as('deputy', day()))).toMatchObject({
			error: 'platform.not_allowed',
		});
		// The mayor leaves, the deputy follows the day after.
		const last = day();
		await bodies.leave(system, chair?.seatId ?? '', last);
		later(1);
		expect(await bodies.changeSeat(system, member?.seatId ?? '', as('chair', day()))).toMatchObject({
			ok: true,
		});
		expect((await seats()).map(({ name, role, startsOn }) => [name, role, startsOn])).toEqual([
			['Membre 2', 'chair', day()],
		]);
		const former = await bodies.former(anonymous, bodyId);
		expect(former.map(({ name, role, endsOn }) => [name, role, endsOn])).toEqual([
			['Membre 1', 'chair', last],
			['Membre 2', 'member', last],
		]);
		expect(former.every(({ personId, email }) => personId === null && email === null)).toBe(true);
		// A name corrected is no other term.
		const seat = (await seats())[0]?.id ?? '';
		await bodies.changeSeat(
			system,
			seat,
			as('chair', day(), { name: 'Membre Deux', email: 'deux@example.org' }),
		);
		expect((await seats()).map(({ id, name, email }) => [id, name, email])).toEqual([
			[seat, 'Membre Deux', 'deux@example.org'],
		]);
		expect(await bodies.changeSeat(system, seat, as('deputy', '2020-01-01'))).toMatchObject({
			error: 'council.seat_unknown',
		});
	});

	test('have members by video who count in communities alone', async () => {
		const { bodies } = town.council;
		const { bodyId } = await assemble(town, 1);
		expect(await bodies.change(system, bodyId, { remoteCounts: true })).toMatchObject({
			error: 'council.remote_not_allowed',
		});
		expect(await bodies.change(system, newId(), { name: 'x' })).toMatchObject({
			error: 'council.body_unknown',
		});
		expect(await bodies.change(anonymous, bodyId, { name: 'x' })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await bodies.change(system, bodyId, { inhabitants: 0 })).toMatchObject({
			error: 'council.inhabitants_missing',
		});
	});
});
