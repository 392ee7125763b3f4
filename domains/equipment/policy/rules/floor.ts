import type { Category } from '../../kinds.ts';
import type { PolicyRules, SecurityFinding } from '../face.ts';

/** Those that are of no use without a network: none of them goes to a safe use. */
const networked: readonly Category[] = ['smartphone', 'feature_phone', 'network', 'server'];

/**
 * What to do with a device below the security floor: a supported system where it still takes one, else a use where that is
 * safe, else it leaves.
 * @param ageYears null: not known, so no system is promised to it
 */
export function floorProposal(
	rules: PolicyRules | null,
	category: Category,
	ageYears: number | null,
): SecurityFinding['proposal'] {
	const upTo = rules?.categories[category]?.reinstallUpToYears ?? 0;
	if (upTo > 0 && ageYears !== null && ageYears <= upTo) return 'reinstall';
	if (rules?.safeNeeds.length && !networked.includes(category)) return 'safe_use';
	return 'leave';
}
