import { type Actor, newId } from '@parvis/platform';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';
import type { ItemEnd, ItemEvent } from './face.ts';

export type Trx = Transaction<DB>;

/** Who did it: an agent, or a partner by the link of a lot. */
export type Teller = { actor: Actor } | { partnerId: string };

export interface ItemHappening {
	itemId: string;
	kind: ItemEvent['kind'];
	at: Date;
	teller: Teller;
	lotId?: string | null;
	end?: ItemEnd | null;
	/** What was changed, or a note; never the name of a person: a history cannot be erased. */
	detail?: Record<string, unknown>;
}

/** Write down what happened to items, and tell the neighbours of those whose state or end changed. */
export async function recordItems(
	context: Context,
	trx: Trx,
	events: readonly ItemHappening[],
): Promise<void> {
	if (!events.length) return;
	await trx
		.insertInto('equipment.item_event')
		.values(
			events.map(({ itemId, kind, at, teller, lotId, end, detail }) => ({
				id: newId(),
				item_id: itemId,
				at,
				recorded_at: context.now(),
				kind,
				by_person: 'actor' in teller && teller.actor.kind === 'person' ? teller.actor.id : null,
				by_partner: 'partnerId' in teller ? teller.partnerId : null,
				lot_id: lotId ?? null,
				ended_as: end ?? null,
				detail: JSON.stringify(detail ?? {}),
			})),
		)
		.execute();
	for (const { itemId } of events)
		await context.platform.events.publish(trx, 'equipment.item.changed', { itemId });
}
