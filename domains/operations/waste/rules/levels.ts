import type { Day, SensorDoubt } from '../face.ts';
import { addDays, dayMilliseconds, dayOf, instantOf } from './days.ts';

export interface Level {
	/** Milliseconds since 1970. */
	at: number;
	percent: number;
}

export interface Emptying {
	/** First reading after it. */
	at: number;
	before: number;
	after: number;
}

/** What came in on one day, in percent of the volume. */
export interface DayInflow {
	day: Day;
	percent: number;
	/** It was full, so that more may have come than could be seen. */
	censored: boolean;
}

export interface LevelHistory {
	emptyings: Emptying[];
	inflow: DayInflow[];
	/** Last believable reading; null: none. */
	last: Level | null;
	/** Readings far from both their neighbours, as a share of the last week's. */
	spikes: number;
}

const hour = 3_600_000;
/** Nothing is said of a stretch in which nothing was heard for longer. */
const longestGap = 14 * hour;
const leastDrop = 15;
const spikePercent = 25;
const fullPercent = 97;

/** Each reading replaced by the middle one of itself and its neighbours: one that lies alone is gone, a drop stays sharp. */
function withoutSpikes(levels: readonly Level[]): { smooth: Level[]; spike: boolean[] } {
	const spike = levels.map(() => false);
	const smooth = levels.map((level, i) => {
		const [a, b] = [levels[i - 1], levels[i + 1]];
		if (!a || !b) return level;
		const [, middle = level.percent] = [a.percent, level.percent, b.percent].sort((x, y) => x - y);
		spike[i] =
			Math.abs(level.percent - middle) > spikePercent && Math.abs(a.percent - b.percent) < spikePercent;
		return spike[i] ? { at: level.at, percent: middle } : level;
	});
	return { smooth, spike };
}

/**
 * Read a sensor's levels: when the container was emptied, and what came in each day. Days with a gap of more than 14 hours
 * are left out.
 * @param levels oldest first
 */
export function readLevels(levels: readonly Level[]): LevelHistory {
	const { smooth, spike } = withoutSpikes(levels);
	const last = smooth.at(-1) ?? null;
	const emptyings: Emptying[] = [];
	// What has come in since the first reading, at each reading.
	const risen: number[] = [];
	let sum = 0;
	for (const [i, level] of smooth.entries()) {
		const before = smooth[i - 1];
		if (before) {
			const fall = before.percent - level.percent;
			const next = smooth[i + 1];
			const stays = !next || next.percent < before.percent - leastDrop / 2;
			if (fall >= leastDrop && stays)
				emptyings.push({ at: level.at, before: before.percent, after: level.percent });
			else sum += level.percent - before.percent;
		}
		risen.push(sum);
	}
	const lately = (last?.at ?? 0) - 7 * dayMilliseconds;
	const recent = smooth.filter(({ at }) => at >= lately).length;
	const spikes = spike.filter((is, i) => is && (smooth[i]?.at ?? 0) >= lately).length;
	return {
		emptyings,
		inflow: inflowOf(smooth, risen),
		last,
		spikes: recent >= 10 ? spikes / recent : 0,
	};
}

function inflowOf(levels: readonly Level[], risen: readonly number[]): DayInflow[] {
	const [first] = levels;
	const last = levels.at(-1);
	if (!first || !last) return [];
	const days: DayInflow[] = [];
	let i = 0;
	/** What had come in at an instant; null within a gap. */
	const at = (instant: number): number | null => {
		while (i + 1 < levels.length && (levels[i + 1]?.at ?? 0) <= instant) i++;
		const [a, b] = [levels[i], levels[i + 1]];
		if (!a || !b || a.at > instant || b.at - a.at > longestGap) return null;
		const share = (instant - a.at) / (b.at - a.at);
		const [from = 0, to = 0] = [risen[i], risen[i + 1]];
		return from + (to - from) * share;
	};
	const full = new Set<Day>();
	for (const level of levels) if (level.percent >= fullPercent) full.add(dayOf(new Date(level.at)));
	const end = dayOf(new Date(last.at));
	let day = dayOf(new Date(first.at));
	let from = at(instantOf(day).getTime());
	while (day < end) {
		const next = addDays(day, 1);
		const to = at(instantOf(next).getTime());
		if (from !== null && to !== null) days.push({ day, percent: to - from, censored: full.has(day) });
		from = to;
		day = next;
	}
	return days;
}

export interface DoubtInput {
	levels: readonly Level[];
	history: LevelHistory;
	now: number;
	expectedIntervalSeconds: number;
	/** What containers like it take in a day, in percent. */
	usualPercentPerDay: number;
	/** Pickups, newest first: what the driver saw beside what the sensor said, and when. */
	pickups: readonly { at: number; fillPercent: number | null; levelPercent: number | null; source: string }[];
}

const stuckFor = 2 * dayMilliseconds;
const driftPercent = 25;

/** Whether a sensor can be believed, and if not why. */
export function doubtOf(input: DoubtInput): SensorDoubt | null {
	const { levels, history, now, pickups } = input;
	const last = levels.at(-1);
	if (!last || now - last.at > Math.max(8 * input.expectedIntervalSeconds * 1000, dayMilliseconds))
		return 'silent';
	if (history.spikes > 0.08) return 'jumps';
	const lately = levels.filter(({ at }) => at >= last.at - stuckFor);
	const values = lately.map(({ percent }) => percent);
	const isFlat = Math.max(...values) - Math.min(...values) < 0.05;
	const covers = last.at - (lately[0]?.at ?? last.at) > stuckFor * 0.8;
	if (lately.length >= 8 && covers && isFlat && last.percent < fullPercent && input.usualPercentPerDay > 1.5)
		return 'stuck';
	const seen = pickups.flatMap(({ fillPercent, levelPercent }) =>
		fillPercent === null || levelPercent === null ? [] : [Math.abs(fillPercent - levelPercent)],
	);
	const newest = seen.slice(0, 5).sort((a, b) => a - b);
	if (newest.length >= 2 && (newest[Math.floor(newest.length / 2)] ?? 0) > driftPercent) return 'drift';
	// A driver emptied it, and a day later the level has not fallen.
	const driven = pickups.find(({ source, at }) => source !== 'sensor' && now - at > 6 * hour);
	if (driven && now - driven.at < 5 * dayMilliseconds) {
		const before = levels.findLast(({ at }) => at <= driven.at);
		const after = levels.filter(({ at }) => at > driven.at && at <= driven.at + dayMilliseconds);
		const lowest = Math.min(...after.map(({ percent }) => percent));
		if (before && after.length >= 2 && before.percent > 40 && lowest > before.percent * 0.8) return 'drift';
	}
	return null;
}
