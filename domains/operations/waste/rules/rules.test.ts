import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays, dayOf, instantOf, nextDayAmong, weekdayOf } from './days.ts';
import { cumulate, fitFlow, type InflowHistory, predict } from './fill-model.ts';
import { gammaOf, regularisedGamma } from './gamma.ts';
import { doubtOf, type Level, readLevels } from './levels.ts';
import { groupVehicles, prizeOf } from './plan-problem.ts';

describe('days of the town', () => {
	test('hold through the changes of the clock', () => {
		expect(instantOf('2026-03-29', '04:00').toISOString()).toBe('2026-03-29T02:00:00.000Z');
		expect(instantOf('2026-10-25', '06:00').toISOString()).toBe('2026-10-25T05:00:00.000Z');
		expect(dayOf(new Date('2026-11-23T23:30:00Z'))).toBe('2026-11-24');
		expect(nextDayAmong('2026-11-27', [1, 2, 3, 4, 5])).toBe('2026-11-30');
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 20_000 }), (n) => {
				const day = addDays('1990-01-01', n);
				expect(dayOf(instantOf(day, '12:00'))).toBe(day);
				expect(weekdayOf(addDays(day, 7))).toBe(weekdayOf(day));
			}),
		);
	});
});

describe('the gamma distribution', () => {
	test('agrees with known values', () => {
		// P(1, x) = 1 − e⁻ˣ; P(½, x²) = erf x.
		expect(regularisedGamma(1, 2)).toBeCloseTo(1 - Math.exp(-2), 12);
		expect(regularisedGamma(0.5, 1)).toBeCloseTo(0.8427007929497149, 10);
		expect(regularisedGamma(10, 10)).toBeCloseTo(0.5420702855281478, 10);
	});
	test('has quantiles that are its inverse', () => {
		fc.assert(
			fc.property(
				fc.double({ min: 0.01, max: 1000, noNaN: true }),
				fc.double({ min: 0.01, max: 1e4, noNaN: true }),
				fc.double({ min: 0.02, max: 0.98, noNaN: true }),
				(mean, variance, probability) => {
					const gamma = gammaOf(mean, variance);
					const x = gamma.quantile(probability);
					if (x > 1e-6) expect(gamma.below(x)).toBeCloseTo(probability, 4);
				},
			),
		);
	});
});

const inflow = fc.array(
	fc.record({ liters: fc.double({ min: 0, max: 5000, noNaN: true }), censored: fc.boolean() }),
	{
		maxLength: 60,
	},
);
const history = (id: string) =>
	fc.record({ volumeLiters: fc.double({ min: 100, max: 6000, noNaN: true }), inflow }).map(
		({ volumeLiters, inflow: days }): InflowHistory => ({
			id,
			volumeLiters,
			inflow: days.map((day, n) => ({ day: addDays('2026-09-01', n), ...day })),
		}),
	);

