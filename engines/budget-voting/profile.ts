import type { Countable } from './election.ts';

/**
 * An election laid out for counting: identical ballots are one group with a weight, and each project's supporters stand in
 * a row. Group g's utility for a project is `utility × multiplier[project]`.
 */
export interface Profile {
	projects: readonly { id: string; cost: number; votes: number; score: number }[];
	/** Number of ballots, empty ones included. */
	voters: number;
	groups: number;
	/** Ballots in each group. */
	weight: Int32Array;
	/** Supporters of project p are at `start[p]` to `start[p + 1]`. */
	start: Int32Array;
	supporter: Int32Array;
	/** What each supporter's group gives the project: points; 1 where ballots have none. */
	utility: Float64Array;
	/** Ballots that support each project. */
	support: Int32Array;
	/** Cost where supporters give no points (a project is worth what it costs), otherwise 1. */
	multiplier: Float64Array;
}

/**
 * What a ballot gives each of its projects: its points; in ordinal ballots the Borda points of their places (as many as
 * projects may be named for the first, one less for each place); otherwise one.
 */
export function pointsOf(
	election: Countable,
	ballot: Countable['ballots'][number],
): readonly number[] | null {
	if (election.ballotType === 'cumulative') return ballot.points ?? ballot.choices.map(() => 0);
	if (election.ballotType !== 'ordinal') return null;
	const first = election.limits.maxLength ?? election.projects.length;
	return ballot.choices.map((_, place) => Math.max(first - place, 0));
}

/** @throws when a ballot names what is no project */
export function createProfile(election: Countable): Profile {
	const { projects } = election;
	const scored = election.ballotType === 'cumulative' || election.ballotType === 'ordinal';
	const { from, place, points, byPlace } = layOut(election);
	const order = likeBesideLike(from, place, points);

	/** Of each group: a ballot of it, and how many are alike. */
	const samples: number[] = [];
	const weights: number[] = [];
	for (const ballot of order) {
		const last = samples.at(-1);
		if (last !== undefined && compareBallots(from, place, points, last, ballot) === 0)
			weights[weights.length - 1] = (weights.at(-1) ?? 0) + 1;
		else {
			samples.push(ballot);
			weights.push(1);
		}
	}

	const start = new Int32Array(projects.length + 1);
	for (const sample of samples)
		for (let i = from[sample] as number; i < (from[sample + 1] as number); i++) {
			const project = byPlace[place[i] as number] as number;
			start[project + 1] = (start[project + 1] as number) + 1;
		}
	for (let p = 0; p < projects.length; p++) start[p + 1] = (start[p + 1] as number) + (start[p] as number);
	const next = start.slice();
	const size = start[projects.length] as number;
	const supporter = new Int32Array(size);
	const utility = new Float64Array(size);
	const support = new Int32Array(projects.length);
	const scores = new Float64Array(projects.length);
	for (const [group, sample] of samples.entries()) {
		const weight = weights[group] as number;
		for (let i = from[sample] as number; i < (from[sample + 1] as number); i++) {
			const project = byPlace[place[i] as number] as number;
			const at = next[project] as number;
			next[project] = at + 1;
			supporter[at] = group;
			utility[at] = points[i] as number;
			support[project] = (support[project] as number) + weight;
			scores[project] = (scores[project] as number) + (points[i] as number) * weight;
		}
	}
	return {
		projects: projects.map(({ id, cost }, p) => ({
			id,
			cost,
			votes: support[p] ?? 0,
			score: scores[p] ?? 0,
		})),
		voters: election.ballots.length,
		groups: samples.length,
		weight: Int32Array.from(weights),
		start,
		supporter,
		utility,
		support,
		multiplier: Float64Array.from(projects, ({ cost }) => (scored ? 1 : cost)),
	};
}

/**
 * All ballots in a row, ballot b at `from[b]` to `from[b + 1]`: projects by their place among the most named, in that order,
 * and the points of each. Projects named alike stand by their ids, so that nothing hangs on the order of the input.
 */
function layOut(election: Countable) {
	const { projects, ballots } = election;
	const indexes = new Map(projects.map(({ id }, index) => [id, index]));
	const size = ballots.reduce((sum, { choices }) => sum + choices.length, 0);
	const from = new Int32Array(ballots.length + 1);
	const place = new Int32Array(size);
	const points = new Float64Array(size);
	const named = new Int32Array(projects.length);
	let to = 0;
	for (const [b, ballot] of ballots.entries()) {
		const given = pointsOf(election, ballot);
		for (const [at, id] of ballot.choices.entries()) {
			const project = indexes.get(id);
			if (project === undefined) throw new Error(`a ballot names ${id}, which is no project`);
			const each = given === null ? 1 : (given[at] ?? 1);
			if (!(each > 0)) continue;
			place[to] = project;
			points[to] = each;
			to++;
			named[project] = (named[project] as number) + 1;
		}
		from[b + 1] = to;
	}
	const id = (p: number) => projects[p]?.id ?? '';
	const byPlace = Int32Array.from(projects.keys()).sort(
		(a, b) => (named[b] as number) - (named[a] as number) || (id(a) < id(b) ? -1 : 1),
	);
	const placeOf = new Int32Array(projects.length);
	for (const [at, project] of byPlace.entries()) placeOf[project] = at;
	for (let b = 0; b < ballots.length; b++) {
		const first = from[b] as number;
		// Ballots are short: insertion sort.
		for (let i = first; i < (from[b + 1] as number); i++) {
			const at = placeOf[place[i] as number] as number;
			const each = points[i] as number;
			let j = i - 1;
			for (; j >= first && (place[j] as number) > at; j--) {
				place[j + 1] = place[j] as number;
				points[j + 1] = points[j] as number;
			}
			place[j + 1] = at;
			points[j + 1] = each;
		}
	}
	return { from, place, points, byPlace };
}

/** Ballots in an order in which equal ones, and those with the same popular projects, are neighbours: memory is read in line. */
function likeBesideLike(from: Int32Array, place: Int32Array, points: Float64Array): Int32Array {
	return Int32Array.from({ length: from.length - 1 }, (_, b) => b).sort((a, b) =>
		compareBallots(from, place, points, a, b),
	);
}

/** Zero when two ballots say the same. */
function compareBallots(
	from: Int32Array,
	place: Int32Array,
	points: Float64Array,
	a: number,
	b: number,
): number {
	const [ownStart, otherStart] = [from[a] as number, from[b] as number];
	const own = (from[a + 1] as number) - ownStart;
	const other = (from[b + 1] as number) - otherStart;
	const shared = Math.min(own, other);
	for (let i = 0; i < shared; i++) {
		const difference = (place[ownStart + i] as number) - (place[otherStart + i] as number);
		if (difference) return difference;
	}
	if (own !== other) return own - other;
	for (let i = 0; i < own; i++) {
		const difference = (points[ownStart + i] as number) - (points[otherStart + i] as number);
		if (difference) return difference;
	}
	return 0;
}
