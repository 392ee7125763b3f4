import type { Actor, Result } from '@parvis/platform';
import type { InterventionSummary } from './interventions.ts';
import type { Agent, DayHours } from './settings.ts';

export interface PlannedDay {
	day: string;
	agents: {
		agent: Agent;
		/** Null: does not work that day. */
		hours: DayHours | null;
		stops: InterventionSummary[];
	}[];
	/** Open, not in anybody's day. */
	unplanned: InterventionSummary[];
}

export interface PlanOutcome {
	planned: number;
	/** Who found no place, and why. */
	left: { intervention: InterventionSummary; reason: LeftReason; detail: string | null }[];
	meters: number;
	/** The same visits in order of arrival. */
	baselineMeters: number;
	provider: string;
}

export type LeftReason = 'no_agent' | 'skills' | 'service' | 'no_time' | 'unreachable';

export interface DayPlanning {
	day(actor: Actor, day: string): Promise<Result<PlannedDay>>;
	/** Order the day of these agents, with what is planned there and what is due; pinned ones stay. */
	plan(
		actor: Actor,
		day: string,
		options: { agentIds?: readonly string[] | undefined; withUnplanned: boolean },
	): Promise<Result<PlanOutcome>>;
	/** Put one into somebody's day at a turn, or out of it; the hours after it are computed again. */
	place(
		actor: Actor,
		interventionId: string,
		to: { day: string; agentId: string; turn: number } | null,
	): Promise<Result<null>>;
}
