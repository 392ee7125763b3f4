import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initSync as loadMstl, MSTL } from '@bsull/augurs/mstl';
import { initSync as loadOutlier, OutlierDetector } from '@bsull/augurs/outlier';

const wasm = (name: string) =>
	readFileSync(fileURLToPath(new URL(`${name}_bg.wasm`, import.meta.resolve(`@bsull/augurs/${name}`))));
let loaded = false;

function load(): void {
	if (loaded) return;
	loadMstl({ module: wasm('mstl') });
	loadOutlier({ module: wasm('outlier') });
	loaded = true;
}

/** One value an hour, oldest first; null where there was none. */
export type Hours = readonly (number | null)[];

export type SkipReason = 'short' | 'gaps' | 'constant' | 'failed';

export interface Fitted {
	expected: number[];
	/** Bounds of the interval in which 95 % are expected. */
	lower: number[];
	upper: number[];
	/** Hours of the past that are not as their pattern, by index. */
	outliers: { index: number; expected: number }[];
}

const day = 24;
const week = 7 * day;
/** Two whole weeks are the least from which a weekly pattern can be told; a day more to check it. */
export const leastHours = 2 * week + day;
const mostMissingShare = 0.2;
const longestGapHours = 6;
const confidence = 0.95;
/** The decomposition is not sure of its first days. */
const settlingHours = 3 * day;
/** Robust standard deviations (1.4826 × median absolute deviation, Rousseeuw & Croux 1993) from which an hour is out. */
const outlierDeviations = 6;

/** Why a series is not suited, or its hours with short gaps drawn over. */
export function prepare(hours: Hours): { ok: true; values: number[] } | { ok: false; reason: SkipReason } {
	const first = hours.findIndex((value) => value !== null);
	const last = hours.findLastIndex((value) => value !== null);
	const known = hours.slice(Math.max(first, 0), last + 1);
	if (first < 0 || known.length < leastHours) return { ok: false, reason: 'short' };
	const values: number[] = [];
	let missing = 0;
	let gap = 0;
	let longest = 0;
	for (const [i, value] of known.entries()) {
		if (value !== null) {
			const before = values[i - gap - 1] ?? value;
			for (let n = 0; n < gap; n++) values[i - gap + n] = before + ((value - before) * (n + 1)) / (gap + 1);
			values[i] = value;
			gap = 0;
			continue;
		}
		missing++;
		gap++;
		longest = Math.max(longest, gap);
	}
	if (missing / known.length > mostMissingShare || longest > longestGapHours)
		return { ok: false, reason: 'gaps' };
	const least = Math.min(...values);
	if (Math.max(...values) - least < 1e-9 * Math.max(1, Math.abs(least)))
		return { ok: false, reason: 'constant' };
	return { ok: true, values };
}

/**
 * Expected values of the coming hours with their 95 % interval, by MSTL with daily and weekly periods and an ETS trend
 * (Bandara, Hyndman & Bergmeir 2021, as `@bsull/augurs` computes it), and the past hours that do not fit the pattern.
 * @param horizon hours to look ahead
 */
export function fit(
	hours: Hours,
	horizon: number,
): { ok: true; fitted: Fitted } | { ok: false; reason: SkipReason } {
	const prepared = prepare(hours);
	if (!prepared.ok) return prepared;
	const { values } = prepared;
	load();
	try {
		const model = MSTL.ets([day, week]);
		// The decomposition averages over days and weeks: a spike left in would show on each of them.
		model.fit(Float64Array.from(withoutSpikes(values)));
		const ahead = model.predict(horizon, confidence);
		const past = model.predictInSample();
		model.free();
		if (ahead.point.some((value) => !Number.isFinite(value))) return { ok: false, reason: 'failed' };
		const offset = hours.findIndex((value) => value !== null);
		const residuals = values.map((value, i) => value - (past.point[i] ?? value));
		const limit = limitOf(residuals, values);
		const outliers = residuals.flatMap((residual, i) =>
			i >= settlingHours && limit > 0 && Math.abs(residual) > limit && hours[i + offset] !== null
				? [{ index: i + offset, expected: past.point[i] ?? 0 }]
				: [],
		);
		return {
			ok: true,
			fitted: {
				expected: ahead.point,
				lower: ahead.intervals?.lower ?? ahead.point,
				upper: ahead.intervals?.upper ?? ahead.point,
				outliers,
			},
		};
	} catch {
		return { ok: false, reason: 'failed' };
	}
}

/** Distance from the pattern beyond which an hour is out; never within a twentieth of the series' usual range. */
function limitOf(residuals: readonly number[], values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const usualRange =
		(sorted[Math.floor(sorted.length * 0.95)] ?? 0) - (sorted[Math.floor(sorted.length * 0.05)] ?? 0);
	return Math.max(outlierDeviations * 1.4826 * median(residuals.map(Math.abs)), usualRange * 0.05);
}

/** The series with what is far from its median week, around its median level, replaced by that. */
function withoutSpikes(values: readonly number[]): number[] {
	// The level moves slowly: twice a day is often enough.
	const levels = Array.from({ length: Math.ceil(values.length / 12) }, (_, n) =>
		median(values.slice(Math.max(0, n * 12 - week / 2), n * 12 + week / 2)),
	);
	const level = values.map((_, i) => levels[Math.floor(i / 12)]);
	const detrended = values.map((value, i) => value - (level[i] ?? 0));
	// With few weeks the median day is surer than the median week.
	const period = values.length >= 4 * week ? week : day;
	const profile = Array.from({ length: period }, (_, phase) =>
		median(detrended.filter((_, i) => i % period === phase)),
	);
	const usual = values.map((_, i) => (level[i] ?? 0) + (profile[i % period] ?? 0));
	const limit = limitOf(
		values.map((value, i) => value - (usual[i] ?? 0)),
		values,
	);
	return values.map((value, i) => (Math.abs(value - (usual[i] ?? 0)) > limit ? (usual[i] ?? value) : value));
}

/**
 * Which of the series, alike in kind, leave the band of the others, and when (DBSCAN over time, as `@bsull/augurs`).
 * @param group series of equal length, one value an hour; nulls are taken for the others' median
 * @returns indexes of series with the indexes of the hours and the median of the group then
 */
export function outOfBand(group: readonly Hours[]): { series: number; index: number; expected: number }[] {
	const length = group[0]?.length ?? 0;
	const medians = Array.from({ length }, (_, i) =>
		median(group.flatMap((hours) => (typeof hours[i] === 'number' ? [hours[i]] : []))),
	);
	if (group.length < 5 || !length) return [];
	load();
	const detector = OutlierDetector.dbscan({ sensitivity: 0.7 });
	const { outlyingSeries, seriesResults } = detector.detect(
		group.map((hours) => Float64Array.from(hours, (value, i) => value ?? medians[i] ?? 0)),
	);
	detector.free();
	return outlyingSeries.flatMap((series) =>
		(seriesResults[series]?.outlierIntervals ?? []).flatMap(({ start, end }) =>
			Array.from({ length: (end ?? length) - start }, (_, n) => start + n).flatMap((index) =>
				typeof group[series]?.[index] === 'number' ? [{ series, index, expected: medians[index] ?? 0 }] : [],
			),
		),
	);
}

function median(values: readonly number[]): number {
	if (!values.length) return 0;
	const sorted = values.toSorted((a, b) => a - b);
	const middle = sorted.length >> 1;
	return sorted.length % 2 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}
