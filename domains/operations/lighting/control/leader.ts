import { setTimeout as pause } from 'node:timers/promises';
import type { Platform } from '@parvis/platform';
import type pg from 'pg';

const lockNumber = 7_263_102;
const askMilliseconds = 1000;
const beatMilliseconds = 2000;
const answerMilliseconds = 5000;

/**
 * One process leads: it holds an advisory lock of PostgreSQL on a connection of its own, and proves every two seconds
 * that the connection lives. When it does not, the lock may be another's, and leading ends at once.
 */
export function createLeader(
	platform: Platform,
	lead: (leading: AbortSignal) => Promise<void>,
	now: () => Date,
): { start(): void; stop(): Promise<void> } {
	const stopping = new AbortController();
	let working: Promise<void> | null = null;
	const wait = (milliseconds: number, signal: AbortSignal) =>
		pause(milliseconds, undefined, { signal }).catch(() => {});

	async function beat(client: pg.PoolClient): Promise<void> {
		const written = client.query(
			`INSERT INTO operations.light_control (beat_at) VALUES ($1)
			ON CONFLICT (one) DO UPDATE SET beat_at = excluded.beat_at`,
			[now()],
		);
		const timer = new AbortController();
		try {
			await Promise.race([
				written,
				pause(answerMilliseconds, undefined, { signal: timer.signal }).then(() => {
					throw new Error('the database does not answer');
				}),
			]);
		} finally {
			timer.abort();
			written.catch(() => {});
		}
	}

	async function hold(client: pg.PoolClient): Promise<void> {
		const lost = new AbortController();
		client.on('error', () => lost.abort());
		const { rows } = await client.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [
			lockNumber,
		]);
		if (!rows[0]?.held) return;
		platform.log.info('lighting: this process controls the lamps');
		const leading = AbortSignal.any([lost.signal, stopping.signal]);
		const led = lead(leading);
		led.catch((error: Error) => {
			platform.log.error({ err: error }, 'lighting: control failed');
			lost.abort();
		});
		while (!leading.aborted) {
			await beat(client).catch((error: Error) => {
				platform.log.warn({ reason: error.message }, 'lighting: control is given up');
				lost.abort();
			});
			await wait(beatMilliseconds, leading);
		}
		await led.catch(() => {});
	}

	async function work(): Promise<void> {
		while (!stopping.signal.aborted) {
			let client: pg.PoolClient | null = null;
			try {
				client = await platform.pool.connect();
				await hold(client);
			} catch (error) {
				platform.log.warn({ reason: (error as Error).message }, 'lighting: trying again');
			}
			// The connection ends with the lock that it may hold.
			client?.release(true);
			await wait(askMilliseconds, stopping.signal);
		}
	}

	return {
		start() {
			working ??= work();
		},
		async stop() {
			stopping.abort();
			await working;
		},
	};
}
