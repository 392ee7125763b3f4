import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Carbon } from '../carbon/face.ts';
import { type Context, parseInput } from '../context.ts';
import { dayInput, today } from '../days.ts';
import { type Category, categories } from '../kinds.ts';
import { mayManage, mayUse } from '../policies.ts';
import type { Wiping } from '../wiping/face.ts';
import { decideRequest } from './deciding.ts';
import type { PolicyInForce, RequestChoices, Requests } from './face.ts';
import { tellOfRequest } from './letters.ts';
import { nextNumber } from './numbers.ts';
import { propose, readPool } from './proposing.ts';
import { createReport } from './report.ts';
import { readRequestRows, viewRequests } from './request-rows.ts';
import { ruledCategories } from './rules/document.ts';
import { readInForce } from './versions.ts';

const pageSizeOf = (given: number | undefined) => Math.min(100, Math.max(1, given ?? 25));

const requestInput = z.object({
	category: z.enum(categories, 'equipment.category_missing'),
	need: z.string().max(30),
	trouble: z.enum(
		['none', 'slow', 'battery', 'broken', 'unsupported', 'lost', 'unsuitable'],
		'equipment.trouble_missing',
	),
	deviceId: z.uuid().nullish(),
	purpose: textInput(1000, 'equipment.purpose_missing'),
	service: textInput(120).nullish(),
	wantedBy: dayInput.nullish(),
});

interface Checked {
	policy: PolicyInForce;
	input: Omit<z.output<typeof requestInput>, 'category'> & { category: Category; deviceId: string | null };
}

