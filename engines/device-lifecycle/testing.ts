import fc from 'fast-check';
import type { Assumptions, Footprint } from './footprint.ts';
import type { Range } from './range.ts';
import type { Stay } from './service.ts';

/** Ranges within bounds, low ≤ mid ≤ high. */
export const ranges = (min: number, max: number): fc.Arbitrary<Range> =>
	fc
		.array(fc.double({ min, max, noNaN: true }), { minLength: 3, maxLength: 3 })
		.map((values) => values.sort((a, b) => a - b))
		.map(([low = min, mid = min, high = min]) => ({ low, mid, high }));

export const footprints: fc.Arbitrary<Footprint> = fc.record({
	manufacture: ranges(1, 2000),
	transport: ranges(0, 100),
	endOfLife: ranges(-5, 50),
	useKwhPerYear: ranges(0, 2000),
});

export const assumptions: fc.Arbitrary<Assumptions> = fc.record({
	referenceYears: ranges(1, 10),
	secondLifeYears: ranges(1, 6),
	refurbishingShare: ranges(0, 0.6),
	newerUsesLess: ranges(0, 0.5),
	rebound: ranges(0, 0.6),
	substitution: ranges(0, 1),
	electricity: ranges(0.01, 0.5),
});

const day = fc.integer({ min: 0, max: 6000 });
const interval = fc
	.tuple(day, fc.integer({ min: 1, max: 3000 }))
	.map(([from, length]) => ({ from, to: from + length }));

/** Lives of one device, told in any order, overlapping, contradicting each other. */
export const histories: fc.Arbitrary<Stay[]> = fc
	.array(
		fc
			.record({
				where: fc.constantFrom('town' as const, 'town' as const, 'elsewhere' as const),
				used: fc.boolean(),
				interval,
				open: fc.boolean(),
				idle: fc.array(interval, { maxLength: 2 }),
			})
			.map(({ where, used, interval: { from, to }, open, idle }) => ({
				subject: '',
				where,
				acquired: used || where === 'elsewhere' ? ('used' as const) : ('new' as const),
				from,
				to: open ? null : to,
				idle,
			})),
		{ minLength: 1, maxLength: 5 },
	)
	.map((stays) => stays.map((stay, i) => ({ ...stay, subject: `s${i}` })));
