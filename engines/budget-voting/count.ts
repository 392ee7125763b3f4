import type { Countable } from './election.ts';
import { equalShares } from './equal-shares.ts';
import { greedy } from './greedy.ts';
import type { Outcome } from './outcome.ts';
import { phragmen } from './phragmen.ts';

/** A rule with its options, by a name that can be published before the vote. */
export const rules = {
	greedy: (election: Countable, seed: string) => greedy(election, { skip: true, seed }),
	'greedy-no-skip': (election: Countable, seed: string) => greedy(election, { skip: false, seed }),
	'equal-shares': (election: Countable, seed: string) => equalShares(election, { completion: 'add1', seed }),
	'equal-shares-exhaustive': (election: Countable, seed: string) =>
		equalShares(election, { completion: 'add1-exhaustive', seed }),
	phragmen: (election: Countable, seed: string) => phragmen(election, { seed }),
} satisfies Record<string, (election: Countable, seed: string) => Outcome>;

export type RuleName = keyof typeof rules;

/**
 * Count by the rule that a Pabulib file's META names: `greedy`, `greedy-no-skip`, `greedy-threshold` (with
 * `min_project_score_threshold`), `equalshares`, `equalshares/add1`.
 * @returns null for a rule that is not known here
 */
export function countByMeta(
	election: Countable & { meta: Readonly<Record<string, string>> },
): Outcome | null {
	const { rule = '', min_project_score_threshold: stated } = election.meta;
	const threshold = stated && Number.isFinite(Number(stated)) ? { threshold: Number(stated) } : {};
	switch (rule.trim().toLowerCase()) {
		case 'greedy':
		case 'greedy-threshold':
			return greedy(election, { skip: true, ...threshold });
		case 'greedy-no-skip':
			return greedy(election, { skip: false, ...threshold });
		case 'equalshares':
			return equalShares(election, { completion: 'none' });
		case 'equalshares/add1':
			return equalShares(election, { completion: 'add1' });
		default:
			return null;
	}
}
