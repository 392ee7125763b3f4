import { type Actor, type AnyTransaction, newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';
import type { FieldChange } from './face.ts';

export type Trx = Transaction<DB>;

/** The next number that people say aloud: `I-2026-0042`. Made within the transaction: none is left out, none comes twice. */
export async function nextNumber(trx: Trx, kind: 'I' | 'S', at: Date): Promise<string> {
	const year = Number(
		new Intl.DateTimeFormat('fr', { timeZone: 'Europe/Paris', year: 'numeric' }).format(at),
	);
	const { last } = await trx
		.insertInto('operations.counter')
		.values({ kind, year, last: 1 })
		.onConflict((conflict) => conflict.columns(['kind', 'year']).doUpdateSet({ last: sql`counter.last + 1` }))
		.returning('last')
		.executeTakeFirstOrThrow();
	return `${kind}-${year}-${String(last).padStart(4, '0')}`;
}

export interface EventRecord {
	id?: string | undefined;
	interventionId: string;
	version: number;
	kind: string;
	actor: Actor;
	at?: Date | undefined;
	device?: string | undefined;
	changes?: readonly FieldChange[] | undefined;
	note?: string | null | undefined;
	late?: boolean | undefined;
}

/** Add to the history. */
export async function recordEvent(context: Context, trx: Trx, event: EventRecord): Promise<void> {
	const now = context.now();
	await trx
		.insertInto('operations.intervention_event')
		.values({
			id: event.id ?? newId(),
			intervention_id: event.interventionId,
			version: event.version,
			kind: event.kind,
			actor_kind: event.actor.kind,
			actor_id: event.actor.id,
			at: event.at ?? now,
			recorded_at: now,
			device: event.device ?? null,
			changes: JSON.stringify(event.changes ?? []),
			note: event.note ?? null,
			late: event.late ?? false,
		})
		.execute();
}

/** Tell the other rooms and the webhooks: `operations.<what>`. */
export function publish(
	context: Context,
	trx: Trx,
	what:
		| 'intervention.opened'
		| 'intervention.changed'
		| 'intervention.closed'
		| 'report.received'
		| 'report.closed',
	payload: Record<string, string | number | null>,
): Promise<void> {
	return context.platform.events.publish(trx as unknown as AnyTransaction, `operations.${what}`, {
		...payload,
		at: context.now().toISOString(),
	});
}
