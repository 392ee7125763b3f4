import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { remindOfTomorrow } from './booking-letters.ts';
import { forgetGivers } from './retention.ts';
import { createTestCollection, errorOf, value } from './testing.ts';

let town: Awaited<ReturnType<typeof createTestCollection>>;
beforeAll(async () => {
	town = await createTestCollection();
}, 120_000);
afterAll(() => town?.close());

const visit = (address: string = crypto.randomUUID()) => ({ address });
const slotsOf = async (slug: string) => {
	const { points } = await value(town.collection.campaigns.get(town.resident, slug));
	return points.flatMap(({ openings }) => openings.flatMap(({ slots }) => slots));
};

/** A published campaign with two slots of two on 26 November, from 9:00 in the town. */
async function open() {
	const { collection, manager } = town;
	const { slug, pointId } = await town.campaign();
	const { id } = await value(
		collection.campaigns.addOpening(manager, pointId, {
			day: '2026-11-26',
			from: '09:00',
			to: '10:10',
			slotMinutes: 30,
			slotCapacity: 2,
		}),
	);
	await value(collection.campaigns.setStatus(manager, slug, 'published'));
	return { slug, pointId, openingId: id };
}

test('a campaign is a draft until it has a point; then everybody sees it, and the town’s timeline and search tell of it', async () => {
	const { collection, manager, resident } = town;
	const { slug } = await value(
		collection.campaigns.save(manager, {
			title: 'Collecte des écoles',
			why: 'Parce que',
			audience: 'schools',
			taken: ['tablet'],
			startsOn: '2027-01-10',
			endsOn: '2027-01-12',
		}),
	);
	expect(slug).toBe('collecte-des-ecoles');
	expect(await errorOf(collection.campaigns.get(resident, slug))).toBe('equipment.campaign_unknown');
	expect(await errorOf(collection.campaigns.setStatus(manager, slug, 'published'))).toBe(
		'equipment.campaign_without_point',
	);
	await value(
		collection.campaigns.addPoint(manager, slug, {
			name: 'École',
			address: '',
			longitude: 2.2,
			latitude: 46.7,
		}),
	);
	await value(collection.campaigns.setStatus(manager, slug, 'published'));
	expect(await value(collection.campaigns.get(resident, slug))).toMatchObject({ moment: 'coming', items: 0 });
	expect((await town.town.timeline.list()).map(({ url }) => url)).toContain(
		`/numerique-responsable/collectes/${slug}`,
	);
	expect((await town.town.search.find('collecte écoles')).hits.map(({ url }) => url)).toContain(
		`/numerique-responsable/collectes/${slug}`,
	);
	await value(collection.campaigns.setStatus(manager, slug, 'cancelled'));
	expect((await town.town.timeline.list()).map(({ url }) => url)).not.toContain(
		`/numerique-responsable/collectes/${slug}`,
	);
});

test('only the IT officer keeps campaigns; what is wrong is refused and nothing is written', async () => {
	const { collection, manager, collector, resident } = town;
	const good = {
		title: 'x',
		why: 'y',
		audience: 'residents',
		taken: ['laptop'],
		startsOn: '2026-12-01',
		endsOn: '2026-12-02',
	};
	for (const actor of [collector, resident])
		expect(await errorOf(collection.campaigns.save(actor, good))).toBe('platform.not_allowed');
	const refusals: [object, string][] = [
		[{ title: ' ' }, 'equipment.campaign_title_missing'],
		[{ taken: [] }, 'equipment.campaign_taken_missing'],
		[{ taken: ['fridge'] }, 'equipment.field_invalid'],
		[{ endsOn: '2026-11-30' }, 'equipment.campaign_ends_before'],
		[{ startsOn: '2026-02-30' }, 'equipment.day_invalid'],
		[{ startsOn: '2026-02-30T00:00' }, 'equipment.day_invalid'],
	];
	for (const [more, error] of refusals)
		expect(await errorOf(collection.campaigns.save(manager, { ...good, ...more }))).toBe(error);
	const { slug, pointId } = await town.campaign();
	const { version } = await value(collection.campaigns.get(manager, slug));
	await value(collection.campaigns.save(manager, { ...good, startsOn: '2026-11-20' }, { slug, version }));
	expect(await errorOf(collection.campaigns.save(manager, good, { slug, version }))).toBe(
		'equipment.changed_meanwhile',
	);
	const hours = { day: '2026-11-26', from: '09:00', to: '12:00' };
	await value(collection.campaigns.addOpening(manager, pointId, hours));
	const changed = await value(collection.campaigns.get(manager, slug));
	expect(
		await errorOf(collection.campaigns.save(manager, good, { slug, version: changed.version })),
		'hours would be left outside',
	).toBe('equipment.opening_left_outside');
	const wrong: [object, string][] = [
		[{ from: '11:00', to: '13:00' }, 'equipment.opening_overlaps'],
		[{ day: '2026-12-26' }, 'equipment.opening_outside'],
		[{ from: '13:00', to: '12:00' }, 'equipment.opening_ends_before'],
		[{ from: '25:00' }, 'equipment.time_invalid'],
		[{ from: '13:00', to: '14:00', slotMinutes: 30 }, 'equipment.opening_slot_incomplete'],
	];
	for (const [more, error] of wrong)
		expect(await errorOf(collection.campaigns.addOpening(manager, pointId, { ...hours, ...more }))).toBe(
			error,
		);
});

