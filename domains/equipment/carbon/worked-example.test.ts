import { readFileSync } from 'node:fs';
import {
	type Assumptions,
	creditsOf,
	type Footprint,
	making,
	type Range,
	ratesOf,
	yearOf,
} from '@parvis/device-lifecycle';
import { describe, expect, it } from 'vitest';
import { shippedAssumption } from './rules/assumptions.ts';
import { dayNumber, monthlyCredits } from './rules/months.ts';

const page = readFileSync(new URL('../../../docs/footprint-of-devices.md', import.meta.url), 'utf8');

/** Rows of the page's table. */
const inputs = Object.fromEntries(
	[...page.matchAll(/^\| (\w+) +\| *([\d.]+) \| *([\d.]+) \| *([\d.]+) \|/gm)].map(
		([, name, low, mid, high]): [string, Range] => [
			String(name),
			{ low: Number(low), mid: Number(mid), high: Number(high) },
		],
	),
);
/** The bold numbers of the page, in order. */
const bold = [...page.matchAll(/\*\*([\d.]+)\*\*/g)].map(([, number]) => Number(number));
const footprint = inputs as unknown as Footprint;
const assumptions = inputs as unknown as Assumptions;
const near = (value: number, printed: number | undefined) =>
	expect(value).toBeCloseTo(printed ?? Number.NaN, 3);

describe('the worked example of docs/footprint-of-devices.md', () => {
	it('has all inputs, and those that ship with Parvis', () => {
		expect(Object.keys(inputs)).toHaveLength(11);
		for (const name of [
			'referenceYears',
			'secondLifeYears',
			'refurbishingShare',
			'newerUsesLess',
			'rebound',
			'substitution',
		] as const)
			expect(inputs[name]).toEqual(shippedAssumption(name, 'laptop').range);
	});

	it('reckons each printed number', () => {
		const { manufacture, transport, endOfLife } = footprint;
		const [
			whole,
			aYear,
			older,
			refurbishing,
			all,
			fresh,
			used,
			kept,
			keeping,
			refurbished,
			reused,
			worst,
			best,
			january,
		] = bold;
		near(making({ manufacture: manufacture.mid, transport: transport.mid, endOfLife: endOfLife.mid }), whole);
		near((whole ?? 0) / assumptions.referenceYears.mid, aYear);
		near(footprint.useKwhPerYear.mid * assumptions.newerUsesLess.mid * assumptions.electricity.mid, older);
		const rates = ratesOf(footprint, assumptions);
		near(rates.refurbishing.mid, refurbishing);
		near(rates.refurbishing.mid * assumptions.secondLifeYears.mid, all);
		near(yearOf('new', 4, footprint, assumptions).mid, fresh);
		near(yearOf('refurbished', 3, footprint, assumptions).mid, used);
		near(yearOf('keep', 1, footprint, assumptions).mid, kept);
		near(rates.kept.mid, keeping);
		near(rates.refurbished.mid, refurbished);
		near(rates.reused.mid, reused);
		const at = (end: 'low' | 'high', other: 'low' | 'high') =>
			((manufacture[end] + transport[end] + endOfLife[end]) / assumptions.referenceYears[other]) *
				(1 - assumptions.rebound[other]) -
			footprint.useKwhPerYear[other] * assumptions.newerUsesLess[other] * assumptions.electricity.mid;
		near(at('low', 'high'), worst);
		near(at('high', 'low'), best);
		expect(rates.kept.low).toBeGreaterThan(worst ?? Number.NaN);
		expect(rates.kept.high).toBeLessThan(best ?? Number.NaN);
		const [, low, high] = /program says ([\d.]+) to ([\d.]+) kg/.exec(page) ?? [];
		expect(rates.kept.low).toBeCloseTo(Number(low), 1);
		expect(rates.kept.high).toBeCloseTo(Number(high), 1);

		const stay = {
			subject: 'device/1',
			where: 'town',
			acquired: 'new',
			from: dayNumber('2018-01-01'),
			to: null,
		} as const;
		const rule = { referenceDays: 1461, secondLifeDays: 1096, until: dayNumber('2022-02-01') };
		expect(creditsOf([stay], rule).credits[0]?.from).toBe(dayNumber('2022-01-01'));
		const [month] = monthlyCredits([stay], rule, () => rates);
		expect(month).toMatchObject({ month: '2022-01-01', days: 31, kind: 'kept' });
		near(month?.carbon.mid ?? Number.NaN, january);
		expect(bold).toHaveLength(14);
	});
});
