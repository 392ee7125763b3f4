import {
	type Actor,
	asId,
	changing,
	newId,
	ok,
	Refusal,
	type Result,
	refuse,
	textInput,
} from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { addDays, dayInput, townDay } from '../../days.ts';
import { categories, conditions, type DeviceStatus } from '../../kinds.ts';
import { mayManage } from '../../policies.ts';
import type { Wiping } from '../../wiping/face.ts';
import { changeDevice, type Trx } from '../changing.ts';
import { readSummaries } from '../devices/reading.ts';
import { mayHandTo, unwipedReasonInput } from '../handing.ts';
import { holderIdOf, readHolderInput } from '../holders.ts';
import { batteryInput } from '../input.ts';
import type { Loan, Loans } from './face.ts';
import { readLoans } from './reading.ts';
import { remindLoans } from './reminding.ts';

const lendInput = z.object({
	deviceId: z.uuid('equipment.not_found'),
	holderId: z.string().optional(),
	name: z.string().optional(),
	email: z.string().nullish(),
	service: z.string().nullish(),
	startsOn: dayInput.optional(),
	dueOn: dayInput,
	note: textInput(1000).nullish(),
	unwipedReason: unwipedReasonInput,
});
const handOutInput = z.object({ unwipedReason: unwipedReasonInput });
const backInput = z.object({
	condition: z.enum(conditions).nullish(),
	batteryHealthPercent: batteryInput.nullish(),
	note: textInput(1000).nullish(),
});
/** Longest loan; what is needed for longer is assigned. */
const mostDays = 366;
const usable = sql`(device.condition IS NULL OR device.condition NOT IN ('damaged', 'broken'))`;

