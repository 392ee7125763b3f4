import type { FootprintInput, ModelInput } from '@parvis/equipment';
import { optional, optionalNumber, type Typed } from './forms.ts';
import { centsOf } from './money.ts';

/** A model as its form gives it. */
export function modelOf(typed: Typed): ModelInput {
	return {
		manufacturer: typed.manufacturer ?? '',
		name: typed.name ?? '',
		category: typed.category ?? '',
		supportedUntil: optional(typed.supportedUntil),
		supportSource: optional(typed.supportSource),
		newPriceCents: centsOf(typed.newPrice),
		refurbishedPriceCents: centsOf(typed.refurbishedPrice),
		note: optional(typed.note),
		...(typed.version && { version: Number(typed.version) }),
	};
}

/** A footprint of the town's own as its form gives it. */
export function footprintOf(typed: Typed, of: { category: string } | { modelId: string }): FootprintInput {
	const range = (phase: string) => {
		const bound = (name: string) => optionalNumber(typed[`${phase}.${name}`]) ?? Number.NaN;
		return { low: bound('low'), mid: bound('mid'), high: bound('high') };
	};
	return {
		...of,
		validFrom: typed.validFrom ?? '',
		manufacture: range('manufacture'),
		transport: range('transport'),
		endOfLife: range('endOfLife'),
		useKwhPerYear: range('useKwhPerYear'),
		source: typed.source ?? '',
		sourceYear: optionalNumber(typed.sourceYear) ?? Number.NaN,
		licence: typed.licence ?? '',
		url: optional(typed.url),
		caveat: optional(typed.caveat),
	};
}
