import { asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { addDays, townDay, townInstant } from '../days.ts';
import { mayCollect } from '../policies.ts';
import { bookingPath, writeBooking } from './booking-letters.ts';
import type { Booking, Bookings } from './face.ts';
import { takeRate } from './rate.ts';
import { calendarEntry } from './rules/calendar.ts';
import { slotsOf } from './rules/slots.ts';
import { bookingToken, hashOf } from './tokens.ts';

/** A family or a school shares one address. */
const mostFromOneAddress = 10;
const mostLettersToOneAddress = 5;

const bookingInput = z.object({
	openingId: z.uuid('equipment.slot_unknown'),
	startsAt: z.coerce.date('equipment.slot_unknown'),
	devices: z
		.int('equipment.devices_invalid')
		.min(1, 'equipment.devices_invalid')
		.max(200, 'equipment.devices_invalid'),
	name: textInput(120).default(''),
	email: z
		.union([z.literal(''), z.string().trim().toLowerCase().max(254).pipe(z.email('equipment.email_invalid'))])
		.default(''),
	locale: z.enum(['fr', 'en']).catch('fr').default('fr'),
});

interface BookingRow {
	id: string;
	slot_starts_at: Date;
	slot_ends_at: Date;
	devices: number;
	name: string | null;
	cancelled: boolean;
	point: string;
	address: string | null;
	slug: string;
	title: string;
	created_at: Date;
}

/** @see Bookings */
export function createBookings(context: Context): Bookings {
	const { db, platform } = context;

	async function byToken(token: string): Promise<BookingRow | null> {
		const { rows } = await sql<BookingRow>`
			SELECT booking.id, slot_starts_at, slot_ends_at, devices, booking.name,
				booking.cancelled_at IS NOT NULL OR campaign.status = 'cancelled' AS cancelled,
				point.name AS point, point.address, campaign.slug, campaign.title, booking.created_at
			FROM equipment.booking
			JOIN equipment.opening ON opening.id = opening_id
			JOIN equipment.drop_off_point AS point ON point.id = point_id
			JOIN equipment.campaign ON campaign.id = campaign_id
			WHERE token_hash = ${hashOf(token.slice(0, 100))}`.execute(db);
		return rows[0] ?? null;
	}
	const shown = (row: BookingRow): Booking => ({
		startsAt: row.slot_starts_at,
		endsAt: row.slot_ends_at,
		devices: row.devices,
		name: row.name,
		cancelled: row.cancelled,
		point: { name: row.point, address: row.address },
		campaign: { slug: row.slug, title: row.title },
	});

	return {
		async book(given, visit) {
			const parsed = parseInput(bookingInput, given);
			if (!parsed.ok) return parsed;
			const input = parsed.value;
			if (visit.suspect || !(await takeRate(context, 'booking', visit.address, mostFromOneAddress)))
				return refuse('platform.too_many_requests');
			const writes =
				input.email !== '' && (await takeRate(context, 'letter', input.email, mostLettersToOneAddress));
			const id = newId();
			const token = bookingToken(platform.config.secret, id);
			return changing(
				db,
				async (trx): Promise<Result<{ token: string; url: string; letterSent: boolean }>> => {
					// The opening's row is held while its slots are counted: two who ask for the last place wait for each other.
					const opening = await trx
						.selectFrom('equipment.opening')
						.selectAll()
						.where('id', '=', input.openingId)
						.forUpdate()
						.executeTakeFirst();
					if (!opening) return refuse('equipment.slot_unknown');
					const place = await trx
						.selectFrom('equipment.drop_off_point as point')
						.innerJoin('equipment.campaign as campaign', 'campaign.id', 'point.campaign_id')
						.select(['point.name', 'point.address', 'campaign.title', 'campaign.status'])
						.where('point.id', '=', opening.point_id)
						.executeTakeFirstOrThrow();
					const slot = slotsOf({
						startsAt: opening.starts_at,
						endsAt: opening.ends_at,
						slotMinutes: opening.slot_minutes,
					}).find(({ startsAt }) => startsAt.getTime() === input.startsAt.getTime());
					if (!slot || place.status !== 'published') return refuse('equipment.slot_unknown');
					if (slot.endsAt <= context.now()) return refuse('equipment.slot_over');
					const { count } = await trx
						.selectFrom('equipment.booking')
						.select((e) => e.fn.countAll<number>().as('count'))
						.where('opening_id', '=', opening.id)
						.where('slot_starts_at', '=', slot.startsAt)
						.where('cancelled_at', 'is', null)
						.executeTakeFirstOrThrow();
					if (Number(count) >= (opening.slot_capacity ?? 0)) return refuse('equipment.slot_full');
					await trx
						.insertInto('equipment.booking')
						.values({
							id,
							opening_id: opening.id,
							slot_starts_at: slot.startsAt,
							slot_ends_at: slot.endsAt,
							devices: input.devices,
							name: input.name || null,
							email: input.email || null,
							token_hash: hashOf(token),
							locale: input.locale,
							created_at: context.now(),
						})
						.execute();
					if (writes)
						await writeBooking(context, trx, 'made', {
							email: input.email,
							locale: input.locale,
							title: place.title,
							point: place.name,
							address: place.address,
							startsAt: slot.startsAt,
							token,
						});
					return ok({ token, url: bookingPath(token), letterSent: writes });
				},
			);
		},

		async get(token) {
			const row = await byToken(token);
			return row && shown(row);
		},

		async cancel(token) {
			const row = await byToken(token);
			if (!row) return refuse('equipment.booking_unknown');
			if (row.slot_ends_at <= context.now() && !row.cancelled) return refuse('equipment.slot_over');
			// Nothing more is needed of somebody who does not come.
			await db
				.updateTable('equipment.booking')
				.set({ cancelled_at: context.now(), name: null, email: null })
				.where('id', '=', asId(row.id))
				.where('cancelled_at', 'is', null)
				.execute();
			return ok(null);
		},

		async calendar(token) {
			const row = await byToken(token);
			return (
				row &&
				calendarEntry({
					uid: `${row.id}@${new URL(platform.config.publicUrl).hostname}`,
					stampedAt: row.created_at,
					startsAt: row.slot_starts_at,
					endsAt: row.slot_ends_at,
					summary: row.title,
					location: [row.point, row.address].filter(Boolean).join(', '),
					url: platform.config.publicUrl + bookingPath(token),
					cancelled: row.cancelled,
				})
			);
		},

		async ofDay(actor, day = townDay(context.now())) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(Date.parse(day)))
				return refuse('equipment.day_invalid');
			const { rows } = await sql<{
				startsAt: Date;
				point: string;
				campaign: string;
				devices: number;
				name: string | null;
			}>`
				SELECT slot_starts_at AS "startsAt", point.name AS point, campaign.title AS campaign, devices, booking.name
				FROM equipment.booking
				JOIN equipment.opening ON opening.id = opening_id
				JOIN equipment.drop_off_point AS point ON point.id = point_id
				JOIN equipment.campaign ON campaign.id = campaign_id
				WHERE cancelled_at IS NULL AND campaign.status = 'published'
					AND slot_starts_at >= ${townInstant(day, '00:00')}
					AND slot_starts_at < ${townInstant(addDays(day, 1), '00:00')}
				ORDER BY slot_starts_at, booking.id`.execute(db);
			return ok(rows);
		},
	};
}
