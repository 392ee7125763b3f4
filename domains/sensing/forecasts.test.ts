import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fit, leastHours, outOfBand, prepare } from './forecasts/model.ts';
import type { Sensing } from './index.ts';
import { parsePlain } from './ingest/networks.ts';
import { actors, createTestSensing, declareDevice } from './testing.ts';

const hours = 6 * 7 * 24;
/** Warmer by day, cooler at the weekend, drifting, with a little noise that is the same each time. */
const pattern = (n: number) =>
	18 +
	4 * Math.sin((n / 24) * 2 * Math.PI) -
	(Math.floor(n / 24) % 7 >= 5 ? 3 : 0) +
	n * 0.002 +
	Math.sin(n * 12.9898) * 0.3;
const known = Array.from({ length: hours }, (_, n) => pattern(n));

describe('a forecast', () => {
	test('of a pattern with noise is nearer than repeating last week, and its interval holds what comes', () => {
		const result = fit(known, 48);
		if (!result.ok) throw new Error(result.reason);
		const coming = Array.from({ length: 48 }, (_, n) => pattern(hours + n));
		const error = (guess: (n: number) => number) =>
			coming.reduce((sum, value, n) => sum + Math.abs(value - guess(n)), 0) / 48;
		const ours = error((n) => result.fitted.expected[n] ?? Number.NaN);
		const lastWeek = error((n) => known[hours - 168 + n] ?? Number.NaN);
		expect(ours).toBeLessThan(lastWeek);
		const inside = coming.filter(
			(value, n) => value >= (result.fitted.lower[n] ?? 0) && value <= (result.fitted.upper[n] ?? 0),
		);
		expect(inside.length).toBeGreaterThan(36);
	});

	test('shows the hours of the past that do not fit', () => {
		const strange = known.with(500, 60).with(700, -20);
		const result = fit(strange, 24);
		expect(result.ok && result.fitted.outliers.map(({ index }) => index)).toEqual([500, 700]);
	});

	test('is refused with the reason where it could only mislead', () => {
		expect(fit(known.slice(0, leastHours - 1), 48)).toEqual({ ok: false, reason: 'short' });
		expect(
			fit(
				known.map(() => 20),
				48,
			),
		).toEqual({ ok: false, reason: 'constant' });
		expect(
			fit(
				known.map((value, n) => (n % 3 ? null : value)),
				48,
			),
		).toEqual({ ok: false, reason: 'gaps' });
		expect(fit([], 48)).toEqual({ ok: false, reason: 'short' });
		fc.assert(
			fc.property(fc.array(fc.option(fc.integer()), { maxLength: 500 }), (list) => {
				const prepared = prepare(list);
				return !prepared.ok || prepared.values.every(Number.isFinite);
			}),
		);
	});

	test('draws over short gaps', () => {
		const prepared = prepare(known.map((value, n) => (n === 400 || n === 401 ? null : value)));
		if (!prepared.ok) throw new Error(prepared.reason);
		expect(prepared.values[400]).toBeCloseTo((2 * (known[399] ?? 0) + (known[402] ?? 0)) / 3);
	});
});

test('among siblings the one that leaves the band is seen, and none when all agree', () => {
	const group = Array.from({ length: 8 }, (_, s) => known.slice(0, 48).map((value) => value + s * 0.05));
	expect(outOfBand(group)).toEqual([]);
	const cold = group.with(
		3,
		(group[3] ?? []).map((value, n) => (n > 20 ? value - 9 : value)),
	);
	const found = outOfBand(cold);
	expect(new Set(found.map(({ series }) => series))).toEqual(new Set([3]));
	expect(Math.min(...found.map(({ index }) => index))).toBeGreaterThanOrEqual(20);
});

describe('in the room', () => {
	let running: TestPlatform<{ sensing: Sensing }>;
	let sensing: Sensing;
	beforeAll(async () => {
		running = await createTestPlatform(createTestSensing);
		sensing = running.built.sensing;
	});
	afterAll(() => running.close());

	test('forecasts are made from what came in, kept, and shown to those who may see the series', async () => {
		await declareDevice(sensing, 'serre');
		await declareDevice(sensing, 'neuf');
		const now = new Date('2026-11-23T10:00:00Z');
		const send = async (device: string, count: number) => {
			const items = Array.from({ length: count }, (_, n) => ({
				time: new Date(now.getTime() - (count - n) * 3_600_000).toISOString(),
				values: { temperature: n === count - 30 ? 70 : pattern(n) },
			}));
			const payload = Buffer.from(JSON.stringify(items));
			const { messages } = parsePlain('http', device, payload, now);
			await sensing.ingest.accept(messages, [], { source: 'http', topic: null, payload });
		};
		await send('serre', 30 * 24);
		await send('neuf', 50);
		await sensing.flush();
		expect(await sensing.forecasts.run({ now })).toMatchObject({ made: 1, skipped: 1 });
		expect(await sensing.forecasts.run({ now, madeBefore: new Date(8.64e15) })).toMatchObject({
			made: 1,
			skipped: 1,
		});
		expect(await sensing.forecasts.run({ now, madeBefore: new Date(0) })).toMatchObject({
			made: 0,
			skipped: 0,
		});
		const series = await sensing.reading.series(actors.manager, {});
		const byDevice = async (name: string) => {
			const { rows } = await running.platform.pool.query<{ id: number }>(
				'SELECT series.id FROM sensing.series JOIN sensing.device ON device.id = device_id WHERE external_id = $1',
				[name],
			);
			return rows[0]?.id ?? 0;
		};
		expect(series.length).toBeGreaterThanOrEqual(2);
		const long = await byDevice('serre');
		const made = await sensing.forecasts.of(actors.manager, long);
		expect(made.ok && made.value).toMatchObject({ skipped: null });
		expect(made.ok && made.value?.points).toHaveLength(48);
		expect(made.ok && made.value?.points[0]?.at).toEqual(now);
		const outliers = await sensing.forecasts.outliers(actors.manager, long, new Date(0), now);
		expect(outliers.ok && outliers.value).toMatchObject([{ basis: 'pattern', value: 70 }]);
		expect(await sensing.forecasts.of(actors.manager, await byDevice('neuf'))).toMatchObject({
			value: { skipped: 'short' },
		});
		expect(await sensing.forecasts.of(actors.visitor, long)).toMatchObject({
			error: 'sensing.series_unknown',
		});
		const { rows } = await running.platform.pool.query(
			'SELECT value FROM sensing.observation WHERE quality & 4 <> 0',
		);
		expect(rows).toEqual([{ value: 70 }]);
	});
});
