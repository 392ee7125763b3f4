import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	type Assumptions,
	combine,
	creditsOf,
	exactly,
	type Footprint,
	making,
	propagate,
	ratesOf,
	type Stay,
	yearOf,
} from './index.ts';
import { assumptions, footprints, histories, ranges } from './testing.ts';

const sure = (values: Record<keyof Assumptions, number>) =>
	Object.fromEntries(
		Object.entries(values).map(([name, value]) => [name, exactly(value)]),
	) as unknown as Assumptions;
const laptop: Footprint = {
	manufacture: exactly(200),
	transport: exactly(10),
	endOfLife: exactly(2),
	useKwhPerYear: exactly(30),
};
const supposed = {
	referenceYears: 5,
	secondLifeYears: 3,
	refurbishingShare: 0.3,
	newerUsesLess: 0.1,
	rebound: 0.1,
	substitution: 0.6,
	electricity: 0.05,
};

describe('ranges', () => {
	it('are the input’s own where nothing is reckoned, and what is sure stays sure', () => {
		fc.assert(
			fc.property(ranges(1, 1000), (range) => {
				const same = propagate({ range }, (values) => values.range, { draws: 4000 });
				const width = range.high - range.low;
				expect(same.mid).toBe(range.mid);
				expect(Math.abs(same.low - range.low)).toBeLessThanOrEqual(0.12 * width + 1e-9);
				expect(Math.abs(same.high - range.high)).toBeLessThanOrEqual(0.12 * width + 1e-9);
			}),
			{ numRuns: 30 },
		);
		expect(propagate({ a: exactly(3), b: exactly(4) }, ({ a, b }) => a * b)).toEqual(exactly(12));
	});

	it('lie within the worst case of all inputs at once, and repeat with their seed', () => {
		fc.assert(
			fc.property(footprints, assumptions, fc.nat(), (footprint, supposing, seed) => {
				const rates = ratesOf(footprint, supposing, { seed, draws: 200 });
				expect(ratesOf(footprint, supposing, { seed, draws: 200 })).toEqual(rates);
				for (const { low, mid, high } of Object.values(rates)) {
					expect(low).toBeLessThanOrEqual(mid);
					expect(mid).toBeLessThanOrEqual(high);
				}
			}),
			{ numRuns: 25 },
		);
	});

	it('refuse what is no range', () => {
		const bad = { low: 2, mid: 1, high: 3 };
		expect(() => propagate({ bad }, ({ bad: value }) => value)).toThrow('no range');
		expect(() => yearOf('new', 0, laptop, sure(supposed))).toThrow('no years');
	});

	it('by a negative amount turn round', () => {
		expect(
			combine([
				[-2, { low: 1, mid: 2, high: 4 }],
				[1, exactly(10)],
			]),
		).toEqual({ low: 2, mid: 6, high: 8 });
	});
});

describe('a year of a device', () => {
	it('is what the formula says', () => {
		const years = (option: 'keep' | 'pool' | 'refurbished' | 'new', n: number) =>
			yearOf(option, n, laptop, sure(supposed)).mid;
		expect(years('new', 5)).toBeCloseTo(212 / 5 + 30 * 0.9 * 0.05);
		expect(years('keep', 2)).toBeCloseTo(1.5);
		expect(years('pool', 2)).toBeCloseTo(1.5);
		expect(years('refurbished', 3)).toBeCloseTo((0.3 * (212 / 5) * 3) / 3 + 1.5);
	});

	it('adds up: its shares over its years are its making, whatever the years', () => {
		fc.assert(
			fc.property(footprints, fc.integer({ min: 1, max: 20 }), (footprint, years) => {
				const without = { ...footprint, useKwhPerYear: exactly(0) };
				const mids = {
					manufacture: footprint.manufacture.mid,
					transport: footprint.transport.mid,
					endOfLife: footprint.endOfLife.mid,
				};
				expect(yearOf('new', years, without, sure(supposed), { draws: 1 }).mid * years).toBeCloseTo(
					making(mids),
					6,
				);
			}),
		);
	});

	it('avoids what the formulas say', () => {
		const rates = ratesOf(laptop, sure(supposed));
		expect(rates.kept.mid).toBeCloseTo(42.4 * 0.9 - 0.15);
		expect(rates.refurbished.mid).toBeCloseTo(42.4 * 0.9 - 0.15 - 0.3 * 42.4);
		expect(rates.reused.mid).toBeCloseTo(0.6 * (42.4 * 0.9 - 0.15) - 0.3 * 42.4 - 0.4 * 1.5);
	});
});

