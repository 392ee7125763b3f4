import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ChartPoint, drawChart, plotHeight, runsOf } from '../src/lib/charts/chart.ts';
import { valueScale } from '../src/lib/charts/scale.ts';
import { startOfDay, timeTicks } from '../src/lib/charts/time-ticks.ts';
import { createFormat } from '../src/lib/format.ts';

const format = createFormat('fr');
const hour = 3_600_000;
const from = new Date('2026-11-16T00:00:00Z');
const to = new Date('2026-11-23T00:00:00Z');
const points = (values: readonly number[]): ChartPoint[] =>
	values.map((value, i) => ({ at: new Date(from.getTime() + i * hour), value }));

describe('scale of values', () => {
	test('holds every value between two round ends, with few ticks', () => {
		const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
		fc.assert(
			fc.property(value, value, (a, b) => {
				const [lowest, highest] = [Math.min(a, b), Math.max(a, b)];
				const { low, high, ticks, decimals } = valueScale(lowest, highest);
				// Less than a thousandth of a pixel.
				const slack = (highest - lowest) * 1e-6 + 1e-9;
				expect(low).toBeLessThanOrEqual(lowest + slack);
				expect(high).toBeGreaterThanOrEqual(highest - slack);
				expect(ticks.length).toBeGreaterThan(1);
				expect(ticks.length).toBeLessThanOrEqual(8);
				expect(decimals).toBeGreaterThanOrEqual(0);
			}),
		);
	});

	test('tells its ticks apart without useless digits', () => {
		expect(valueScale(400, 1300)).toMatchObject({ low: 250, high: 1500, decimals: 0 });
		expect(valueScale(20.1, 20.9)).toMatchObject({ low: 20, high: 21, decimals: 1 });
		expect(valueScale(0.02, 0.98)).toMatchObject({ low: 0, high: 1, decimals: 2 });
	});
});

describe('ticks of time', () => {
	test('are midnights of the town, also where its clock changes', () => {
		const { at, unit } = timeTicks(new Date('2026-10-22T10:00:00Z'), new Date('2026-10-28T10:00:00Z'));
		expect(unit).toBe('day');
		expect(at.map((tick) => tick.toISOString())).toEqual([
			'2026-10-22T22:00:00.000Z',
			'2026-10-23T22:00:00.000Z',
			'2026-10-24T22:00:00.000Z',
			'2026-10-25T23:00:00.000Z',
			'2026-10-26T23:00:00.000Z',
			'2026-10-27T23:00:00.000Z',
		]);
		expect(startOfDay(new Date('2026-07-01T10:00:00Z')).toISOString()).toBe('2026-06-30T22:00:00.000Z');
	});

	test('are few, in order and inside, for any period', () => {
		const start = fc.date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
		fc.assert(
			fc.property(start, fc.integer({ min: 1, max: 1000 }), (begin, days) => {
				const end = new Date(begin.getTime() + days * 24 * hour);
				const { at } = timeTicks(begin, end);
				expect(at.length).toBeLessThanOrEqual(13);
				for (const [i, tick] of at.entries()) {
					expect(tick >= begin && tick <= end).toBe(true);
					expect(tick.getTime()).toBeGreaterThan(at[i - 1]?.getTime() ?? 0);
				}
			}),
		);
	});
});

describe('a chart', () => {
	const input = { from, to, shape: 'line' as const, intervalSeconds: 3600 };

	test('draws nothing over a gap', () => {
		const series = points([1, 2, 3, 4, 5, 6]).filter((_, i) => i !== 2 && i !== 3);
		expect(runsOf(series, 3600).map(({ length }) => length)).toEqual([2, 2]);
		expect(drawChart({ ...input, points: series }, format).line.match(/M/g)).toHaveLength(2);
		// One late message is no gap.
		expect(
			runsOf(
				points([1, 2, 3]).filter((_, i) => i !== 1),
				3600,
			),
		).toHaveLength(1);
	});

	test('stays within its frame, whatever the values', () => {
		const values = fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), {
			minLength: 1,
			maxLength: 168,
		});
		fc.assert(
			fc.property(values, (given) => {
				const { line, valueTicks, empty } = drawChart({ ...input, points: points(given) }, format);
				expect(empty).toBe(false);
				for (const [, x, y] of line.matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
					expect(Number(x)).toBeGreaterThanOrEqual(0);
					expect(Number(x)).toBeLessThanOrEqual(1000);
					expect(Number(y)).toBeGreaterThanOrEqual(-0.1);
					expect(Number(y)).toBeLessThanOrEqual(plotHeight + 0.1);
				}
				expect(new Set(valueTicks.map(({ label }) => label)).size).toBe(valueTicks.length);
			}),
			{ numRuns: 60 },
		);
	});

	test('says when there is nothing', () => {
		expect(drawChart({ ...input, points: [] }, format).empty).toBe(true);
		expect(drawChart({ ...input, points: [{ at: new Date('2020-01-01'), value: 1 }] }, format).empty).toBe(
			true,
		);
	});

	test('begins bars at zero and holds steps until they change', () => {
		const bars = drawChart({ ...input, shape: 'bars', points: points([5, 8]) }, format);
		expect(bars.valueTicks.map(({ label }) => label)).toContain('0');
		expect(bars.bars).not.toBe('');
		expect(drawChart({ ...input, shape: 'steps', points: points([0, 1]) }, format).line).toMatch(
			/^M[\d.]+ [\d.]+H[\d.]+V[\d.]+$/,
		);
	});

	test('shows forecast with its margin, outliers and thresholds', () => {
		const drawing = drawChart(
			{
				...input,
				to: new Date(to.getTime() + 24 * hour),
				points: points([10, 11, 12]),
				forecast: [0, 1, 2].map((i) => ({
					at: new Date(to.getTime() + i * hour),
					value: 12,
					low: 10,
					high: 14,
				})),
				outliers: [{ at: new Date(from.getTime() + hour), value: 11 }],
				thresholds: [13, 99],
			},
			format,
		);
		expect(drawing.forecast).not.toBe('');
		expect(drawing.forecastBand).toMatch(/Z$/);
		expect(drawing.outliers).toHaveLength(1);
		expect(drawing.thresholds).toHaveLength(1);
	});
});
