import { type Actor, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { changeDevice } from '../inventory/changing.ts';
import { mayHandTo, unwipedReasonInput } from '../inventory/handing.ts';
import { findOrCreateHolder } from '../inventory/holders.ts';
import { mayManage } from '../policies.ts';
import type { DeviceUser, Wiping } from '../wiping/face.ts';
import type { DecisionKind, PolicyOption } from './face.ts';
import { tellOfRequest } from './letters.ts';
import type { Trx } from './numbers.ts';
import { openOrder } from './orders.ts';
import { leastReason } from './reason.ts';
import { type RequestRow, readRequestRows } from './request-rows.ts';
import { categoryNames } from './rules/names.ts';
import { lineOf } from './rules/obligations.ts';

const decisionInput = z.object({
	decision: z.enum(['keep', 'pool', 'refurbished', 'new', 'nothing'], 'equipment.decision_missing'),
	reason: textInput(1000).nullish(),
	/** Of the pool. */
	deviceId: z.uuid().nullish(),
	unwipedReason: unwipedReasonInput,
});

interface Person {
	id: string;
	name: string;
	email: string | null;
}

/** What a person decides of a request, and what follows from it at once: a repair, a device of the pool, a line to order. */
export async function decideRequest(
	context: Context,
	mayChangeHands: Wiping['deviceMayChangeHands'],
	actor: Actor,
	number: string,
	expectedVersion: number,
	given: unknown,
): Promise<Result<null>> {
	if (!mayManage(actor)) return refuse('platform.not_allowed');
	const parsed = parseInput(decisionInput, given);
	if (!parsed.ok) return parsed;
	const { decision } = parsed.value;
	const reason = parsed.value.reason || null;
	// Asking for the asker takes a connection of its own: before the transaction, which holds one.
	const asker = await readAsker(context, number);
	return changing(context.db, async (trx) => {
		const [request] = await readRequestRows(trx, sql`WHERE request.number = ${number} FOR UPDATE OF request`);
		if (!request) return refuse('equipment.request_unknown');
		if (request.status !== 'to_decide') return refuse('equipment.request_decided');
		if (request.version !== expectedVersion) return refuse('equipment.changed_meanwhile');
		const exception = decision !== request.answer.best;
		if (exception && (reason?.length ?? 0) < leastReason)
			return refuse('equipment.reason_too_short', { field: 'reason' });
		const acted = await act(context, trx, actor, request, decision, {
			asker,
			reason: exception ? reason : null,
			deviceId: parsed.value.deviceId ?? null,
			mayHand: (deviceId, to) =>
				mayHandTo(mayChangeHands, trx, actor, deviceId, to, parsed.value.unwipedReason),
		});
		if (!acted.ok) return acted;
		await trx
			.updateTable('equipment.need_request')
			.set({
				status: 'decided',
				decision,
				exception,
				reason,
				given_device_id: acted.value.givenDeviceId,
				decided_at: context.now(),
				decided_by: actor.kind === 'person' ? actor.id : null,
				version: request.version + 1,
			})
			.where('id', '=', request.id)
			.execute();
		await context.platform.audit.record(trx, {
			actor,
			action: 'equipment.request.decided',
			subject: `request:${number}`,
			detail: { decision, exception },
		});
		await tellOfRequest(context, trx, number, 'decided');
		return ok(null);
	});
}

interface Acting {
	asker: Person | null;
	/** Of the exception. */
	reason: string | null;
	deviceId: string | null;
	mayHand(deviceId: string, to: DeviceUser): ReturnType<typeof mayHandTo>;
}

async function act(
	context: Context,
	trx: Trx,
	actor: Actor,
	request: RequestRow,
	decision: DecisionKind,
	{ asker, reason, deviceId, mayHand }: Acting,
): Promise<Result<{ givenDeviceId: string | null }>> {
	const option = request.answer.options.find(({ kind }) => kind === decision);
	const nothing = ok({ givenDeviceId: null });
	if (request.trouble === 'lost' && request.device_id && decision !== 'keep') {
		const missing = await changeDevice(
			context,
			trx,
			actor,
			request.device_id,
			{ status: 'missing' },
			{ kind: 'missing', detail: { request: request.number } },
		);
		if (!missing.ok) return missing;
	}
	switch (decision) {
		case 'nothing':
			return nothing;
		case 'keep': {
			if (!request.device_id) return refuse('equipment.nothing_to_keep', { field: 'decision' });
			const kept = await keep(context, trx, actor, request.device_id, request.number, option);
			return kept.ok ? nothing : kept;
		}
		case 'pool':
			return givePool(context, trx, actor, request, {
				asker,
				deviceId: deviceId ?? option?.device?.id ?? null,
				mayHand,
			});
		default:
			await buy(context, trx, request, decision, option?.costCents ?? 0, reason);
			return nothing;
	}
}

/** Open the repair; what needs no workshop is written in the history alone. */
function keep(
	context: Context,
	trx: Trx,
	actor: Actor,
	deviceId: string,
	request: string,
	option: PolicyOption | undefined,
) {
	const actions = option?.actions.length ? option.actions : ['as_is'];
	const workshop = actions.some((action) => action === 'repair' || action === 'battery');
	return changeDevice(context, trx, actor, deviceId, workshop ? { status: 'in_repair' } : {}, {
		kind: 'status_changed',
		detail: { request, actions },
	});
}

async function givePool(
	context: Context,
	trx: Trx,
	actor: Actor,
	request: RequestRow,
	{ asker, deviceId, mayHand }: Omit<Acting, 'reason'>,
): Promise<Result<{ givenDeviceId: string | null }>> {
	if (!deviceId) return refuse('equipment.pool_device_missing', { field: 'deviceId' });
	const { rows } = await sql<{ status: string; category: string }>`
		SELECT device.status, model.category FROM equipment.device JOIN equipment.model ON model.id = device.model_id
		WHERE device.id = ${deviceId} FOR UPDATE OF device`.execute(trx);
	const [device] = rows;
	if (device?.status !== 'in_stock' || device.category !== request.category)
		return refuse('equipment.pool_device_gone', { field: 'deviceId' });
	const holderId = asker
		? await findOrCreateHolder(trx, {
				name: asker.name,
				email: asker.email,
				personId: asker.id,
				service: request.service,
			})
		: null;
	const handed = await mayHand(deviceId, { holderId, service: request.service });
	if (!handed.ok) return handed;
	const given = await changeDevice(
		context,
		trx,
		actor,
		deviceId,
		{ status: 'in_use', holderId, need: request.need, ...(request.service && { service: request.service }) },
		{ kind: 'assigned', detail: { request: request.number, ...handed.value } },
	);
	return given.ok ? ok({ givenDeviceId: deviceId }) : given;
}

/** A line of the order in preparation, or of a new one. */
async function buy(
	context: Context,
	trx: Trx,
	request: RequestRow,
	decision: 'refurbished' | 'new',
	unitCents: number,
	reason: string | null,
): Promise<void> {
	const draft = await trx
		.selectFrom('equipment.purchase_order')
		.select(['id', 'number'])
		.where('status', '=', 'draft')
		.orderBy('created_at')
		.limit(1)
		.forUpdate()
		.executeTakeFirst();
	const order =
		draft ??
		(await openOrder(context, trx, {
			supplier: context.platform.messages.t('fr', 'equipment.supplier_to_choose'),
		}));
	const { count } = await trx
		.selectFrom('equipment.purchase_line')
		.select(sql<number>`count(*)::int`.as('count'))
		.where('order_id', '=', order.id)
		.executeTakeFirstOrThrow();
	const name = categoryNames[request.category].fr;
	await trx
		.insertInto('equipment.purchase_line')
		.values({
			id: newId(),
			order_id: order.id,
			position: count + 1,
			category: request.category,
			label: `${name.charAt(0).toUpperCase()}${name.slice(1)}, ${request.number}`,
			quantity: 1,
			unit_cents: unitCents,
			acquired: decision,
			product_line: lineOf(request.category),
			request_id: request.id,
			need: request.need,
			exception_reason: decision === 'new' ? reason : null,
		})
		.execute();
	await trx
		.updateTable('equipment.purchase_order')
		.set({ version: sql`version + 1`, updated_at: context.now() })
		.where('id', '=', order.id)
		.execute();
}

async function readAsker({ db, identity }: Context, number: string): Promise<Person | null> {
	const request = await db
		.selectFrom('equipment.need_request')
		.select('asker_id')
		.where('number', '=', number)
		.executeTakeFirst();
	if (!request?.asker_id) return null;
	const id = request.asker_id;
	const [names, addresses] = await Promise.all([
		identity.people.names([id]),
		identity.people.addresses([id]),
	]);
	const name = names.get(id);
	return name ? { id, name, email: addresses.get(id)?.email ?? null } : null;
}
