import { type Actor, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { maySee } from '../policies.ts';
import type { SegmentLevel } from './face.ts';

const pollMilliseconds = 1000;
const mostListeners = 200;

type Listener = (segments: readonly SegmentLevel[]) => void;

/** Levels of segments while somebody looks: one query a second in each process, whoever controls. */
export function createLive(context: Context) {
	const listeners = new Set<Listener>();
	let known = new Map<string, string>();
	let last: SegmentLevel[] = [];
	let timer: NodeJS.Timeout | null = null;

	async function look(): Promise<void> {
		const { rows } = await sql<SegmentLevel>`
			SELECT lamp.segment_id AS id, round(avg(state.reported_level))::int AS level,
				count(state.failed_at)::int AS "faultCount"
			FROM operations.luminaire lamp
			LEFT JOIN operations.luminaire_state state ON state.luminaire_id = lamp.id
			WHERE lamp.retired_at IS NULL GROUP BY lamp.segment_id`.execute(context.db);
		const changed = rows.filter((row) => known.get(row.id) !== `${row.level} ${row.faultCount}`);
		known = new Map(rows.map((row) => [row.id, `${row.level} ${row.faultCount}`]));
		last = rows;
		if (changed.length) for (const listener of listeners) listener(changed);
	}

	async function run(): Promise<void> {
		await look().catch((error: Error) =>
			context.platform.log.warn({ reason: error.message }, 'lighting: live levels are late'),
		);
		timer = listeners.size ? setTimeout(run, pollMilliseconds) : null;
	}

	return {
		follow(actor: Actor, listener: Listener): Result<() => void> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			if (listeners.size >= mostListeners) return refuse('operations.light_too_many_listeners');
			if (timer) listener(last);
			else known = new Map();
			listeners.add(listener);
			timer ??= setTimeout(run, 0);
			return ok(() => listeners.delete(listener));
		},
		close(): void {
			listeners.clear();
			if (timer) clearTimeout(timer);
			timer = null;
		},
	};
}
