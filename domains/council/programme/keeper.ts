import { sql } from 'kysely';
import type pg from 'pg';
import type { Context } from '../context.ts';
import type { Video } from '../room/face.ts';
import type { Signals } from '../signals.ts';
import { mp4Job } from './mp4.ts';
import { type Production, startProduction } from './production.ts';

const lookMilliseconds = 3000;
/** Of advisory locks (PostgreSQL, 13.3.5): the first of two keys says what they are for. */
const lockClass = 0x7076_6964;

/**
 * Keeps every programme that is wanted running in exactly one process. The lease is an advisory lock on a connection
 * of its own: a process that dies loses it with the connection, and another goes on within seconds.
 */
export interface Keeper {
	start(): void;
	stop(): Promise<void>;
}

export function createKeeper(context: Context, video: Video, signals: Signals): Keeper {
	const { platform, db } = context;
	const productions = new Map<string, Production>();
	let client: pg.PoolClient | null = null;
	let timer: NodeJS.Timeout | null = null;
	let leave: () => void = () => {};
	let stopped = true;
	let looking: Promise<void> | null = null;
	let again = false;

	async function connection(): Promise<pg.PoolClient> {
		if (client) return client;
		const opened = await platform.pool.connect();
		opened.on('error', () => {
			if (client !== opened) return;
			client = null;
			opened.release(true);
		});
		client = opened;
		return opened;
	}

	async function lease(meetingId: string): Promise<boolean> {
		const { rows } = await (await connection()).query<{ held: boolean }>(
			'SELECT pg_try_advisory_lock($1, hashtext($2)) AS held',
			[lockClass, meetingId],
		);
		return rows[0]?.held ?? false;
	}

	async function release(meetingId: string): Promise<void> {
		await client
			?.query('SELECT pg_advisory_unlock($1, hashtext($2))', [lockClass, meetingId])
			.catch(() => {});
		if (productions.size || !client) return;
		client.removeAllListeners('error');
		client.release();
		client = null;
	}

	async function finished(meetingId: string): Promise<void> {
		await sql`
			WITH ended AS (
				UPDATE council.programme SET wanted = false, state = 'off', problem = NULL, problem_detail = NULL,
					state_since = now(), ended_at = now()
				WHERE meeting_id = ${meetingId} RETURNING meeting_id
			) SELECT pg_notify('council_meeting', ${meetingId}) FROM ended`.execute(db);
		await platform.jobs.send(mp4Job, { meetingId });
	}

	function begin(meetingId: string): void {
		const production = startProduction(context, video, meetingId, () => finished(meetingId));
		productions.set(meetingId, production);
		void production.ended
			.catch((error: Error) => platform.log.error({ err: error }, 'a programme ended badly'))
			.finally(async () => {
				productions.delete(meetingId);
				await release(meetingId);
			});
	}

	async function lookOnce(): Promise<void> {
		await sql`
			UPDATE council.programme SET wanted = true, ended_at = NULL FROM council.meeting
			WHERE meeting.id = meeting_id AND automatic AND NOT wanted AND ended_at IS NULL AND meeting.status = 'open'`.execute(
			db,
		);
		const { rows } = await sql<{ meeting_id: string }>`
			SELECT meeting_id FROM council.programme WHERE wanted`.execute(db);
		const fresh = client === null && productions.size > 0;
		for (const { meeting_id: id } of rows) {
			if (stopped) return;
			const kept = productions.get(id);
			// After a lost connection each lease is asked for again: who took it over meanwhile keeps it.
			if (kept && fresh && !(await lease(id))) await kept.leave();
			else if (!kept && (await lease(id))) begin(id);
		}
	}

	function look(): Promise<void> {
		if (stopped) return Promise.resolve();
		if (looking) {
			again = true;
			return looking;
		}
		looking = (async () => {
			do {
				again = false;
				try {
					await lookOnce();
				} catch (error) {
					platform.log.warn({ reason: (error as Error).message }, 'programmes could not be looked at');
				}
			} while (again && !stopped);
		})().finally(() => {
			looking = null;
		});
		return looking;
	}

	const lookAt = (meetingId: string) =>
		void productions
			.get(meetingId)
			?.look()
			.catch(() => {});

	return {
		start() {
			stopped = false;
			leave = signals.hear((meetingId) => {
				if (meetingId === null) for (const id of productions.keys()) lookAt(id);
				else lookAt(meetingId);
				void look();
			});
			timer = setInterval(() => {
				for (const id of productions.keys()) lookAt(id);
				void look();
			}, lookMilliseconds);
			void look();
		},
		async stop() {
			stopped = true;
			leave();
			if (timer) clearInterval(timer);
			await looking;
			await Promise.all([...productions.values()].map((production) => production.leave()));
			await Promise.resolve();
			if (client) {
				client.removeAllListeners('error');
				client.release(true);
				client = null;
			}
		},
	};
}
