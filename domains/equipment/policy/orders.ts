import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { dayInput, today } from '../days.ts';
import { mayManage } from '../policies.ts';
import type { Orders, OrderView } from './face.ts';
import { nextNumber, type Trx } from './numbers.ts';
import { createOffers } from './offers.ts';
import { checkLine, columnsOf, lineInput } from './order-lines.ts';
import { readOrders } from './order-rows.ts';
import { receiveOrder } from './receiving.ts';
import { createStatement, effectOf } from './statement.ts';

const pageSize = 25;
const orderInput = z.object({
	supplier: textInput(200, 'equipment.supplier_missing'),
	note: textInput(1000).nullish(),
});

/** A draft to which lines may be added; locked. */
async function lockOrder(trx: Trx, id: string, ...statuses: string[]): Promise<Result<OrderView>> {
	const [order] = await readOrders(trx, sql`WHERE purchase.id = ${asId(id)} FOR UPDATE OF purchase`);
	if (!order) return refuse('equipment.order_unknown');
	return statuses.includes(order.status)
		? ok(order)
		: refuse('equipment.order_status', { status: order.status });
}

/** Open a draft. Who may is for the caller to ask. */
export async function openOrder(
	context: Context,
	trx: Trx,
	order: { supplier: string; note?: string | null | undefined },
): Promise<{ id: string; number: string }> {
	const id = newId();
	const number = await nextNumber(trx, 'C', Number(today(context).slice(0, 4)));
	await trx
		.insertInto('equipment.purchase_order')
		.values({
			id,
			number,
			supplier: order.supplier,
			status: 'draft',
			note: order.note || null,
			created_at: context.now(),
			updated_at: context.now(),
		})
		.execute();
	return { id, number };
}

