import type { Typed } from './forms.ts';
import { optional, optionalNumber } from './forms.ts';
import { centsOf } from './money.ts';

/** A line of an order as its form gives it. */
export const lineOf = (typed: Typed) => ({
	category: typed.category ?? '',
	modelId: optional(typed.modelId),
	label: typed.label ?? '',
	quantity: optionalNumber(typed.quantity) ?? Number.NaN,
	unitCents: centsOf(typed.unit) ?? Number.NaN,
	acquired: typed.acquired ?? '',
	donated: typed.donated === 'on',
	recycledContent: typed.recycledContent === 'on',
	need: optional(typed.need),
	exceptionReason: optional(typed.exceptionReason),
});
