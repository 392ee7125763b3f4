import { textInput } from '@parvis/platform';

/** Fewest characters of a reason to depart from the policy: it is shown to the council, so it says something. */
export const leastReason = 20;

export const reasonInput = textInput(1000).refine(
	({ length }) => length >= leastReason,
	'equipment.reason_too_short',
);
