import { textInput } from '@parvis/platform';
import { z } from 'zod';

const text = (most: number) => textInput(most).default('');
export const cents = z
	.int('participation.cost_invalid')
	.min(0, 'participation.cost_invalid')
	.max(1e13, 'participation.cost_invalid')
	.nullable()
	.default(null);

export const assignInput = z.object({
	service: textInput(80, 'participation.service_missing'),
	reviewerId: z.uuid().nullable().default(null),
	dueOn: z.iso.date('participation.date_invalid').nullable().default(null),
});

/** What a service answers: where it can be done, at what cost. */
export const answerInput = z
	.object({
		feasible: z.enum(['yes', 'changed', 'no'], 'participation.feasible_missing'),
		investmentCents: cents,
		yearlyCents: cents,
		how: text(4000),
		timing: text(500),
		privateNote: text(4000),
	})
	.refine(({ feasible, investmentCents }) => feasible === 'no' || investmentCents !== null, {
		message: 'participation.cost_missing',
	});
