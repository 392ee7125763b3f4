import type { Category } from '../../kinds.ts';
import { holdsData } from '../../wiping/rules/techniques.ts';

interface Held {
	category: Category;
	holds_data: boolean;
}

/**
 * Whether a correction takes an item, even by one step of two, out of what has to be wiped: it was said to hold data and is
 * no longer, or its category always does and the other need not.
 */
export function rulesOutData(before: Held, after: Held): boolean {
	const always = (held: Held) => holdsData(held.category) === 'yes';
	return (before.holds_data && !after.holds_data) || (always(before) && !always(after));
}
