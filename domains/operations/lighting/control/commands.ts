import { newId } from '@parvis/platform';
import type { LevelReason } from '../rules/level.ts';

/** What a lamp is told. */
export interface SetPoint {
	id: string;
	level: number;
	reason: LevelReason;
	fadeSeconds: number;
	/** Milliseconds since 1970: heard nothing by then, the lamp takes its safe level by itself. */
	until: number;
}

/** What a lamp says. */
export interface LampReport {
	/** Id of the set-point that it follows. */
	command: string | null;
	level: number;
	watts: number | null;
	fault: string | null;
}

export const validMilliseconds = 30 * 60_000;
/** Each set-point is renewed well before it ends; the answer also tells that the lamp lives. */
export const renewMilliseconds = 10 * 60_000;
/** Waits before each further attempt; then the lamp has failed. */
export const attemptMilliseconds = [2000, 4000, 8000, 16_000] as const;
export const mostAttempts = attemptMilliseconds.length + 1;
/** The same through a gateway, whose network may be slow and whose reports are gathered. */
export const gatewayAttemptMilliseconds = [15_000, 30_000, 60_000, 120_000] as const;
/** Drivers round. */
const toleranceLevel = 3;
/** A lamp that says something else is told again, at most so often. */
const repeatMilliseconds = 60_000;

/**
 * Where each lamp stands between told and done. Pure state: it sends nothing itself.
 * States of one lamp: nothing told → told (pending) → acknowledged, or failed after the last attempt; from failed it comes
 * back by any word from it.
 * @param waits milliseconds before each further attempt, by lamp
 */
export function createCommands(
	count: number,
	waits: (lamp: number) => readonly number[] = () => attemptMilliseconds,
) {
	const sentLevel = new Int16Array(count).fill(-1);
	const pending: (SetPoint | null)[] = new Array(count).fill(null);
	const attempts = new Uint8Array(count);
	const nextAt = new Float64Array(count);
	const renewAt = new Float64Array(count);
	const fadeUntil = new Float64Array(count);
	const lastSentAt = new Float64Array(count);
	const failed = new Uint8Array(count);

	function tell(lamp: number, level: number, reason: LevelReason, fadeSeconds: number, at: number): SetPoint {
		const setPoint = { id: newId(), level, reason, fadeSeconds, until: at + validMilliseconds };
		pending[lamp] = setPoint;
		sentLevel[lamp] = level;
		attempts[lamp] = 1;
		nextAt[lamp] = at + (waits(lamp)[0] ?? 0);
		renewAt[lamp] = at + renewMilliseconds;
		fadeUntil[lamp] = at + fadeSeconds * 1000;
		lastSentAt[lamp] = at;
		return setPoint;
	}

	return {
		sentLevel,
		failed,
		/** When a lamp's set-point is due again. */
		renewAt,

		tell,

		/** Whether a lamp needs to hear something, and why. */
		due(lamp: number, level: number, at: number): 'new' | 'again' | 'failed' | null {
			if (failed[lamp]) return at >= (renewAt[lamp] ?? 0) ? 'new' : null;
			if (level !== sentLevel[lamp] && sentLevel[lamp] !== -1) return 'new';
			if (pending[lamp] && at >= (nextAt[lamp] ?? 0))
				return (attempts[lamp] ?? 0) >= mostAttempts ? 'failed' : 'again';
			return at >= (renewAt[lamp] ?? 0) ? 'new' : null;
		},

		/** The same set-point once more, with a longer wait after it. */
		again(lamp: number, at: number): SetPoint | null {
			const setPoint = pending[lamp] ?? null;
			const attempt = (attempts[lamp] ?? 0) + 1;
			attempts[lamp] = attempt;
			nextAt[lamp] = at + (waits(lamp)[attempt - 1] ?? waits(lamp).at(-1) ?? 0);
			lastSentAt[lamp] = at;
			return setPoint;
		},

		attemptsOf: (lamp: number) => attempts[lamp] ?? 0,

		/** It does not answer: it is told again with each renewal only. */
		fail(lamp: number, at: number): void {
			failed[lamp] = 1;
			pending[lamp] = null;
			sentLevel[lamp] = -1;
			renewAt[lamp] = at + renewMilliseconds;
		},

		/** While the broker or gateway is away no lamp is to blame: waits begin anew. */
		pauseUntil(lamp: number, at: number): void {
			if (!pending[lamp]) return;
			nextAt[lamp] = at;
			attempts[lamp] = 0;
		},

		/**
		 * A lamp spoke.
		 * @returns the id that it acknowledges, whether it came back, and whether it must be told again
		 */
		heard(
			lamp: number,
			report: LampReport,
			at: number,
		): { acknowledged: string | null; back: boolean; differs: boolean } {
			const waiting = pending[lamp];
			const acknowledged = waiting && report.command === waiting.id ? waiting.id : null;
			if (acknowledged) pending[lamp] = null;
			const back = failed[lamp] === 1;
			failed[lamp] = 0;
			const quiet = !pending[lamp] && at >= (fadeUntil[lamp] ?? 0) && acknowledged === null;
			const differs =
				back ||
				(quiet &&
					Math.abs(report.level - (sentLevel[lamp] ?? 0)) > toleranceLevel &&
					at - (lastSentAt[lamp] ?? 0) >= repeatMilliseconds);
			if (back || sentLevel[lamp] === -1) renewAt[lamp] = at;
			return { acknowledged, back, differs: differs || sentLevel[lamp] === -1 };
		},
	};
}

export type Commands = ReturnType<typeof createCommands>;

/** Payload of `lighting/<luminaire>/setpoint`. */
export function writeSetPoint({ id, level, reason, fadeSeconds, until }: SetPoint): string {
	return `{"id":"${id}","level":${level},"fade":${fadeSeconds},"until":"${new Date(until).toISOString()}","reason":"${reason}"}`;
}

const mostPayloadBytes = 2000;

/** Payload of `lighting/<luminaire>/state`; null when it is none. */
export function readReport(payload: Uint8Array): LampReport | null {
	const json = readObject(payload);
	if (!json) return null;
	const { level, command, watts, fault } = json;
	if (typeof level !== 'number' || !(level >= 0 && level <= 100)) return null;
	return {
		command: typeof command === 'string' ? command.slice(0, 64) : null,
		level,
		watts: typeof watts === 'number' && watts >= 0 && watts <= 10_000 ? watts : null,
		// PostgreSQL keeps no NUL.
		fault: typeof fault === 'string' && fault ? fault.replaceAll('\0', '').slice(0, 200) : null,
	};
}

/** Payload of `lighting/<sensor>/presence`: an object, in which `direction` may be `forward` or `backward`. Null when it is none. */
export function readPresence(payload: Uint8Array): { direction: -1 | 0 | 1 } | null {
	if (payload.length === 0) return { direction: 0 };
	const json = readObject(payload);
	if (!json || json.presence === false || json.presence === 0) return null;
	return { direction: json.direction === 'forward' ? 1 : json.direction === 'backward' ? -1 : 0 };
}

function readObject(payload: Uint8Array): Record<string, unknown> | null {
	if (payload.length > mostPayloadBytes) return null;
	try {
		const json: unknown = JSON.parse(Buffer.from(payload).toString('utf8'));
		return typeof json === 'object' && json !== null && !Array.isArray(json)
			? (json as Record<string, unknown>)
			: null;
	} catch {
		return null;
	}
}
