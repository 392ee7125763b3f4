export {
	type Assumptions,
	type Footprint,
	making,
	type Option,
	type Rates,
	ratesOf,
	yearOf,
} from './footprint.ts';
export { createRandom, type Random } from './random.ts';
export {
	checkRange,
	combine,
	type Draws,
	draw,
	exactly,
	propagate,
	propagateAll,
	quantile,
	type Range,
} from './range.ts';
export {
	bestChain,
	bestReplacement,
	type Chain,
	type Failures,
	failureProbability,
	type Held,
	horizonMonths,
	type Replacement,
	type Running,
	replacementMonths,
	type Successor,
} from './replacement.ts';
export {
	type Credit,
	type CreditKind,
	type CreditRule,
	creditsOf,
	type Stay,
	type Unpaid,
} from './service.ts';
