import type { LineShare, Obligation } from '../orders-face.ts';

/** What a purchase counts for: excluding tax, by line of products. */
export interface Spent {
	line: string;
	cents: number;
	/** Refurbished or reused. */
	reused: boolean;
	recycledContent: boolean;
	/** At its flat value, which counts as reuse. */
	donated: boolean;
}

export interface Progress {
	/** Share of the year that has passed, above 0 and below 1; null for a year that is over or has not begun. */
	passed: number | null;
}

const percent = (part: number, whole: number) => (whole === 0 ? null : (part * 100) / whole);

/**
 * Cents still to be spent on reused devices so that the share is reached, all else equal: with total T, reused R and
 * target p, the least x with (R + x) / (T + x) ≥ p, so x = (pT − R) / (1 − p).
 */
export function missingCents(totalCents: number, reuseCents: number, targetPercent: number): number {
	const missing = targetPercent * totalCents - 100 * reuseCents;
	if (missing <= 0) return 0;
	// With everything to be reused, what was bought new cannot be made up: all of it is missing.
	if (targetPercent >= 100) return totalCents - reuseCents;
	return Math.ceil(missing / (100 - targetPercent));
}

/**
 * The year of one line against what is asked. Donations count on both sides, which is on the safe side.
 * @param ownTargetPercent what the town's policy asks beyond the law
 */
export function shareOf(
	obligation: Obligation,
	spent: readonly Spent[],
	ownTargetPercent: number,
	{ passed }: Progress,
): LineShare {
	const own = spent.filter(({ line }) => line === obligation.line);
	const sum = (of: (one: Spent) => boolean) =>
		own.reduce((cents, one) => cents + (of(one) ? one.cents : 0), 0);
	const totalCents = sum(() => true);
	const reuseCents = sum(({ reused, donated }) => reused || donated);
	const recycledCents = sum(({ recycledContent }) => recycledContent);
	const asked = [obligation.reusePercent ?? 0, ownTargetPercent];
	const highest = Math.max(...asked);
	const targetPercent = highest > 0 ? highest : null;
	// What is left is bought as what was so far: twice as much time, twice as much of each.
	const scale = (cents: number) => Math.round(cents / (passed ?? 1));
	return {
		obligation,
		totalCents,
		reuseCents,
		donatedCents: sum(({ donated }) => donated),
		recycledCents,
		reusePercent: percent(reuseCents, totalCents),
		recycledPercent: percent(recycledCents, totalCents),
		targetPercent,
		ownTarget: ownTargetPercent > (obligation.reusePercent ?? 0),
		reached:
			targetPercent === null || totalCents === 0 ? null : 100 * reuseCents >= targetPercent * totalCents,
		missingCents: targetPercent === null ? 0 : missingCents(totalCents, reuseCents, targetPercent),
		projection:
			passed === null || totalCents === 0
				? null
				: {
						totalCents: scale(totalCents),
						reuseCents: scale(reuseCents),
						missingCents:
							targetPercent === null ? 0 : missingCents(scale(totalCents), scale(reuseCents), targetPercent),
					},
	};
}
