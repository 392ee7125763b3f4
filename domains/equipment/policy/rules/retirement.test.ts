import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RetiredCount, retirementGoal, retirementShare } from './retirement.ts';

const counts: fc.Arbitrary<RetiredCount[]> = fc.array(
	fc.record({
		wasInStock: fc.boolean(),
		leftAs: fc.constantFrom(null, 'reused', 'sold', 'donated', 'parts', 'recycled'),
		proven: fc.boolean(),
		devices: fc.integer({ min: 1, max: 50 }),
	}),
);

test('the goals of the decree', () => {
	expect([2022, 2023, 2024, 2025, 2031].map(retirementGoal)).toEqual([null, 25, 35, 50, 50]);
});

test('a year that a person reckons by hand', () => {
	const year: RetiredCount[] = [
		{ wasInStock: true, leftAs: 'donated', proven: true, devices: 20 },
		{ wasInStock: false, leftAs: 'sold', proven: true, devices: 10 },
		{ wasInStock: true, leftAs: 'reused', proven: false, devices: 12 },
		{ wasInStock: true, leftAs: 'recycled', proven: false, devices: 18 },
		{ wasInStock: true, leftAs: null, proven: false, devices: 10 },
	];
	// B = 20 + 12 + 18 + 10 = 60; A = 42, of which 30 proven: 70 % and 50 %.
	expect(retirementShare(2026, year)).toEqual({
		year: 2026,
		inStock: 60,
		left: 60,
		reuse: 42,
		provenReuse: 30,
		percent: 70,
		provenPercent: 50,
		goalPercent: 50,
		reached: true,
	});
	expect(retirementShare(2026, [...year, { ...year[4], devices: 1 } as RetiredCount])).toMatchObject({
		reached: false,
	});
});

test('no part is greater than its whole, and more proof never turns the answer to no', () => {
	fc.assert(
		fc.property(counts, fc.integer({ min: 2020, max: 2035 }), (list, year) => {
			const { left, reuse, provenReuse, inStock, reached, percent } = retirementShare(year, list);
			expect(provenReuse).toBeLessThanOrEqual(reuse);
			expect(reuse).toBeLessThanOrEqual(left);
			expect(percent === null).toBe(inStock === 0);
			const proven = retirementShare(
				year,
				list.map((one) => ({ ...one, proven: true })),
			);
			if (reached) expect(proven.reached).toBe(true);
		}),
	);
});
