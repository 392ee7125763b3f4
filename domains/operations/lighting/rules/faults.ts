/** A luminaire that does not answer or says that it is broken. */
export interface FailedLuminaire {
	id: string;
	cabinetId: string | null;
	kind: 'no_answer' | 'reported';
	detail: string | null;
}

export type NewFault =
	| ({ subject: 'luminaire' } & FailedLuminaire)
	| { subject: 'cabinet'; cabinetId: string; luminaireCount: number };

const leastTogether = 3;
const leastShare = 0.5;

/**
 * What to raise an alarm for: lamps one by one, but one alarm for a cabinet most of whose lamps went silent, since then
 * it is the cabinet that somebody has to see.
 * @param totals lamps of each cabinet
 */
export function faultsOf(
	failed: readonly FailedLuminaire[],
	totals: ReadonlyMap<string, number>,
): NewFault[] {
	const silent = new Map<string, number>();
	for (const { cabinetId, kind } of failed)
		if (cabinetId !== null && kind === 'no_answer') silent.set(cabinetId, (silent.get(cabinetId) ?? 0) + 1);
	const cabinets = [...silent].filter(
		([id, count]) => count >= leastTogether && count >= (totals.get(id) ?? count) * leastShare,
	);
	const whole = new Set(cabinets.map(([id]) => id));
	return [
		...cabinets.map(([cabinetId, luminaireCount]) => ({
			subject: 'cabinet' as const,
			cabinetId,
			luminaireCount,
		})),
		...failed
			.filter(({ cabinetId, kind }) => kind === 'reported' || cabinetId === null || !whole.has(cabinetId))
			.map((luminaire) => ({ subject: 'luminaire' as const, ...luminaire })),
	];
}
