import type { Transaction } from 'kysely';
import type { NewEvent } from '../record.ts';
import type { DB } from '../tables.ts';

/** Add entries to the record of a meeting, whose row is locked. @param actorId null for nobody by name */
export async function writeEvents(
	trx: Transaction<DB>,
	at: Date,
	actorId: string | null,
	meetingId: string,
	events: readonly NewEvent[],
): Promise<void> {
	for (const { kind, data } of events)
		await trx
			.insertInto('council.event')
			.values({ meeting_id: meetingId, at, kind, data: JSON.stringify(data), actor_id: actorId })
			.execute();
}
