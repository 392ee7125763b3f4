import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import { createDevices, type NewDevice } from '../inventory/changing.ts';
import type { OrderView } from './face.ts';
import { tellOfRequest } from './letters.ts';
import type { Trx } from './numbers.ts';

/** Its devices enter the inventory, ready in the pool, with tags to print. @returns how many */
export async function receiveOrder(
	context: Context,
	trx: Trx,
	actor: Actor,
	order: OrderView,
	receivedOn: string,
): Promise<Result<number>> {
	const nameless = order.lines.find(({ modelId }) => modelId === null);
	if (nameless) return refuse('equipment.order_line_without_model', { label: nameless.label });
	const devices = order.lines.flatMap((line): NewDevice[] =>
		line.modelId === null
			? []
			: Array.from({ length: line.quantity }, () => ({
					modelId: line.modelId ?? '',
					status: 'in_stock' as const,
					acquired: line.acquired,
					condition: line.acquired === 'new' ? ('new' as const) : ('good' as const),
					boughtOn: order.orderedOn,
					priceCents: line.donated ? 0 : line.unitCents,
					supplier: order.supplier,
					orderNumber: order.number,
					need: line.need,
					simulated: order.simulated,
				})),
	);
	const created = await createDevices(context, trx, actor, devices, {
		kind: 'created',
		detail: { order: order.number, receivedOn },
	});
	if (!created.ok) return created;
	const requests = order.lines.flatMap(({ request }) => request ?? []);
	for (const number of requests) await tellOfRequest(context, trx, number, 'arrived');
	return ok(created.value.length);
}
