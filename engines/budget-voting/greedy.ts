import type { Countable } from './election.ts';
import type { Missing, Outcome, Round } from './outcome.ts';
import { createProfile } from './profile.ts';
import { createTieBreaker, reason, type Tie, type TieBreaker } from './ties.ts';

export interface GreedyOptions {
	/** Pass over a project that does not fit and go on (true), or stop there (false). */
	skip: boolean;
	/** Projects with a lower score are out: META's `min_project_score_threshold`. */
	threshold?: number;
	/** For the lot. Default: an empty text. */
	seed?: string;
}

type Scored = { id: string; cost: number; votes: number; score: number };

/** Highest score first; what stands equal by cost, votes and lot. */
function ranked<T extends Scored>(projects: readonly T[], ties: TieBreaker): T[] {
	return projects.toSorted((a, b) => b.score - a.score || ties.compare(a, b));
}

/** The tie in which a ranked project was preferred to those after it. */
function tieAt(list: readonly Scored[], at: number): Tie | null {
	const project = list[at];
	const next = list[at + 1];
	if (!project || next?.score !== project.score) return null;
	const between = [project.id];
	for (let i = at + 1; list[i]?.score === project.score; i++) between.push((list[i] as Scored).id);
	return { between, brokenBy: reason(project, next) };
}

/** Spend what is left on the projects with the highest score that fit. */
export function fillGreedily(projects: readonly Scored[], budget: number, ties: TieBreaker): Round[] {
	let left = budget;
	const list = ranked(projects, ties);
	return list.flatMap(({ id, cost, score }, at) => {
		if (cost > left) return [];
		left -= cost;
		return [{ project: id, cost, left, score, tie: tieAt(list, at) }];
	});
}

/**
 * The rule of most towns: by votes (points where ballots give points), highest first, while the money lasts. Projects that
 * nobody supports are out.
 */
export function greedy(election: Countable, { skip, threshold, seed = '' }: GreedyOptions): Outcome {
	const { projects } = createProfile(election);
	const ties = createTieBreaker(seed);
	const { budget } = election;
	const list = ranked(projects, ties);
	const missing = new Map<string, Missing>();
	const rounds: Round[] = [];
	let left = budget;
	let stoppedAt: string | null = null;
	for (const [at, { id, cost, votes, score }] of list.entries()) {
		if (threshold !== undefined && score < threshold)
			missing.set(id, { reason: 'threshold', score, threshold });
		else if (!votes) missing.set(id, { reason: 'no_supporters' });
		else if (stoppedAt !== null) missing.set(id, { reason: 'stopped', at: stoppedAt });
		else if (cost > left) {
			missing.set(id, { reason: 'budget', cost, left, missing: cost - left });
			if (!skip) stoppedAt = id;
		} else {
			left -= cost;
			rounds.push({ project: id, cost, left, score, tie: tieAt(list, at) });
		}
	}
	const place = new Map(rounds.map(({ project }, round) => [project, round]));
	return {
		rule: skip ? 'greedy' : 'greedy-no-skip',
		selected: rounds.map(({ project }) => project),
		spent: budget - left,
		budget,
		rounds,
		projects: projects.map((project) => ({
			...project,
			round: place.get(project.id) ?? null,
			missing: missing.get(project.id) ?? null,
		})),
	};
}
