import { createHash, randomBytes } from 'node:crypto';
import {
	type Actor,
	changing,
	clockAheadSeconds,
	isDatabaseOutage,
	newId,
	ok,
	putRight,
	type Result,
	refuse,
} from '@parvis/platform';
import { codeOf, randomCode } from '@parvis/spoken-codes';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { townDay, townInstant } from '../days.ts';
import { mayCollect } from '../policies.ts';
import type { Bookings, Desk, DeskAnswer, DeskDay } from './face.ts';
import type { createItemPhotos } from './photos.ts';
import { receiptAction, receiptContent } from './receipt-input.ts';
import { receive } from './receiving.ts';
import { codeLength, prefixLength, readReceiptNumber, receiptNumber } from './rules/receipt-number.ts';
import { readSettings } from './settings.ts';

/** Most receipts of one request, and the longest one as JSON. */
const mostActions = 100;
const mostActionCharacters = 64_000;
/** The desk of pages that work without a script: one for the whole town, whose numbers the database counts. */
const townDesk = '00000000-0000-7000-8000-000000000000';

const syncRequest = z.object({
	personId: z.uuid(),
	deviceId: z.uuid(),
	sentAt: z.coerce.date(),
	actions: z.array(z.unknown()).max(mostActions, 'equipment.too_many_actions'),
});

const newCode = () => randomCode(codeLength, (bytes) => randomBytes(bytes));

