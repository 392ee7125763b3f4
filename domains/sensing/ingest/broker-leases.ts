import type { Platform } from '@parvis/platform';
import type pg from 'pg';

/** A session at the broker: the client id that names it there. */
export interface BrokerSessionName {
	number: number;
	clientId: string;
}

/** Sessions that this process holds. They are free for others as soon as the process or its connection is gone. */
export interface Leases {
	/** One that nobody holds, or a new one. */
	claim(): Promise<BrokerSessionName>;
	/** Take all that nobody holds, left by processes that are gone. @throws when the hold on ours may be lost */
	takeOrphans(): Promise<BrokerSessionName[]>;
	/** It is empty and no more at the broker. */
	forget(session: BrokerSessionName): Promise<void>;
	/** Let all go. */
	release(): void;
}

const lockSpace = 7_263_031;
const answerMilliseconds = 10_000;

/** Advisory locks on a connection of their own: they end with it, however the process ends. */
export async function openLeases(platform: Platform): Promise<Leases> {
	const client: pg.PoolClient = await platform.pool.connect();
	const held = new Set<number>();
	client.on('error', () => {});

	async function query<Row extends pg.QueryResultRow>(text: string, values: unknown[] = []): Promise<Row[]> {
		let timer: NodeJS.Timeout | undefined;
		const late = new Promise<never>((_, reject) => {
			timer = setTimeout(() => reject(new Error('the database does not answer')), answerMilliseconds);
		});
		try {
			return (await Promise.race([client.query<Row>(text, values), late])).rows;
		} finally {
			clearTimeout(timer);
		}
	}

	async function take(most: number): Promise<BrokerSessionName[]> {
		const rows = await query<BrokerSessionName>(
			'SELECT number, client_id AS "clientId" FROM sensing.broker_session WHERE number <> ALL($1) ORDER BY number',
			[[...held]],
		);
		const taken: BrokerSessionName[] = [];
		for (const session of rows) {
			if (taken.length >= most) break;
			const [lock] = await query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1, $2) AS mine', [
				lockSpace,
				session.number,
			]);
			if (!lock?.mine) continue;
			held.add(session.number);
			// Its holder may have forgotten it between the two questions.
			const [still] = await query('SELECT 1 FROM sensing.broker_session WHERE number = $1', [session.number]);
			if (still) taken.push(session);
			else await unlock(session.number);
		}
		return taken;
	}

	async function unlock(number: number): Promise<void> {
		await query('SELECT pg_advisory_unlock($1, $2)', [lockSpace, number]);
		held.delete(number);
	}

	return {
		async claim() {
			for (;;) {
				const [free] = await take(1);
				if (free) return free;
				await query('INSERT INTO sensing.broker_session (client_id) VALUES ($1)', [
					`parvis-${crypto.randomUUID()}`,
				]);
			}
		},

		takeOrphans: () => take(Number.POSITIVE_INFINITY),

		async forget({ number }) {
			await query('DELETE FROM sensing.broker_session WHERE number = $1', [number]);
			await unlock(number);
		},

		release() {
			// Closing the connection lets the locks go, also when it no longer answers.
			client.release(true);
		},
	};
}
