import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from './context.ts';
import type { Bodies, Body, Seat } from './face.ts';
import { mayPrepare } from './policies.ts';
import { type FloorRule, floorRules } from './rules/floor.ts';
import { dayOf } from './rules/notice.ts';
import { isSiret } from './rules/siret.ts';
import { slugFor } from './slugs.ts';

const bodyInput = z
	.object({
		name: z.string().min(1, 'council.name_missing').max(120),
		kind: z.enum(['council', 'committee', 'ccas', 'community']),
		inhabitants: z.int('council.inhabitants_missing').min(1, 'council.inhabitants_missing').max(100_000_000),
		remoteCounts: z.boolean().default(false),
		collectivity: textInput(160).default(''),
	})
	.refine(({ kind, remoteCounts }) => kind === 'community' || !remoteCounts, {
		message: 'council.remote_not_allowed',
	});

const identityFields = {
	/** Official name of who decides; empty for the town's own. */
	collectivity: textInput(160),
	siret: z.string().refine((text) => text === '' || isSiret(text), 'council.siret_invalid'),
	prefecture: z
		.string()
		.regex(/^((PREF|SGAR)\d[0-9AB]\d|SPREF\d[0-9AB]\d\d)?$/, 'council.prefecture_invalid'),
	classificationOn: z.iso.date('council.date_invalid').nullable(),
};
const changeInput = z
	.object({
		name: z.string().min(1, 'council.name_missing').max(120),
		inhabitants: z.int('council.inhabitants_missing').min(1, 'council.inhabitants_missing').max(100_000_000),
		remoteCounts: z.boolean(),
		...identityFields,
	})
	.partial();
const limitSeconds = z
	.int('council.limit_invalid')
	.min(10, 'council.limit_invalid')
	.max(86_400, 'council.limit_invalid')
	.nullable();
/** How the floor is shared out; seconds, null for no limit. */
export const floorInput = z.object({
	rule: z.enum(floorRules, 'council.rule_unknown'),
	speechSeconds: limitSeconds,
	groupSeconds: limitSeconds,
	cutsAtLimit: z.boolean(),
});

const seatInput = z.object({
	name: z.string().min(1, 'council.name_missing').max(120),
	party: z.string().max(120).default(''),
	role: z.enum(['chair', 'deputy', 'member']).default('member'),
	email: z.email('council.email_invalid').max(320).nullable().default(null),
	personId: z.uuid().nullable().default(null),
	startsOn: z.iso.date('council.date_invalid'),
});

const seatChange = seatInput.omit({ startsOn: true }).extend({ from: z.iso.date('council.date_invalid') });

interface SeatRow {
	id: string;
	body_id: string;
	name: string;
	party: string;
	role: Seat['role'];
	starts_on: string;
	ends_on: string | null;
	email: string | null;
	person_id: string | null;
}

const selectedSeats = sql`SELECT id, body_id, name, party, role, email, person_id, starts_on::text, ends_on::text
	FROM council.seat`;
const byRank = sql`array_position(ARRAY['chair', 'deputy', 'member'], role), rank, name, id`;

const seatOf = (row: SeatRow): Seat & { bodyId: string } => ({
	id: row.id,
	bodyId: row.body_id,
	name: row.name,
	party: row.party,
	role: row.role,
	startsOn: row.starts_on,
	endsOn: row.ends_on,
	email: row.email,
	personId: row.person_id,
});

/** Seats held on a day, by rank: the chair, the deputies, the members. */
export async function seatsOn(
	db: Db,
	bodyIds: readonly string[],
	day: string,
): Promise<(Seat & { bodyId: string })[]> {
	const { rows } = await sql<SeatRow>`${selectedSeats}
		WHERE body_id = ANY(${[...bodyIds]}::uuid[]) AND starts_on <= ${day}::date AND (ends_on IS NULL OR ends_on >= ${day}::date)
		ORDER BY ${byRank}`.execute(db);
	return rows.map(seatOf);
}