export function createOrders(context: Context): Orders {
	const { db, platform } = context;
	const changeOrder = (
		actor: Actor,
		id: string,
		action: string,
		statuses: readonly string[],
		work: (trx: Trx, order: OrderView) => Promise<Result<Record<string, unknown> | null>>,
		expectedVersion?: number,
	): Promise<Result<null>> =>
		changing(db, async (trx) => {
			const order = await lockOrder(trx, id, ...statuses);
			if (!order.ok) return order;
			if (expectedVersion !== undefined && order.value.version !== expectedVersion)
				return refuse('equipment.changed_meanwhile');
			const done = await work(trx, order.value);
			if (!done.ok) return done;
			await trx
				.updateTable('equipment.purchase_order')
				.set({ ...done.value, version: order.value.version + 1, updated_at: context.now() })
				.where('id', '=', order.value.id)
				.execute();
			await platform.audit.record(trx, { actor, action, subject: `order:${order.value.number}` });
			return ok(null);
		});

	return {
		...createOffers(context),
		...createStatement(context),

		async list(actor, { year, page = 1 } = {}) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const where = year
				? sql`WHERE coalesce(extract(year FROM ordered_on), extract(year FROM created_at AT TIME ZONE 'Europe/Paris')) = ${year}`
				: sql``;
			const { rows } = await sql<{ count: number }>`SELECT count(*)::int AS count
				FROM equipment.purchase_order ${where}`.execute(db);
			const items = await readOrders(
				db,
				sql`${where} ORDER BY purchase.status = 'draft' DESC, purchase.ordered_on DESC NULLS FIRST, purchase.number DESC
					LIMIT ${pageSize} OFFSET ${(Math.max(1, page) - 1) * pageSize}`,
			);
			return ok({ items, total: rows[0]?.count ?? 0, pageSize });
		},

		async get(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const [order] = await readOrders(db, sql`WHERE purchase.id = ${asId(id)}`);
			return order ? ok(order) : refuse('equipment.order_unknown');
		},

		async create(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(orderInput, input);
			if (!parsed.ok) return parsed;
			return changing(db, async (trx) => {
				const order = await openOrder(context, trx, parsed.value);
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.order.created',
					subject: `order:${order.number}`,
				});
				return ok(order);
			});
		},

		async addLine(actor, id, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(lineInput, input);
			if (!parsed.ok) return parsed;
			return changeOrder(actor, id, 'equipment.order.line_added', ['draft'], async (trx, order) => {
				const reason = await checkLine(context, trx, parsed.value);
				if (!reason.ok) return reason;
				await trx
					.insertInto('equipment.purchase_line')
					.values({
						id: newId(),
						order_id: order.id,
						position: order.lines.length + 1,
						...columnsOf(parsed.value, reason.value),
					})
					.execute();
				return ok(null);
			});
		},

		async saveLine(actor, id, lineId, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(lineInput, input);
			if (!parsed.ok) return parsed;
			return changeOrder(
				actor,
				id,
				'equipment.order.line_saved',
				['draft', 'ordered'],
				async (trx, order) => {
					const line = order.lines.find((one) => one.id === lineId);
					if (!line) return refuse('equipment.order_line_unknown');
					// What was ordered is only told apart: its amounts and kind count for the year.
					if (
						order.status === 'ordered' &&
						(line.quantity !== parsed.value.quantity ||
							line.unitCents !== parsed.value.unitCents ||
							line.acquired !== parsed.value.acquired ||
							line.category !== parsed.value.category ||
							line.donated !== parsed.value.donated)
					)
						return refuse('equipment.order_status', { status: order.status });
					// Bought for a request, its reason is the decision's.
					const reason = line.request
						? ok(line.exceptionReason)
						: await checkLine(context, trx, parsed.value);
					if (!reason.ok) return reason;
					await trx
						.updateTable('equipment.purchase_line')
						.set({
							...columnsOf(parsed.value, reason.value),
							...(line.request && { need: line.need }),
						})
						.where('id', '=', line.id)
						.execute();
					return ok(null);
				},
			);
		},

		async removeLine(actor, id, lineId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changeOrder(actor, id, 'equipment.order.line_removed', ['draft'], async (trx, order) => {
				const line = order.lines.find((one) => one.id === lineId);
				if (!line) return refuse('equipment.order_line_unknown');
				if (line.request) return refuse('equipment.order_line_of_request', { number: line.request });
				await trx.deleteFrom('equipment.purchase_line').where('id', '=', line.id).execute();
				return ok(null);
			});
		},

		async effect(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const [order] = await readOrders(db, sql`WHERE purchase.id = ${asId(id)}`);
			return order ? ok(await effectOf(context, order)) : refuse('equipment.order_unknown');
		},

		async place(actor, id, expectedVersion, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(
				z.object({ orderedOn: dayInput, supplier: textInput(200, 'equipment.supplier_missing') }),
				input,
			);
			if (!parsed.ok) return parsed;
			const { orderedOn, supplier } = parsed.value;
			if (orderedOn > today(context)) return refuse('equipment.order_in_future', { field: 'orderedOn' });
			return changeOrder(
				actor,
				id,
				'equipment.order.placed',
				['draft'],
				async (_, order) =>
					order.lines.length
						? ok({ status: 'ordered', ordered_on: orderedOn, supplier })
						: refuse('equipment.order_empty'),
				expectedVersion,
			);
		},

		async receive(actor, id, expectedVersion, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(z.object({ receivedOn: dayInput }), input);
			if (!parsed.ok) return parsed;
			const { receivedOn } = parsed.value;
			if (receivedOn > today(context)) return refuse('equipment.order_in_future', { field: 'receivedOn' });
			let devices = 0;
			const done = await changeOrder(
				actor,
				id,
				'equipment.order.received',
				['ordered'],
				async (trx, order) => {
					if (order.orderedOn && receivedOn < order.orderedOn)
						return refuse('equipment.received_before_ordered', { field: 'receivedOn' });
					const received = await receiveOrder(context, trx, actor, order, receivedOn);
					if (!received.ok) return received;
					devices = received.value;
					return ok({ status: 'received', received_on: receivedOn });
				},
				expectedVersion,
			);
			return done.ok ? ok({ devices }) : done;
		},

		async cancel(actor, id, expectedVersion) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changeOrder(
				actor,
				id,
				'equipment.order.cancelled',
				['draft', 'ordered'],
				async (_, order) =>
					order.lines.some(({ request }) => request)
						? refuse('equipment.order_has_requests')
						: ok({ status: 'cancelled' }),
				expectedVersion,
			);
		},

		async models(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('equipment.model')
				.select(['id', 'manufacturer', 'name', 'category'])
				.orderBy('category')
				.orderBy('manufacturer')
				.orderBy('name')
				.execute();
			return ok(
				rows.map(({ id, manufacturer, name, category }) => ({
					id,
					name: `${manufacturer} ${name}`,
					category,
				})),
			);
		},
	};
}