describe('the forecast', () => {
	test('gives probabilities that grow with the horizon and with what is inside', () => {
		fc.assert(
			fc.property(
				fc.tuple(history('a'), history('b'), history('c')),
				fc.double({ min: 0, max: 130, noNaN: true }),
				fc.double({ min: 0, max: 40, noNaN: true }),
				fc.double({ min: 0, max: 30, noNaN: true }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				(histories, percent, more, spread, shareLeft) => {
					const today = '2026-11-24';
					const flow = fitFlow(histories, today, () => 1);
					for (const { id, volumeLiters } of histories) {
						const model = flow.containers.get(id);
						if (!model) throw new Error('missing');
						const options = { today, shareLeft, days: 8, event: () => 1 };
						const days = predict(model, volumeLiters, { percent, spread }, options);
						const fuller = predict(model, volumeLiters, { percent: percent + more, spread }, options);
						for (const [n, day] of days.entries()) {
							for (const value of [day.mean, day.low, day.median, day.high])
								expect(value).toSatisfy(Number.isFinite);
							expect(day.overflow).toBeGreaterThanOrEqual(days[n - 1]?.overflow ?? 0);
							expect(day.overflow).toBeLessThanOrEqual(1);
							expect(fuller[n]?.overflow).toBeGreaterThanOrEqual(day.overflow - 1e-9);
							expect(day.low).toBeLessThanOrEqual(day.median + 1e-6);
							expect(day.median).toBeLessThanOrEqual(day.high + 1e-6);
						}
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	test('learns from its siblings what it cannot know, and says how unsure it is', () => {
		const days = Array.from({ length: 60 }, (_, n) => addDays('2026-09-20', n));
		const steady = (id: string, liters: number): InflowHistory => ({
			id,
			volumeLiters: 1000,
			inflow: days.map((day, n) => ({
				day,
				liters: liters * (weekdayOf(day) === 6 ? 2 : 1) * (n % 2 ? 1.1 : 0.9),
				censored: false,
			})),
		});
		const flow = fitFlow(
			[steady('a', 90), steady('b', 110), { id: 'new', volumeLiters: 2000, inflow: [] }],
			'2026-11-19',
			() => 1,
		);
		const [a, fresh] = [flow.containers.get('a'), flow.containers.get('new')];
		if (!a || !fresh) throw new Error('missing');
		expect(a.litersPerDay).toBeGreaterThan(90);
		expect(a.litersPerDay).toBeLessThan(125);
		expect(a.weekday[5]).toBeGreaterThan(1.3);
		expect(fresh.litersPerDay / 2000).toBeCloseTo((a.litersPerDay / 1000 + 0.13) / 2, 1);
		expect(fresh.litersPerDaySpread / fresh.litersPerDay).toBeGreaterThan(
			a.litersPerDaySpread / a.litersPerDay,
		);
		const usual = cumulate(a, { today: '2026-11-24', shareLeft: 1, days: 2, event: () => 1 });
		const festival = cumulate(a, { today: '2026-11-24', shareLeft: 1, days: 2, event: () => 2 });
		expect((festival[1]?.mean ?? 0) / (usual[1]?.mean ?? 1)).toBeCloseTo(2);
	});
});

describe('levels', () => {
	const start = Date.parse('2026-11-01T00:00:00+01:00');
	const hour = 3_600_000;
	/** Ten percent a day, emptied when over 80, with a little noise. */
	const levels = (
		days: number,
		change: (percent: number, n: number) => number = (percent) => percent,
	): Level[] => {
		let percent = 5;
		return Array.from({ length: days * 24 }, (_, n) => {
			if (percent > 80 && n % 24 === 9) percent = 2;
			percent += 10 / 24;
			return { at: start + n * hour, percent: change(percent + Math.sin(n * 7) * 0.5, n) };
		});
	};
	const ask = (read: Level[], more: Partial<Parameters<typeof doubtOf>[0]> = {}) =>
		doubtOf({
			levels: read,
			history: readLevels(read),
			now: (read.at(-1)?.at ?? 0) + hour,
			expectedIntervalSeconds: 3600,
			usualPercentPerDay: 10,
			pickups: [],
			...more,
		});

	test('tell pickups and what came in each day', () => {
		const read = readLevels(levels(20));
		expect(read.emptyings).toHaveLength(2);
		expect(read.emptyings[0]?.before).toBeGreaterThan(78);
		expect(read.inflow.length).toBe(19);
		for (const { percent } of read.inflow) expect(percent).toBeGreaterThan(7);
		// A day on which it was emptied lacks at most what came within the hour.
		for (const { percent } of read.inflow) expect(percent).toBeLessThan(12);
	});

	test('survive any readings', () => {
		fc.assert(
			fc.property(
				fc.array(
					fc.record({
						gap: fc.integer({ min: 1, max: 80 }),
						percent: fc.double({ min: -5, max: 105, noNaN: true }),
					}),
				),
				(steps) => {
					let at = start;
					const read = steps.map(({ gap, percent }) => {
						at += gap * hour;
						return { at, percent };
					});
					const { inflow: days } = readLevels(read);
					for (const { percent } of days) expect(percent).toSatisfy(Number.isFinite);
					ask(read);
				},
			),
		);
	});

	test('that lie are seen', () => {
		expect(ask(levels(20))).toBe(null);
		expect(ask(levels(20, (percent, n) => (n > 400 ? 42 : percent)))).toBe('stuck');
		expect(ask(levels(20, (percent, n) => (n % 5 === 0 ? 100 - percent * 0.2 + 60 : percent)))).toBe('jumps');
		expect(ask(levels(20), { now: start + 25 * 24 * hour })).toBe('silent');
		expect(ask([])).toBe('silent');
		const seen = [1, 2, 3].map((n) => ({
			at: start + n,
			fillPercent: 95,
			levelPercent: 40,
			source: 'round',
		}));
		expect(ask(levels(20), { pickups: seen })).toBe('drift');
		// Emptied, says the driver; the level goes on.
		const pickups = [
			{ at: start + 19.4 * 24 * hour - 24 * hour, fillPercent: null, levelPercent: null, source: 'round' },
		];
		expect(
			ask(
				levels(20, (_, n) => 50 + n / 24),
				{ pickups },
			),
		).toBe('drift');
	});
});

describe('the plan', () => {
	test('gives more for what is fuller and for what overflows sooner', () => {
		fc.assert(
			fc.property(
				fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 5 }),
				fc.double({ min: 0, max: 100, noNaN: true }),
				fc.double({ min: 0, max: 50, noNaN: true }),
				(overflows, level, more) => {
					const euros = { overflow: 20, pickup: 9 };
					const days = overflows.map((overflow) => ({ overflow }));
					expect(prizeOf(days, 2, level + more, euros)).toBeGreaterThanOrEqual(
						prizeOf(days, 2, level, euros),
					);
					expect(prizeOf(days, 3, level, euros)).toBeGreaterThanOrEqual(prizeOf(days, 2, level, euros));
				},
			),
		);
	});
	test('keeps apart trucks that share no flow', () => {
		const truck = (...flows: string[]) => ({ compartments: flows.map((flow) => ({ flow, liters: 1 })) });
		expect(
			groupVehicles([truck('a'), truck('b', 'c'), truck('a'), truck('c')])
				.map(({ length }) => length)
				.sort(),
		).toEqual([2, 2]);
		expect(groupVehicles([truck('a'), truck('b'), truck('a', 'b')])).toHaveLength(1);
	});
});