/** @see Desk */
export function createDesk(
	context: Context,
	bookings: Bookings,
	photos: ReturnType<typeof createItemPhotos>,
): Desk {
	const { db, platform } = context;

	/** A phone's share of numbers; given once, kept for good. */
	async function prefixOf(deviceId: string): Promise<string> {
		const known = () =>
			db.selectFrom('equipment.desk').select('prefix').where('device_id', '=', deviceId).executeTakeFirst();
		for (let n = 0; n < 20; n++) {
			const desk = await known();
			if (desk) return desk.prefix;
			// By chance, so that a number says nothing about how many there are.
			await db
				.insertInto('equipment.desk')
				.values({
					device_id: deviceId,
					prefix: randomCode(prefixLength, (bytes) => randomBytes(bytes)),
					created_at: context.now(),
				})
				.onConflict((conflict) => conflict.doNothing())
				.execute();
		}
		throw new Error('no share of receipt numbers is left');
	}

	/** How many numbers of a share the town has, so that a store that was emptied never gives one twice. */
	async function usedOf(base: Db, prefix: string): Promise<number> {
		const { rows } = await sql<{ last: string | null }>`SELECT max(substr(number, 5, 3) COLLATE "C") AS last
			FROM equipment.receipt WHERE number LIKE ${`${prefix}-%`}`.execute(base);
		const last = rows[0]?.last;
		if (!last) return 0;
		for (let count = 0; count < 31 ** 3; count++) if (codeOf(count, 3) === last) return count + 1;
		return 31 ** 3;
	}

	const day: Desk['day'] = async (actor, deviceId) => {
		if (!mayCollect(actor) || actor.kind !== 'person' || !actor.id) return refuse('platform.not_allowed');
		const device = parseInput(z.uuid(), deviceId);
		if (!device.ok) return device;
		const today = townDay(context.now());
		const prefix = await prefixOf(device.value);
		const [used, settings, booked, { rows: campaigns }, { rows: received }] = await Promise.all([
			usedOf(db, prefix),
			readSettings(db),
			bookings.ofDay(actor),
			sql<DeskDay['campaigns'][number]>`
				SELECT campaign.id, campaign.title, coalesce(jsonb_agg(jsonb_build_object('id', point.id, 'name', point.name)
					ORDER BY point.created_at) FILTER (WHERE point.id IS NOT NULL), '[]') AS points
				FROM equipment.campaign LEFT JOIN equipment.drop_off_point AS point ON point.campaign_id = campaign.id
				WHERE status = 'published' AND starts_on <= ${today}::date AND ends_on >= ${today}::date
				GROUP BY campaign.id ORDER BY campaign.starts_on, campaign.id`.execute(db),
			sql<{ count: number }>`SELECT count(*)::int AS count FROM equipment.collected_item
				WHERE received_at >= ${townInstant(today, '00:00')}`.execute(db),
		]);
		const value: DeskDay = {
			person: { id: actor.id, name: actor.displayName },
			day: today,
			prefix,
			used,
			giverDays: settings.giverDays,
			campaigns,
			received: received[0]?.count ?? 0,
			bookings: booked.ok
				? booked.value.map(({ startsAt, point, devices, name }) => ({
						startsAt: startsAt.toISOString(),
						point,
						devices,
						name,
					}))
				: [],
		};
		const version = createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22);
		return ok({ day: value, version });
	};

	async function takeIn(
		actor: Actor,
		prefix: string,
		given: unknown,
		times: { ahead: number; receivedAt: Date },
	): Promise<DeskAnswer> {
		const named = (given as { id?: unknown } | null)?.id;
		const id = typeof named === 'string' ? named.slice(0, 60) : '';
		if (JSON.stringify(given).length > mostActionCharacters)
			return { id, outcome: 'refused', error: 'equipment.action_too_long' };
		const read = parseInput(receiptAction, given);
		if (!read.ok) return { id, outcome: 'refused', error: read.error, detail: read.detail };
		const action = read.value;
		const number = readReceiptNumber(action.number);
		if (!number?.startsWith(`${prefix}-`))
			return { id, outcome: 'refused', error: 'equipment.receipt_number_invalid' };
		if (action.code.replaceAll(/[\s-]/g, '').length < codeLength)
			return { id, outcome: 'refused', error: 'equipment.receipt_code_invalid' };
		try {
			const taken = await changing(db, (trx) =>
				receive(context, trx, actor, {
					...action,
					number,
					receivedAt: putRight(action.at, times.ahead, times.receivedAt),
				}),
			);
			return taken.ok
				? { id, outcome: taken.value.already ? 'already' : 'accepted' }
				: { id, outcome: 'refused', error: taken.error, detail: taken.detail };
		} catch (error) {
			if (isDatabaseOutage(error)) throw error;
			// An id that something else has already.
			if ((error as { code?: string }).code === '23505')
				return { id, outcome: 'refused', error: 'equipment.receipt_differs' };
			platform.log.error({ err: error, action: id }, 'a receipt could not be taken in');
			return { id, outcome: 'later' };
		}
	}

	return {
		day,
		keepPhoto: photos.keep,

		async sync(actor, request) {
			if (!mayCollect(actor) || actor.kind !== 'person') return refuse('platform.not_allowed');
			const parsed = parseInput(syncRequest, request);
			if (!parsed.ok) return parsed;
			const { personId, deviceId, sentAt, actions } = parsed.value;
			if (personId !== actor.id) return refuse('equipment.outbox_of_another');
			const receivedAt = context.now();
			const ahead = clockAheadSeconds(sentAt, receivedAt);
			const prefix = await prefixOf(deviceId);
			const answers: DeskAnswer[] = [];
			for (const action of actions) answers.push(await takeIn(actor, prefix, action, { ahead, receivedAt }));
			return ok({ receivedAt: receivedAt.toISOString(), clockAheadSeconds: ahead, answers });
		},

		async receive(actor, input) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(receiptContent, {
				...input,
				lines: input.lines.map((line) => ({ ...line, id: line.id ?? newId() })),
			});
			if (!parsed.ok) return parsed;
			const prefix = await prefixOf(townDesk);
			const code = newCode();
			return changing(db, async (trx): Promise<Result<{ number: string; code: string; items: string[] }>> => {
				await sql`SELECT pg_advisory_xact_lock(hashtextextended('equipment town desk', 0))`.execute(trx);
				const number = receiptNumber(prefix, await usedOf(trx, prefix));
				const taken = await receive(context, trx, actor, {
					...parsed.value,
					id: newId(),
					number,
					code,
					receivedAt: context.now(),
				});
				return taken.ok ? ok({ number, code, items: taken.value.items }) : taken;
			});
		},
	};
}