export function createRequests(
	context: Context,
	carbon: Pick<Carbon, 'ofOption'>,
	wiping: Pick<Wiping, 'deviceMayChangeHands'>,
): Requests {
	const { db, platform, identity } = context;

	/** What somebody holds, by their account or their confirmed address. */
	async function readHeld(actor: Actor): Promise<RequestChoices['devices'][number][]> {
		if (actor.kind !== 'person' || !actor.id) return [];
		const email = (await identity.people.addresses([actor.id])).get(actor.id)?.email ?? null;
		const { rows } = await sql<RequestChoices['devices'][number]>`
			SELECT device.id, device.tag, concat(model.manufacturer, ' ', model.name) AS model, model.category
			FROM equipment.device JOIN equipment.model ON model.id = device.model_id
			JOIN equipment.holder ON holder.id = device.holder_id
			WHERE (holder.person_id = ${actor.id} OR lower(holder.email) = lower(${email}))
				AND device.status IN ('in_use', 'on_loan', 'in_repair', 'missing') ORDER BY device.tag LIMIT 100`.execute(
			db,
		);
		return rows;
	}

	async function check(actor: Actor, given: unknown): Promise<Result<Checked>> {
		if (!mayUse(actor)) return refuse('platform.not_allowed');
		const policy = await readInForce(context, today(context));
		if (!policy) return refuse('equipment.policy_missing');
		const parsed = parseInput(requestInput, given);
		if (!parsed.ok) return parsed;
		const input = { ...parsed.value, deviceId: parsed.value.deviceId ?? null };
		if (!policy.rules.needs.some(({ code }) => code === input.need))
			return refuse('equipment.need_missing', { field: 'need' });
		if (input.deviceId) {
			const device = (await readHeld(actor)).find(({ id }) => id === input.deviceId);
			if (!device) return refuse('equipment.device_not_held', { field: 'deviceId' });
			if (device.category !== input.category)
				return refuse('equipment.device_of_other_category', { field: 'category' });
			if (input.trouble === 'none') return refuse('equipment.trouble_missing', { field: 'trouble' });
		} else if (input.trouble !== 'none') return refuse('equipment.device_missing', { field: 'deviceId' });
		if (!policy.rules.categories[input.category])
			return refuse('equipment.category_without_rules', { field: 'category' });
		if (input.wantedBy && input.wantedBy < today(context))
			return refuse('equipment.wanted_in_past', { field: 'wantedBy' });
		return ok({ policy, input });
	}

	const find = async (actor: Actor, number: string) => {
		if (!mayUse(actor)) return refuse('platform.not_allowed');
		const [row] = await readRequestRows(db, sql`WHERE request.number = ${number}`);
		// Somebody else's is as if it were not there.
		if (!row || (!mayManage(actor) && (row.asker_id === null || row.asker_id !== actor.id)))
			return refuse('equipment.request_unknown');
		return ok(row);
	};

	return {
		...createReport(context),

		async choices(actor) {
			if (!mayUse(actor)) return refuse('platform.not_allowed');
			const policy = await readInForce(context, today(context));
			if (!policy) return ok(null);
			return ok({
				needs: policy.rules.needs,
				categories: ruledCategories(policy.rules).map(([category]) => category),
				devices: await readHeld(actor),
			});
		},

		async preview(actor, given) {
			const checked = await check(actor, given);
			return checked.ok
				? ok(await propose(context, carbon, checked.value.policy, checked.value.input))
				: checked;
		},

		async create(actor, given) {
			const checked = await check(actor, given);
			if (!checked.ok) return checked;
			const { policy, input } = checked.value;
			if (actor.kind !== 'person' || !actor.id) return refuse('platform.not_allowed');
			const askerId = actor.id;
			const answered = await propose(context, carbon, policy, input);
			return changing(db, async (trx) => {
				if (input.deviceId) {
					// Two forms sent at once are one request.
					await sql`SELECT FROM equipment.device WHERE id = ${input.deviceId} FOR UPDATE`.execute(trx);
					const open = await trx
						.selectFrom('equipment.need_request')
						.select('number')
						.where('device_id', '=', input.deviceId)
						.where('status', '=', 'to_decide')
						.executeTakeFirst();
					if (open) return refuse('equipment.request_open', { number: open.number });
				}
				const id = newId();
				const number = await nextNumber(trx, 'D', Number(today(context).slice(0, 4)));
				await trx
					.insertInto('equipment.need_request')
					.values({
						id,
						number,
						asker_id: askerId,
						category: input.category,
						need: input.need,
						purpose: input.purpose,
						trouble: input.trouble,
						device_id: input.deviceId,
						service: input.service || null,
						wanted_by: input.wantedBy ?? null,
						status: 'to_decide',
						policy_id: policy.id,
						answer: JSON.stringify(answered),
						created_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.request.created',
					subject: `request:${number}`,
				});
				await tellOfRequest(context, trx, number, 'waiting');
				return ok({ id, number });
			});
		},

		async list(actor, { status, page = 1, pageSize } = {}) {
			if (!mayUse(actor)) return refuse('platform.not_allowed');
			const size = pageSizeOf(pageSize);
			const own = mayManage(actor) ? sql`true` : sql`request.asker_id = ${asId(actor.id)}`;
			const where = sql`WHERE ${own} AND (${status ?? null}::text IS NULL OR request.status = ${status ?? null})`;
			const { rows: counted } = await sql<{ count: number }>`SELECT count(*)::int AS count
				FROM equipment.need_request request ${where}`.execute(db);
			const rows = await readRequestRows(
				db,
				sql`${where} ORDER BY request.status = 'to_decide' DESC, request.created_at DESC, request.id DESC
					LIMIT ${size} OFFSET ${(Math.max(1, page) - 1) * size}`,
			);
			return ok({ items: await viewRequests(context, rows, actor.id), total: counted[0]?.count ?? 0 });
		},

		async get(actor, number) {
			const found = await find(actor, number);
			if (!found.ok) return found;
			const [view] = await viewRequests(context, [found.value], actor.id);
			return view ? ok(view) : refuse('equipment.request_unknown');
		},

		async pool(actor, number) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const found = await find(actor, number);
			if (!found.ok) return found;
			const chosen = found.value.answer.options.find(({ kind }) => kind === 'pool')?.device?.id;
			const pool = await readPool(db, found.value.category, today(context));
			return ok(
				pool
					.sort((a, b) => Number(b.id === chosen) - Number(a.id === chosen))
					.map(({ id, tag, model, supportedUntil, dataWiped }) => ({
						id,
						tag,
						model,
						supportedUntil,
						dataWiped,
					})),
			);
		},

		async withdraw(actor, number) {
			const found = await find(actor, number);
			if (!found.ok) return found;
			if (found.value.asker_id !== actor.id) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { numUpdatedRows } = await trx
					.updateTable('equipment.need_request')
					.set({ status: 'withdrawn', version: found.value.version + 1 })
					.where('id', '=', found.value.id)
					.where('status', '=', 'to_decide')
					.executeTakeFirst();
				if (!numUpdatedRows) return refuse('equipment.request_decided');
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.request.withdrawn',
					subject: `request:${number}`,
				});
				return ok(null);
			});
		},

		decide: (actor, number, expectedVersion, input) =>
			decideRequest(context, wiping.deviceMayChangeHands, actor, number, expectedVersion, input),
	};
}
