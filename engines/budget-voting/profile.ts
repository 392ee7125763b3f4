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

export function createProfile(election: Countable): Profile {
	const { projects, ballots } = election;
	const indexes = new Map(projects.map(({ id }, index) => [id, index]));
	const groups = new Map<string, number>();
	const contents: { project: number; points: number }[][] = [];
	const weights: number[] = [];
	const scored = election.ballotType === 'cumulative' || election.ballotType === 'ordinal';
	for (const ballot of ballots) {
		const points = pointsOf(election, ballot);
		const content = ballot.choices
			.map((id, place) => {
				const project = indexes.get(id);
				if (project === undefined) throw new Error(`a ballot names ${id}, which is no project`);
				return { project, points: points?.[place] ?? 1 };
			})
			.filter(({ points: given }) => given > 0)
			.sort((a, b) => a.project - b.project);
		const key = content
			.map(({ project, points: given }) => (scored ? `${project}:${given}` : project))
			.join(',');
		let group = groups.get(key);
		if (group === undefined) {
			group = contents.length;
			groups.set(key, group);
			contents.push(content);
			weights.push(0);
		}
		weights[group] = (weights[group] ?? 0) + 1;
	}
	const order = likeBesideLike(contents, projects.length);
	const start = new Int32Array(projects.length + 1);
	for (const content of contents)
		for (const { project } of content) start[project + 1] = (start[project + 1] ?? 0) + 1;
	for (let p = 0; p < projects.length; p++) start[p + 1] = (start[p + 1] ?? 0) + (start[p] ?? 0);
	const next = start.slice();
	const size = start[projects.length] ?? 0;
	const supporter = new Int32Array(size);
	const utility = new Float64Array(size);
	const support = new Int32Array(projects.length);
	const scores = new Float64Array(projects.length);
	for (const [group, former] of order.entries()) {
		const weight = weights[former] ?? 0;
		for (const { project, points } of contents[former] ?? []) {
			const at = next[project] ?? 0;
			next[project] = at + 1;
			supporter[at] = group;
			utility[at] = points;
			support[project] = (support[project] ?? 0) + weight;
			scores[project] = (scores[project] ?? 0) + points * weight;
		}
	}
	return {
		projects: projects.map(({ id, cost }, p) => ({
			id,
			cost,
			votes: support[p] ?? 0,
			score: scores[p] ?? 0,
		})),
		voters: ballots.length,
		groups: contents.length,
		weight: Int32Array.from(order, (former) => weights[former] ?? 0),
		start,
		supporter,
		utility,
		support,
		multiplier: Float64Array.from(projects, ({ cost }) => (scored ? 1 : cost)),
	};
}

/** An order of groups in which those with the same popular projects are neighbours: memory is then read in line. */
function likeBesideLike(contents: readonly { project: number }[][], projects: number): number[] {
	const named = new Int32Array(projects);
	for (const content of contents)
		for (const { project } of content) named[project] = (named[project] ?? 0) + 1;
	const rank = new Int32Array(projects);
	for (const [place, p] of [...named.keys()].sort((a, b) => (named[b] ?? 0) - (named[a] ?? 0)).entries())
		rank[p] = place;
	const ranks = contents.map((content) =>
		Int32Array.from(content, ({ project }) => rank[project] ?? 0).sort(),
	);
	return [...contents.keys()].sort((a, b) => {
		const [one, other] = [ranks[a] ?? new Int32Array(), ranks[b] ?? new Int32Array()];
		for (let i = 0; i < one.length && i < other.length; i++)
			if (one[i] !== other[i]) return (one[i] ?? 0) - (other[i] ?? 0);
		return one.length - other.length;
	});
}
