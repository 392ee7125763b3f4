import { z } from 'zod';
import type { BallotRules } from './face.ts';

const countings = [
	'greedy',
	'greedy-no-skip',
	'equal-shares',
	'equal-shares-exhaustive',
	'phragmen',
] as const;

/** What a call says of its vote. Points come with cumulative ballots only; one choice with choose-1. */
export const ballotRulesInput = z
	.object({
		ballotType: z.enum(['approval', 'choose-1', 'cumulative', 'ordinal', 'knapsack']),
		leastChoices: z.int().min(1).max(500).default(1),
		mostChoices: z.int().min(1).max(500).nullable().default(null),
		points: z.int().min(1).max(10_000).nullable().default(null),
		envelopes: z.enum(['all', 'one']).default('all'),
		counting: z.enum(countings),
		clash: z.enum(['paper', 'web']).default('paper'),
		doubleEntry: z.boolean().default(false),
		lotSeed: z.string().trim().min(1, 'participation.rules_seed_missing').max(200),
	})
	.transform(
		(rules): BallotRules => ({
			...rules,
			...(rules.ballotType === 'choose-1' && { leastChoices: 1, mostChoices: 1 }),
			...(rules.ballotType !== 'cumulative' && { points: null }),
		}),
	)
	.refine(({ leastChoices, mostChoices }) => mostChoices === null || leastChoices <= mostChoices, {
		message: 'participation.rules_choices_crossed',
	})
	.refine(({ ballotType, points }) => ballotType !== 'cumulative' || points !== null, {
		message: 'participation.rules_points_missing',
	});
