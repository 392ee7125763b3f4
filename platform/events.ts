import type { AnyTransaction } from './database.ts';
import { newId } from './ids.ts';
import type { Jobs } from './jobs.ts';

export interface DomainEvent<Payload = Record<string, unknown>> {
	id: string;
	/** Past tense: `sensing.alarm.raised`. */
	name: string;
	payload: Payload;
}

export interface Events {
	/** Record that something became true, in the transaction that made it so, with a delivery to each subscriber. */
	publish(trx: AnyTransaction, name: string, payload: object): Promise<void>;
	/**
	 * Have `handler` run in a worker for each such event: at least once, retried by itself when it throws, in no
	 * promised order. Call it while the room is built. Handlers use `event.id` to be harmless when run twice.
	 */
	subscribe<Payload>(
		room: string,
		name: string,
		handler: (event: DomainEvent<Payload>) => Promise<void>,
	): void;
}

export const eventRetentionDays = 90;

/** Transactional outbox: an event and its deliveries (pg-boss jobs) are committed with the change, or not at all. */
export function createEvents(jobs: Jobs): Events {
	const subscribers = new Map<string, string[]>();
	return {
		async publish(trx, name, payload) {
			const event: DomainEvent = { id: newId(), name, payload: payload as Record<string, unknown> };
			await trx
				.insertInto('platform.event')
				.values({ id: event.id, name, payload: JSON.stringify(payload) })
				.execute();
			for (const job of subscribers.get(name) ?? []) await jobs.send(job, event, { trx });
		},

		subscribe<Payload>(room: string, name: string, handler: (event: DomainEvent<Payload>) => Promise<void>) {
			const job = `event.${room}.${name}`;
			jobs.define<DomainEvent<Payload>>(job, { retryLimit: 12, retryDelaySeconds: 1 }, handler);
			subscribers.set(name, [...(subscribers.get(name) ?? []), job]);
		},
	};
}
