import type { Value } from '@parvis/sensing';

/** The values of one property at one place: few are shown each, many are summed up. */
export interface ValueGroup {
	property: string;
	values: Value[];
	/** Middle and extremes when there are too many to read one by one. */
	summary: { median: number; lowest: number; highest: number; observedAt: Date } | null;
}

const mostShownEach = 2;

export function groupValues(values: readonly Value[]): ValueGroup[] {
	return Object.entries(Object.groupBy(values, ({ series }) => series.property)).map(
		([property, group = []]) => ({
			property,
			values: group,
			summary: group.length > mostShownEach ? summarise(group) : null,
		}),
	);
}

function summarise(values: readonly Value[]): ValueGroup['summary'] {
	const trusted = values.filter(({ stale, quality }) => !stale && (quality & 1) === 0);
	const sorted = (trusted.length ? trusted : values).toSorted((a, b) => a.value - b.value);
	const at = (index: number) => sorted[index]?.value ?? Number.NaN;
	const middle = (sorted.length - 1) / 2;
	return {
		median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
		lowest: at(0),
		highest: at(sorted.length - 1),
		observedAt: new Date(Math.max(...sorted.map(({ observedAt }) => observedAt.getTime()))),
	};
}
