import type { Category } from '../../kinds.ts';
import type { RetirementShare } from '../face.ts';

/**
 * Categories 2 (screens above 100 cm²) and 6 (small computing and telecommunications equipment) of R. 543-172 II of the Code
 * de l'environnement. Servers, projectors and what is of no category are left aside: many are larger.
 */
export const retiredCategories: readonly Category[] = [
	'smartphone',
	'feature_phone',
	'tablet',
	'laptop',
	'desktop',
	'monitor',
	'printer',
	'network',
];

/** Percent to reach; null before the decree. Source: décret n° 2023-266 du 12 avril 2023, article 3. */
export function retirementGoal(year: number): number | null {
	if (year < 2023) return null;
	return { 2023: 25, 2024: 35 }[year] ?? 50;
}

/** Devices of those categories, at most ten years old when they were retired, alike in what counts. */
export interface RetiredCount {
	/** Retired and still there on 1 January. */
	wasInStock: boolean;
	/** How it left in the year; null: not in that year. */
	leftAs: 'reused' | 'sold' | 'donated' | 'parts' | 'recycled' | null;
	/** A slip is signed by who took it, who then told that it serves again. */
	proven: boolean;
	devices: number;
}

/**
 * The share of article 3: A, directed to reuse in the year, over B, retired and in stock on 1 January. As article 2 counts only
 * what the new owner undertakes to use and can prove, what is proven decides whether the goal is reached.
 */
export function retirementShare(
	year: number,
	counts: readonly RetiredCount[],
): Omit<RetirementShare, 'simulated'> {
	const sum = (of: (one: RetiredCount) => boolean) =>
		counts.reduce((total, one) => total + (of(one) ? one.devices : 0), 0);
	const isReuse = ({ leftAs }: RetiredCount) =>
		leftAs === 'reused' || leftAs === 'sold' || leftAs === 'donated';
	const inStock = sum(({ wasInStock }) => wasInStock);
	const provenReuse = sum((one) => isReuse(one) && one.proven);
	const reuse = sum(isReuse);
	const goalPercent = retirementGoal(year);
	const percent = (part: number) => (inStock === 0 ? null : (100 * part) / inStock);
	return {
		year,
		inStock,
		left: sum(({ leftAs }) => leftAs !== null),
		reuse,
		provenReuse,
		percent: percent(reuse),
		provenPercent: percent(provenReuse),
		goalPercent,
		reached: goalPercent === null || inStock === 0 ? null : 100 * provenReuse >= goalPercent * inStock,
	};
}
