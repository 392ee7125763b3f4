import type { Phase, PhaseKind } from './face.ts';

/** Whether a phase is coming, open (from its start, before its end) or over. */
export function phaseState(phase: { startsAt: Date; endsAt: Date | null }, now: Date): Phase['state'] {
	if (now < phase.startsAt) return 'coming';
	return phase.endsAt === null || now < phase.endsAt ? 'open' : 'over';
}

/** The open phase; the last begun where two overlap. */
export function currentPhase(phases: readonly Phase[]): PhaseKind | null {
	return (
		phases
			.filter(({ state }) => state === 'open')
			.toSorted((a, b) => b.startsAt.getTime() - a.startsAt.getTime())[0]?.kind ?? null
	);
}

/** Day in the town, `YYYY-MM-DD`: due dates are days, not instants. */
export function dayInTown(now: Date): string {
	return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' }).format(now);
}