/** A seat without what is the clerk's alone. */
export function publicSeat<S extends Seat>(seat: S): S {
	return { ...seat, email: null, personId: null };
}

interface BodyRow {
	id: string;
	slug: string;
	name: string;
	kind: string;
	inhabitants: number;
	remote_counts: boolean;
	collectivity: string;
	siret: string;
	prefecture: string;
	classification_day: string | null;
	floor_rule: FloorRule;
	speech_seconds: number | null;
	group_seconds: number | null;
	cuts_at_limit: boolean;
}

/** The town's deciding bodies and who sits in them, over time. */
export function createBodies(context: Context): Bodies {
	const { db, platform } = context;
	return {
		async list(actor) {
			const { rows } = await sql<BodyRow>`SELECT *, classification_on::text AS classification_day
				FROM council.body ORDER BY name`.execute(db);
			const seats = await seatsOn(
				db,
				rows.map(({ id }) => id),
				dayOf(context.now()),
			);
			return rows.map((row) => ({
				id: row.id,
				slug: row.slug,
				name: row.name,
				kind: row.kind as Body['kind'],
				inhabitants: row.inhabitants,
				remoteCounts: row.remote_counts,
				collectivity: row.collectivity,
				siret: row.siret,
				prefecture: row.prefecture,
				classificationOn: row.classification_day,
				floor: {
					rule: row.floor_rule,
					speechSeconds: row.speech_seconds,
					groupSeconds: row.group_seconds,
					cutsAtLimit: row.cuts_at_limit,
				},
				seats: seats
					.filter(({ bodyId }) => bodyId === row.id)
					.map(({ bodyId: _, ...seat }) => (mayPrepare(actor) ? seat : publicSeat(seat))),
			}));
		},

		async create(actor, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(bodyInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const id = newId();
				const { name, kind, inhabitants, remoteCounts, collectivity } = input.value;
				await trx
					.insertInto('council.body')
					.values({
						id,
						slug: await slugFor(trx, 'council.body', name),
						name,
						kind,
						inhabitants,
						remote_counts: remoteCounts,
						collectivity,
					})
					.execute();
				await platform.audit.record(trx, { actor, action: 'council.body.created', subject: `body:${id}` });
				return ok({ id });
			});
		},

		async change(actor, bodyId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(changeInput, given);
			if (!input.ok) return input;
			const { remoteCounts, classificationOn, ...own } = input.value;
			return changing(db, async (trx) => {
				const body = await trx
					.selectFrom('council.body')
					.select(['id', 'kind'])
					.where('id', '=', asId(bodyId))
					.forUpdate()
					.executeTakeFirst();
				if (!body) return refuse('council.body_unknown');
				if (remoteCounts && body.kind !== 'community') return refuse('council.remote_not_allowed');
				const values = {
					...own,
					...(remoteCounts !== undefined && { remote_counts: remoteCounts }),
					...(classificationOn !== undefined && { classification_on: classificationOn }),
				};
				if (Object.keys(values).length)
					await trx.updateTable('council.body').set(values).where('id', '=', body.id).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.body.changed',
					subject: `body:${body.id}`,
					detail: { fields: Object.keys(input.value) },
				});
				return ok(null);
			});
		},

		async former(actor, bodyId) {
			const { rows } = await sql<SeatRow>`${selectedSeats}
				WHERE body_id = ${asId(bodyId)} AND ends_on < ${dayOf(context.now())}::date
				ORDER BY ends_on DESC, ${byRank} LIMIT 500`.execute(db);
			return rows.map(seatOf).map(({ bodyId: _, ...seat }) => (mayPrepare(actor) ? seat : publicSeat(seat)));
		},

		async changeSeat(actor, seatId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(seatChange, given);
			if (!input.ok) return input;
			const { from, personId, role, party, ...own } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql<SeatRow & { rank: number }>`
					SELECT id, body_id, role, party, rank, starts_on::text, ends_on::text FROM council.seat
					WHERE id = ${asId(seatId)} AND (ends_on IS NULL OR ends_on >= ${from}::date) FOR UPDATE`.execute(
					trx,
				);
				const [seat] = rows;
				if (!seat || from < seat.starts_on) return refuse('council.seat_unknown');
				const { rows: chairs } = await sql`SELECT FROM council.seat WHERE body_id = ${seat.body_id}
					AND role = 'chair' AND id <> ${seat.id} AND (ends_on IS NULL OR ends_on >= ${from}::date)`.execute(
					trx,
				);
				if (role === 'chair' && chairs.length) return refuse('council.chair_taken');
				const values = { ...own, party, role, person_id: personId };
				// What somebody was before stays what it was: another office or group begins a seat of its own.
				const begins = (role !== seat.role || party !== seat.party) && from !== seat.starts_on;
				if (begins) {
					await sql`UPDATE council.seat SET ends_on = ${from}::date - 1 WHERE id = ${seat.id}`.execute(trx);
					await trx
						.insertInto('council.seat')
						.values({
							id: newId(),
							body_id: seat.body_id,
							rank: seat.rank,
							starts_on: from,
							ends_on: seat.ends_on,
							...values,
						})
						.execute();
				} else await trx.updateTable('council.seat').set(values).where('id', '=', seat.id).execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.seat.changed',
					subject: `seat:${seat.id}`,
				});
				return ok(null);
			});
		},

		async seat(actor, bodyId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(seatInput, given);
			if (!input.ok) return input;
			const { startsOn, personId, ...own } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ chairs: number; rank: number }>`
					SELECT count(*) FILTER (WHERE role = 'chair' AND (ends_on IS NULL OR ends_on >= ${startsOn}::date))::int AS chairs,
						coalesce(max(rank), 0)::int + 1 AS rank
					FROM council.body LEFT JOIN council.seat ON seat.body_id = body.id
					WHERE body.id = ${asId(bodyId)} GROUP BY body.id`.execute(trx);
				const [body] = rows;
				if (!body) return refuse('council.body_unknown');
				if (own.role === 'chair' && body.chairs) return refuse('council.chair_taken');
				const id = newId();
				await trx
					.insertInto('council.seat')
					.values({
						id,
						body_id: bodyId,
						person_id: personId,
						starts_on: startsOn,
						rank: body.rank,
						...own,
					})
					.execute();
				await platform.audit.record(trx, { actor, action: 'council.seat.taken', subject: `seat:${id}` });
				return ok({ id });
			});
		},

		async setFloor(actor, bodyId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(floorInput, given);
			if (!input.ok) return input;
			const { rule, speechSeconds, groupSeconds, cutsAtLimit } = input.value;
			return changing(db, async (trx) => {
				const { rows } =
					await sql`UPDATE council.body SET floor_rule = ${rule}, speech_seconds = ${speechSeconds},
					group_seconds = ${groupSeconds}, cuts_at_limit = ${cutsAtLimit}
					WHERE id = ${asId(bodyId)} RETURNING id`.execute(trx);
				if (!rows.length) return refuse('council.body_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'council.body.floor_set',
					subject: `body:${bodyId}`,
				});
				return ok(null);
			});
		},

		async leave(actor, seatId, endsOn) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			if (!z.iso.date().safeParse(endsOn).success) return refuse('council.date_invalid');
			return changing(db, async (trx) => {
				const { rows } = await sql`UPDATE council.seat SET ends_on = ${endsOn}::date
					WHERE id = ${asId(seatId)} AND starts_on <= ${endsOn}::date RETURNING id`.execute(trx);
				if (!rows.length) return refuse('council.seat_unknown');
				await platform.audit.record(trx, { actor, action: 'council.seat.left', subject: `seat:${seatId}` });
				return ok(null);
			});
		},
	};
}
