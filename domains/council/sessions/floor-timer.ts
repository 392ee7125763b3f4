import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { cutAt } from '../rules/floor.ts';
import type { Signals } from '../signals.ts';
import { readSitting } from '../sitting.ts';
import { handBack } from './floor.ts';
import { writeEvents } from './write.ts';

const longestWait = 2 ** 31 - 1;

/** Ends interventions whose time is over, where the body's rules say so. */
export interface FloorTimer {
	/** End the intervention in a meeting if its time is over. @returns when to look again, null for no need */
	look(meetingId: string): Promise<Date | null>;
	start(): void;
	stop(): void;
}

/** Every process watches; the meeting's row is locked, so one of them writes. */
export function createFloorTimer(context: Context, signals: Signals): FloorTimer {
	const { db, platform } = context;
	const timers = new Map<string, NodeJS.Timeout>();
	let hearNoMore: (() => void) | null = null;

	async function look(meetingId: string): Promise<Date | null> {
		return db.transaction().execute(async (trx) => {
			await sql`SELECT FROM council.meeting WHERE id = ${meetingId} FOR UPDATE`.execute(trx);
			const sitting = await readSitting(trx, meetingId, context.now());
			if (sitting?.state.status !== 'open') return null;
			const due = cutAt(sitting.state.floor, sitting.state.floorRules);
			if (!due || due > context.now()) return due;
			await writeEvents(trx, context.now(), null, meetingId, [
				{ kind: 'floor_taken_back', data: { over: true } },
				...handBack(sitting),
			]);
			return null;
		});
	}

	async function watch(meetingId: string): Promise<void> {
		try {
			const due = await look(meetingId);
			clearTimeout(timers.get(meetingId));
			timers.delete(meetingId);
			if (!due || !hearNoMore) return;
			const wait = Math.min(longestWait, Math.max(10, due.getTime() - context.now().getTime()));
			timers.set(
				meetingId,
				setTimeout(() => void watch(meetingId), wait),
			);
		} catch (error) {
			// The next signal looks again.
			platform.log.warn({ reason: (error as Error).message }, 'the clock of the floor could not be read');
		}
	}

	async function watchAll(): Promise<void> {
		const { rows } = await sql<{ id: string }>`SELECT id FROM council.meeting WHERE status = 'open'`.execute(
			db,
		);
		for (const { id } of rows) await watch(id);
	}

	return {
		look,
		start() {
			hearNoMore ??= signals.hear((meetingId) => {
				if (meetingId !== null) void watch(meetingId);
				else
					void watchAll().catch((error: Error) =>
						platform.log.warn({ reason: error.message }, 'open meetings could not be read'),
					);
			});
		},
		stop() {
			hearNoMore?.();
			hearNoMore = null;
			for (const timer of timers.values()) clearTimeout(timer);
			timers.clear();
		},
	};
}