/** A pool of devices in stock, lent until a day. */
export function createLoans(context: Context, mayChangeHands: Wiping['deviceMayChangeHands']): Loans {
	const today = () => townDay(context.now());
	const one = async (id: string): Promise<Result<Loan>> => {
		const [loan] = await readLoans(context, sql`WHERE loan.id = ${asId(id)}`);
		return loan ? ok(loan) : refuse('equipment.loan_not_found');
	};

	/** Change a loan under lock, and the device with it. */
	async function act(
		actor: Actor,
		id: string,
		work: (trx: Trx, loan: Locked) => Promise<Result<unknown>>,
	): Promise<Result<Loan>> {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		const done = await exclusively(context, async (trx) => {
			const { rows } = await sql<Locked>`SELECT loan.*, device.status AS device_status FROM equipment.loan
				JOIN equipment.device ON device.id = loan.device_id WHERE loan.id = ${asId(id)} FOR UPDATE`.execute(
				trx,
			);
			const [loan] = rows;
			if (!loan) return refuse('equipment.loan_not_found');
			const outcome = await work(trx, loan);
			return outcome.ok ? ok(null) : outcome;
		});
		return done.ok ? one(id) : done;
	}

	async function takeOut(
		trx: Trx,
		actor: Actor,
		loan: Pick<Locked, 'id' | 'device_id' | 'holder_id'>,
		unwipedReason: string | null | undefined,
	) {
		const { rows } = await sql<{ status: DeviceStatus; condition: string | null }>`SELECT status, condition
			FROM equipment.device WHERE id = ${loan.device_id} FOR UPDATE`.execute(trx);
		const [device] = rows;
		if (device?.status !== 'in_stock') return refuse('equipment.loan_not_ready');
		const to = { holderId: loan.holder_id, service: null };
		const handed = await mayHandTo(mayChangeHands, trx, actor, loan.device_id, to, unwipedReason);
		if (!handed.ok) return handed;
		await sql`UPDATE equipment.loan SET status = 'out', condition_out = ${device.condition}, version = version + 1
			WHERE id = ${loan.id}`.execute(trx);
		return changeDevice(
			context,
			trx,
			actor,
			loan.device_id,
			{ status: 'on_loan', holderId: loan.holder_id },
			{
				kind: 'lent',
				detail: { loanId: loan.id, ...handed.value },
			},
		);
	}

	return {
		async pool(actor, from, to) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const days = parseInput(z.object({ from: dayInput, to: dayInput }), { from, to });
			if (!days.ok) return days;
			if (to < from) return refuse('equipment.loan_days', { field: 'dueOn' });
			const ready = await readSummaries(
				context.db,
				sql`WHERE device.status = 'in_stock' AND ${usable} ORDER BY model.category, lower(device.tag)`,
			);
			const { rows } = await sql<{ id: string }>`SELECT DISTINCT device_id AS id FROM equipment.loan
				WHERE status = 'reserved' AND during && daterange(${from}::date, ${to}::date, '[]')`.execute(
				context.db,
			);
			const taken = new Set(rows.map(({ id }) => id));
			return ok(
				categories
					.map((category) => {
						const devices = ready.filter(({ model }) => model.category === category);
						return { category, ready: devices.length, free: devices.filter(({ id }) => !taken.has(id)) };
					})
					.filter((category) => category.ready > 0),
			);
		},

		async list(actor, { closed = false } = {}) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return ok(
				await readLoans(
					context,
					closed
						? sql`WHERE loan.status IN ('returned', 'cancelled') ORDER BY coalesce(loan.returned_on, loan.starts_on) DESC, loan.id LIMIT 100`
						: sql`WHERE loan.status IN ('reserved', 'out') ORDER BY loan.status = 'reserved', loan.due_on, loan.id`,
				),
			);
		},

		async calendar(actor, from, to) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const days = parseInput(z.object({ from: dayInput, to: dayInput }), { from, to });
			if (!days.ok) return days;
			if (to < from || addDays(from, 400) < to) return refuse('equipment.loan_days');
			return ok(
				await readLoans(
					context,
					sql`WHERE loan.status <> 'cancelled' AND loan.starts_on <= ${to} AND
						coalesce(loan.returned_on, CASE WHEN loan.status = 'out' THEN greatest(loan.due_on, ${today()}::date)
							ELSE loan.due_on END) >= ${from}
						ORDER BY lower(device.tag), loan.starts_on`,
				),
			);
		},

		async lend(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(lendInput, input);
			if (!parsed.ok) return parsed;
			const { deviceId, startsOn = today(), dueOn, note, unwipedReason, ...holder } = parsed.value;
			const meant = await readHolderInput(context, holder);
			if (!meant.ok) return meant;
			const { value: who } = meant;
			if (!who) return refuse('equipment.holder_name_missing', { field: 'name' });
			if (startsOn < today() || dueOn < startsOn || dueOn > addDays(startsOn, mostDays))
				return refuse('equipment.loan_days', { field: 'dueOn' });
			const id = newId();
			const done = await exclusively(context, async (trx) => {
				const { rows } = await sql<{
					ready: boolean;
				}>`SELECT device.status IN ('in_stock', 'on_loan') AND ${usable} AS ready
					FROM equipment.device WHERE id = ${deviceId} FOR UPDATE`.execute(trx);
				if (!rows[0]) return refuse('equipment.not_found');
				if (!rows[0].ready) return refuse('equipment.loan_not_ready');
				const holderId = await holderIdOf(trx, who);
				await sql`INSERT INTO equipment.loan (id, device_id, holder_id, starts_on, due_on, status, note, created_at)
					VALUES (${id}, ${deviceId}, ${holderId}, ${startsOn}, ${dueOn}, 'reserved', ${note || null}, ${context.now()})`.execute(
					trx,
				);
				if (startsOn > today()) return ok(null);
				const out = await takeOut(
					trx,
					actor,
					{ id, device_id: deviceId, holder_id: holderId ?? '' },
					unwipedReason,
				);
				return out.ok ? ok(null) : out;
			});
			return done.ok ? one(id) : done;
		},

		handOut: (actor, id, input = {}) =>
			act(actor, id, async (trx, loan) => {
				const parsed = parseInput(handOutInput, input);
				if (!parsed.ok) return parsed;
				if (loan.status !== 'reserved') return refuse('equipment.loan_not_reserved');
				if (loan.due_on < today()) return refuse('equipment.loan_days');
				if (loan.starts_on > today())
					await sql`UPDATE equipment.loan SET starts_on = ${today()} WHERE id = ${id}`.execute(trx);
				return takeOut(trx, actor, loan, parsed.value.unwipedReason);
			}),

		extend: (actor, id, dueOn) =>
			act(actor, id, async (trx, loan) => {
				const day = parseInput(dayInput, dueOn);
				if (!day.ok) return day;
				if (!['reserved', 'out'].includes(loan.status)) return refuse('equipment.loan_over');
				if (dueOn < today() || dueOn < loan.starts_on || dueOn > addDays(loan.starts_on, 2 * mostDays))
					return refuse('equipment.loan_days', { field: 'dueOn' });
				await sql`UPDATE equipment.loan SET due_on = ${dueOn}, reminded_on = NULL, version = version + 1
					WHERE id = ${id}`.execute(trx);
				return ok(null);
			}),

		giveBack: (actor, id, input) =>
			act(actor, id, async (trx, loan) => {
				const parsed = parseInput(backInput, input);
				if (!parsed.ok) return parsed;
				if (loan.status !== 'out') return refuse('equipment.loan_not_out');
				const { condition, batteryHealthPercent, note } = parsed.value;
				await sql`UPDATE equipment.loan SET status = 'returned', returned_on = ${today()},
					condition_back = ${condition ?? null}, note = concat_ws(E'\n', note, ${note || null}::text), version = version + 1
					WHERE id = ${id}`.execute(trx);
				// Declared missing, or more, while it was out: coming back is what counts now.
				return changeDevice(
					context,
					trx,
					actor,
					loan.device_id,
					{
						status: 'in_stock',
						...(condition && { condition }),
						...(batteryHealthPercent != null && { batteryHealthPercent }),
					},
					{ kind: 'returned', detail: { loanId: id } },
				);
			}),

		cancel: (actor, id) =>
			act(actor, id, async (trx, loan) => {
				if (loan.status !== 'reserved') return refuse('equipment.loan_not_reserved');
				await sql`UPDATE equipment.loan SET status = 'cancelled', version = version + 1 WHERE id = ${id}`.execute(
					trx,
				);
				return ok(null);
			}),

		remind: () => remindLoans(context),
	};
}

interface Locked {
	id: string;
	device_id: string;
	holder_id: string;
	starts_on: string;
	due_on: string;
	status: string;
	device_status: DeviceStatus;
}

/** A transaction in which two loans of one device for the same days are a refusal: the database alone sees both. */
async function exclusively<Value>(
	context: Context,
	work: (trx: Trx) => Promise<Result<Value>>,
): Promise<Result<Value>> {
	return changing(context.db, async (trx) => {
		try {
			return await work(trx);
		} catch (error) {
			const { code } = error as { code?: string };
			if (code === '23P01') throw new Refusal('equipment.loan_overlaps');
			throw error;
		}
	});
}