test('a slot is booked without an account, told by mail, put in a calendar, and cancelled by its link alone', async () => {
	const { collection } = town;
	const { slug } = await open();
	const [slot] = await slotsOf(slug);
	expect(slot?.startsAt.toISOString(), '9:00 in the town').toBe('2026-11-26T08:00:00.000Z');
	expect(await slotsOf(slug)).toHaveLength(2);
	const booked = await value(
		collection.bookings.book(
			{
				openingId: slot?.openingId ?? '',
				startsAt: slot?.startsAt.toISOString() ?? '',
				devices: 3,
				email: 'Lea@Example.org ',
			},
			visit(),
		),
	);
	expect(booked.letterSent).toBe(true);
	const [letter] = await town.letters('lea@example.org');
	expect(letter?.subject).toContain('à 09:00');
	expect(letter?.text).toContain(booked.token);
	const { rows } = await town.platform.pool.query(
		'SELECT token_hash FROM equipment.booking WHERE email = $1',
		['lea@example.org'],
	);
	expect(rows[0].token_hash).toEqual(createHash('sha256').update(booked.token).digest());
	expect(await collection.bookings.calendar(booked.token)).toContain('DTSTART:20261126T080000Z');
	expect(await collection.bookings.get(`${booked.token}x`)).toBeNull();
	expect((await slotsOf(slug))[0]?.free).toBe(1);
	await value(collection.bookings.cancel(booked.token));
	await value(collection.bookings.cancel(booked.token));
	expect(await collection.bookings.get(booked.token)).toMatchObject({ cancelled: true, name: null });
	expect(await collection.bookings.calendar(booked.token)).toContain('METHOD:CANCEL');
	expect((await slotsOf(slug))[0]?.free).toBe(2);
});

test('many who ask for the last places at once get no more than there are', async () => {
	const { collection } = town;
	const { slug, openingId } = await open();
	const [slot] = await slotsOf(slug);
	const outcomes = await Promise.all(
		Array.from({ length: 12 }, () =>
			errorOf(
				collection.bookings.book(
					{ openingId, startsAt: slot?.startsAt.toISOString() ?? '', devices: 1 },
					visit(),
				),
			),
		),
	);
	expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(2);
	expect(outcomes.filter((outcome) => outcome === 'equipment.slot_full')).toHaveLength(10);
});

test('one address books ten times an hour; a slot that is none, over, or of a draft is refused', async () => {
	const { collection, manager } = town;
	const { slug, openingId, pointId } = await open();
	const [slot] = await slotsOf(slug);
	const startsAt = slot?.startsAt.toISOString() ?? '';
	const book = (more: object, address?: string) =>
		errorOf(collection.bookings.book({ openingId, startsAt, devices: 1, ...more }, visit(address)));
	expect(await book({ startsAt: '2026-11-26T08:10:00Z' })).toBe('equipment.slot_unknown');
	expect(await book({ openingId: 'x' })).toBe('equipment.slot_unknown');
	expect(await book({ devices: 0 })).toBe('equipment.devices_invalid');
	expect(await book({ email: 'nobody' })).toBe('equipment.email_invalid');
	expect(
		await errorOf(
			collection.bookings.book({ openingId, startsAt, devices: 1 }, { ...visit(), suspect: true }),
		),
	).toBe('platform.too_many_requests');
	for (let n = 0; n < 10; n++) await book({ startsAt: '2026-11-26T08:10:00Z' }, '192.0.2.7');
	expect(await book({}, '192.0.2.7')).toBe('platform.too_many_requests');
	expect(await errorOf(collection.campaigns.removePoint(manager, pointId))).toBe('accepted');
	expect(await book({})).toBe('equipment.slot_unknown');
});

test('people are reminded the day before, once; who booked a cancelled campaign is told; then they are forgotten', async () => {
	const { collection, manager, clock } = town;
	const { slug, openingId } = await open();
	const [slot] = await slotsOf(slug);
	const booking = { openingId, startsAt: slot?.startsAt.toISOString() ?? '', devices: 1, name: 'Ali' };
	const { url } = await value(collection.bookings.book({ ...booking, email: 'ali@example.org' }, visit()));
	const before = clock.now;
	try {
		expect(await remindOfTomorrow(town.context)).toBe(0);
		// 23:30 UTC on the 24th is the 25th in the town.
		clock.now = new Date('2026-11-24T23:30:00Z');
		expect(await remindOfTomorrow(town.context)).toBe(1);
		expect(await remindOfTomorrow(town.context)).toBe(0);
		const letters = await town.letters('ali@example.org');
		expect(
			letters.map(({ text }) => text.endsWith(url)),
			'both lead to where one cancels',
		).toEqual([true, true]);
		await value(collection.campaigns.setStatus(manager, slug, 'cancelled'));
		const told = await town.letters('ali@example.org');
		expect(told).toHaveLength(3);
		expect(told.map(({ subject }) => subject).join()).toContain('annulée');
		clock.now = new Date('2026-12-26T12:00:00Z');
		await forgetGivers(town.context);
		const kept = () =>
			town.platform.pool.query(`SELECT 1 FROM equipment.booking WHERE email = 'ali@example.org'`);
		expect((await kept()).rowCount).toBe(1);
		clock.now = new Date('2026-12-28T12:00:00Z');
		await forgetGivers(town.context);
		expect((await kept()).rowCount).toBe(0);
	} finally {
		clock.now = before;
	}
});
