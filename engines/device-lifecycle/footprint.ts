import { type Draws, propagate, propagateAll, type Range } from './range.ts';

/** What one device emits, apart from the electricity's own carbon. */
export interface Footprint {
	/** kg CO2e, once. */
	manufacture: Range;
	/** kg CO2e, once. */
	transport: Range;
	/** kg CO2e, once. */
	endOfLife: Range;
	/** kWh for a year of use. */
	useKwhPerYear: Range;
}

/** What is supposed; each is a decision of whoever reckons, none is hidden in a formula. */
export interface Assumptions {
	/** Years that a new device of this kind serves where nobody takes care. */
	referenceYears: Range;
	/** Years that a second life lasts. */
	secondLifeYears: Range;
	/** What a year of a refurbished device emits for its refurbishing, as a share of what a year of a new one does for its making. */
	refurbishingShare: Range;
	/** Share of its consumption that a device of today saves beside one of before. */
	newerUsesLess: Range;
	/** Share of what is avoided that is spent elsewhere: more devices, money used otherwise. */
	rebound: Range;
	/** Of reused devices, the share that stands in for a new one; the others are one more device. */
	substitution: Range;
	/** kg CO2e of a kWh where it is used. */
	electricity: Range;
}

/** Of a footprint with more to it, its numbers alone. */
/** The ranges alone, whatever else the objects hold. */
function inputsOf(footprint: Footprint, assumptions: Assumptions): Footprint & Assumptions {
	const { manufacture, transport, endOfLife, useKwhPerYear } = footprint;
	const { referenceYears, secondLifeYears, refurbishingShare } = assumptions;
	const { newerUsesLess, rebound, substitution, electricity } = assumptions;
	return {
		manufacture,
		transport,
		endOfLife,
		useKwhPerYear,
		referenceYears,
		secondLifeYears,
		refurbishingShare,
		newerUsesLess,
		rebound,
		substitution,
		electricity,
	};
}
type Values = Record<keyof Footprint | keyof Assumptions, number>;

/** kg CO2e: what buying a device causes whether or not it is ever switched on. */
export const making = ({
	manufacture,
	transport,
	endOfLife,
}: Pick<Values, 'manufacture' | 'transport' | 'endOfLife'>) => manufacture + transport + endOfLife;

/** A lifetime drawn so short that it would be none counts for this many years. */
const shortest = 0.25;
const yearsOf = (years: number) => Math.max(shortest, years);

/** kg CO2e a year: what a new device's making is, shared over the years it serves. */
const displaced = (values: Values) => making(values) / yearsOf(values.referenceYears);

/** kg CO2e of refurbishing one device: its share of a year, over the years of its second life. */
const refurbishing = (values: Values) =>
	values.refurbishingShare * displaced(values) * yearsOf(values.secondLifeYears);

/** kg CO2e a year: what an older device uses more than one of today. */
const older = ({ useKwhPerYear, newerUsesLess, electricity }: Values) =>
	useKwhPerYear * newerUsesLess * electricity;

export type Option = 'keep' | 'pool' | 'refurbished' | 'new';

/**
 * kg CO2e of one way to have a device for a year, `useKwhPerYear` being that of the device as it is catalogued.
 * New: (making ÷ years) + use. Refurbished: (refurbishing ÷ years) + use of an older device. Kept, or moved from the pool: the
 * use of an older device alone, for it is made already. The first life carries the making and the end of life (cut-off, as ISO
 * 14044 allows where it is stated); the parts of a repair are not counted.
 * @param years that it will serve, more than 0
 */
export function yearOf(
	option: Option,
	years: number,
	footprint: Footprint,
	assumptions: Assumptions,
	draws?: Draws,
): Range {
	if (!(years > 0)) throw new RangeError(`no years: ${years}`);
	return propagate(
		inputsOf(footprint, assumptions),
		(values) => {
			const use = values.useKwhPerYear * values.electricity;
			const once = option === 'new' ? making(values) : option === 'refurbished' ? refurbishing(values) : 0;
			return once / years + use * (option === 'new' ? 1 - values.newerUsesLess : 1);
		},
		draws,
	);
}

/** kg CO2e of a year of service, for what a device is credited with. */
export interface Rates {
	/** A year that the town keeps a device beyond what it would have. */
	kept: Range;
	/** A year of a refurbished device, within its second life and with its refurbishing. */
	refurbished: Range;
	/** A year that somebody uses a device that was collected, with its refurbishing. */
	reused: Range;
	/** The refurbishing alone, of one year of second life: for days that carry it and displace nothing. */
	refurbishing: Range;
}

/**
 * What a year of service avoids, by what would have been without it.
 * - kept = making ÷ reference years × (1 − rebound) − use × what a newer one saves × electricity;
 * - refurbished = the same − refurbishing ÷ years of second life;
 * - reused = substitution × making ÷ reference years × (1 − rebound) − refurbishing ÷ years of second life
 *   − use × electricity × (substitution × what a newer one saves + (1 − substitution)):
 *   where no new device is displaced, the use itself is one more.
 */
export function ratesOf(footprint: Footprint, assumptions: Assumptions, draws?: Draws): Rates {
	const inputs = inputsOf(footprint, assumptions);
	const kept = (values: Values) => displaced(values) * (1 - values.rebound) - older(values);
	const perYear = (values: Values) => refurbishing(values) / yearsOf(values.secondLifeYears);
	const reused = (values: Values) => {
		const { substitution, rebound, useKwhPerYear, electricity } = values;
		const saved = substitution * (displaced(values) * (1 - rebound) - older(values));
		return saved - (1 - substitution) * useKwhPerYear * electricity;
	};
	return propagateAll(
		inputs,
		{
			kept,
			refurbished: (values: Values) => kept(values) - perYear(values),
			reused: (values: Values) => reused(values) - perYear(values),
			refurbishing: perYear,
		},
		draws,
	);
}
