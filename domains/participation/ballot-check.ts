import { validateBallot } from '@parvis/budget-voting';
import { ok, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Db, parseInput } from './context.ts';
import type { BallotRules, Choice } from './face.ts';

const choicesInput = z
	.array(z.object({ project: z.int(), points: z.int().optional() }), 'participation.ballot_unreadable')
	.max(2000, 'participation.ballot_unreadable');

/**
 * Read a ballot and check it against the call's rules, an envelope at a time. The order of choices is kept: it counts in
 * ordinal ballots.
 */
export async function readChoices(db: Db, callId: string, given: unknown): Promise<Result<Choice[]>> {
	const input = parseInput(choicesInput, given);
	if (!input.ok) return refuse('participation.ballot_unreadable');
	const [call, envelopes, projects] = await Promise.all([
		db
			.selectFrom('participation.call')
			.select('ballot_rules')
			.where('id', '=', callId)
			.executeTakeFirstOrThrow(),
		db
			.selectFrom('participation.envelope')
			.select(['id', 'name', 'budget_cents'])
			.where('call_id', '=', callId)
			.orderBy('position')
			.execute(),
		db
			.selectFrom('participation.project')
			.select(['number', 'envelope_id', 'cost_cents'])
			.where('call_id', '=', callId)
			.execute(),
	]);
	const rules = call.ballot_rules as unknown as BallotRules | null;
	if (!rules) return refuse('participation.vote_closed');
	const known = new Map(projects.map((project) => [project.number, project]));
	const choices: Choice[] = input.value.map(({ project, points }) =>
		rules.ballotType === 'cumulative' ? { project, points: points ?? 0 } : { project },
	);
	if (!choices.length) return refuse('participation.ballot_empty');
	if (choices.some(({ project }) => !known.has(project)))
		return refuse('participation.ballot_foreign_project');
	const touched = envelopes.filter(({ id }) =>
		choices.some(({ project }) => known.get(project)?.envelope_id === id),
	);
	if (rules.envelopes === 'one' && touched.length > 1) return refuse('participation.ballot_one_envelope');
	for (const envelope of touched) {
		const own = choices.filter(({ project }) => known.get(project)?.envelope_id === envelope.id);
		const checked = validateBallot(
			{
				ballotType: rules.ballotType,
				budget: Number(envelope.budget_cents),
				limits: limitsOf(rules, Number(envelope.budget_cents)),
				projects: projects
					.filter(({ envelope_id }) => envelope_id === envelope.id)
					.map(({ number, cost_cents }) => ({ id: String(number), cost: Number(cost_cents) })),
			},
			{
				choices: own.map(({ project }) => String(project)),
				points: rules.ballotType === 'cumulative' ? own.map(({ points }) => points ?? 0) : null,
			},
		);
		if (!checked.ok)
			return refuse(`participation.ballot_${checked.error}`, {
				least: rules.leastChoices,
				most: rules.mostChoices ?? 0,
				points: rules.points ?? 0,
				envelope: envelope.name,
			});
	}
	return ok(choices);
}

/** The call's rules as the engine's limits of one envelope; amounts in cents. */
export function limitsOf(rules: BallotRules, budgetCents: number) {
	return {
		minLength: rules.leastChoices,
		maxLength: rules.mostChoices,
		minSumCost: null,
		maxSumCost: rules.ballotType === 'knapsack' ? budgetCents : null,
		minPoints: rules.points === null ? null : 1,
		maxPoints: rules.points,
		minSumPoints: null,
		maxSumPoints: rules.points,
	};
}