const rule = { referenceDays: 1826, secondLifeDays: 1096, until: 7000 };
const displaced = (stays: readonly Stay[], until = rule.until) =>
	creditsOf(stays, { ...rule, until })
		.credits.filter(({ displaces }) => displaces)
		.reduce((sum, { from, to }) => sum + to - from, 0);

/** Days on which anybody could have used it: those told, each once; elsewhere as long as a second life is believed. */
function daysOfService(stays: readonly Stay[], until = rule.until): number {
	const days = new Set<number>();
	for (const stay of stays) {
		const end = Math.min(
			stay.to ?? until,
			until,
			stay.where === 'elsewhere' ? stay.from + rule.secondLifeDays : until,
		);
		for (let day = stay.from; day < end; day++)
			if (!stay.idle?.some(({ from, to }) => day >= from && day < to)) days.add(day);
	}
	return days.size;
}

describe('what is credited', () => {
	const stay = (more: Partial<Stay>): Stay => ({
		subject: 'd',
		where: 'town',
		acquired: 'new',
		from: 0,
		to: null,
		...more,
	});

	it('is nothing within the reference years, and each day beyond', () => {
		expect(creditsOf([stay({})], { ...rule, until: 1826 }).credits).toEqual([]);
		expect(displaced([stay({})], 1827)).toBe(1);
		expect(displaced([stay({ to: 2000 })])).toBe(2000 - 1826);
	});

	it('stops while it serves nobody', () => {
		expect(displaced([stay({ to: 3000, idle: [{ from: 2000, to: 2500 }] })])).toBe(3000 - 500 - 1826);
	});

	it('charges the refurbishing whole when a second life ends early', () => {
		const { credits, unpaid } = creditsOf([stay({ acquired: 'used', to: 300 })], rule);
		expect(credits).toEqual([
			{ subject: 'd', kind: 'refurbished', from: 0, to: 300, displaces: true, refurbishing: true },
		]);
		expect(unpaid).toEqual([{ subject: 'd', kind: 'refurbished', day: 299, days: 1096 - 300 }]);
	});

	it('goes from refurbished to kept, and never counts both', () => {
		const { credits } = creditsOf([stay({ acquired: 'used', to: 2000 })], rule);
		expect(credits.map(({ kind, from, to }) => [kind, from, to])).toEqual([
			['refurbished', 0, 1096],
			['kept', 1096, 2000],
		]);
	});

	it('of one handed on and bought back carries the first life once, and each day once', () => {
		const stays = [
			stay({ subject: 'first', to: 1000 }),
			stay({ subject: 'item', where: 'elsewhere', acquired: 'used', from: 1000 }),
			stay({ subject: 'told twice', where: 'elsewhere', acquired: 'used', from: 1010 }),
			stay({ subject: 'back', acquired: 'used', from: 1500, to: 4000 }),
		];
		const { credits, unpaid } = creditsOf(stays, rule);
		expect(displaced(stays)).toBe(4000 - 1826);
		expect(credits.some(({ subject }) => subject === 'told twice')).toBe(false);
		expect(unpaid).toEqual([{ subject: 'item', kind: 'reused', day: 1499, days: 1096 - 500 }]);
	});

	it('is never more than the days of service beyond the life that carries its making, however the facts are told', () => {
		fc.assert(
			fc.property(histories, (stays) => {
				const { credits } = creditsOf(stays, rule);
				const days = new Set<number>();
				let sum = 0;
				for (const { from, to, displaces } of credits)
					for (let day = from; displaces && day < to; day++) {
						days.add(day);
						sum++;
					}
				expect(sum).toBe(days.size);
				const first = stays.toSorted((a, b) => a.from - b.from)[0];
				const boughtNew = stays.every(
					({ acquired, from }) => acquired === 'new' || from > (first?.from ?? 0),
				);
				const owed = boughtNew && first?.acquired === 'new' && !first.idle?.length ? rule.referenceDays : 0;
				expect(sum).toBeLessThanOrEqual(Math.max(0, daysOfService(stays) - owed));
			}),
			{ numRuns: 300 },
		);
	});

	it('does not depend on the order in which facts are told', () => {
		fc.assert(
			fc.property(
				histories.chain((stays) =>
					fc.tuple(fc.constant(stays), fc.shuffledSubarray(stays, { minLength: stays.length })),
				),
				([stays, shuffled]) => {
					expect(creditsOf(shuffled, rule)).toEqual(creditsOf(stays, rule));
				},
			),
			{ numRuns: 200 },
		);
	});

	it('grows day by day and is never taken in advance', () => {
		fc.assert(
			fc.property(histories, fc.integer({ min: 1, max: 6000 }), (stays, until) => {
				const grown = displaced(stays, until + 1) - displaced(stays, until);
				expect(grown === 0 || grown === 1).toBe(true);
			}),
			{ numRuns: 200 },
		);
	});
});
