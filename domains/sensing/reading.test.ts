import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sensing } from './index.ts';
import { actors, createTestSensing, declareDevice, observe, testPlaces } from './testing.ts';

let town: TestPlatform<{ sensing: Sensing }>;
let sensing: Sensing;
const { visitor, agent, key } = actors;
const school = testPlaces.school?.id ?? '';
const townHall = testPlaces['town-hall']?.id ?? '';
const minute = 60_000;
const now = Math.floor(Date.now() / minute) * minute;
const minutesAgo = (count: number) => new Date(now - count * minute);

beforeAll(async () => {
	town = await createTestPlatform(createTestSensing);
	sensing = town.built.sensing;
});
afterAll(() => town.close());

describe('who reads what', () => {
	let classroom: string;
	let office: string;
	let nowhere: string;
	beforeAll(async () => {
		classroom = await declareDevice(sensing, 'classroom', 'school');
		office = await declareDevice(sensing, 'office', 'town-hall');
		nowhere = await declareDevice(sensing, 'nowhere');
		for (const device of ['classroom', 'office', 'nowhere'])
			for (const property of ['temperature', 'co2', 'motion', 'mystery'])
				await observe(sensing, device, property, [{ at: minutesAgo(5), value: 20 }]);
	});

	const seen = async (actor: Parameters<Sensing['reading']['latest']>[0]) =>
		(await sensing.reading.latest(actor, { deviceIds: [classroom, office, nowhere] })).map(
			({ series }) => `${series.deviceName} ${series.property}`,
		);

	test('a visitor sees only what cannot speak of a person', async () => {
		expect(await seen(visitor)).toEqual([
			'Capteur classroom co2',
			'Capteur classroom temperature',
			'Capteur office temperature',
		]);
		expect(await seen(actors.resident)).toHaveLength(3);
		expect(await seen({ ...agent, secondFactor: false })).toHaveLength(3);
		expect(await seen(agent)).toHaveLength(12);
		expect(await seen(key)).toHaveLength(12);
	});

	test('what may not be read is as if it did not exist', async () => {
		const [motion] = await sensing.reading.series(agent, { deviceIds: [classroom], property: 'motion' });
		const id = motion?.id ?? 0;
		expect(await sensing.reading.range(visitor, id, minutesAgo(60), minutesAgo(0))).toEqual({
			ok: false,
			error: 'sensing.series_unknown',
		});
		expect(await sensing.reading.range(visitor, 999_999, minutesAgo(60), minutesAgo(0))).toEqual({
			ok: false,
			error: 'sensing.series_unknown',
		});
		expect(
			await sensing.reading.aggregates(visitor, id, 'hour', minutesAgo(60), minutesAgo(0)),
		).toMatchObject({
			ok: false,
		});
		const period = { from: minutesAgo(60), to: minutesAgo(0) };
		expect((await sensing.observations.read(visitor, { filter: { ids: [id] }, ...period })).items).toEqual(
			[],
		);
		expect((await sensing.observations.read(agent, { filter: { ids: [id] }, ...period })).items).toHaveLength(
			1,
		);
	});

	test('a device’s own visibility decides before everything else', async () => {
		await sensing.devices.update(actors.manager, classroom, { visibility: 'agents' });
		await sensing.devices.update(actors.manager, nowhere, { visibility: 'public' });
		expect(await seen(visitor)).toEqual([
			'Capteur nowhere co2',
			'Capteur nowhere motion',
			'Capteur nowhere mystery',
			'Capteur nowhere temperature',
			'Capteur office temperature',
		]);
		await sensing.devices.update(actors.manager, classroom, { visibility: 'default' });
		await sensing.devices.update(actors.manager, nowhere, { visibility: 'agents' });
	});

	test('what is public follows the kind of the place', async () => {
		const place = testPlaces.school;
		if (!place) throw new Error('no school');
		place.kind = 'other';
		await town.platform.jobs.send('sensing.tidy_devices', {});
		await until(async () => (await seen(visitor)).every((name) => name !== 'Capteur classroom co2'));
		expect(await seen(visitor)).toContain('Capteur classroom temperature');
		place.kind = 'school';
		await town.platform.jobs.send('sensing.tidy_devices', {});
		await until(async () => (await seen(visitor)).includes('Capteur classroom co2'));
	});

	test('the values of a place, in words and units, without those of retired devices', async () => {
		expect(await sensing.reading.valuesAtPlace(visitor, school)).toMatchObject([
			{
				series: { label: { fr: 'CO₂' }, unit: '[ppm]', symbol: 'ppm', decimals: 0 },
				value: 20,
				stale: false,
			},
			{ series: { label: { fr: 'Température', en: 'Temperature' }, symbol: '°C' }, value: 20 },
		]);
		await sensing.devices.retire(actors.manager, office);
		expect(await sensing.reading.valuesAtPlace(visitor, townHall)).toEqual([]);
	});

	test('the nearest first, with their distance in metres', async () => {
		const near = await sensing.reading.nearest(visitor, {
			longitude: 2.1,
			latitude: 47.109,
			property: 'temperature',
		});
		expect(near).toHaveLength(1);
		expect(near[0]?.distanceMeters).toBeCloseTo(1000.75, 0);
		const away = await sensing.reading.nearest(visitor, {
			longitude: 2.1,
			latitude: 47.109,
			withinMeters: 900,
		});
		expect(away).toEqual([]);
	});

	test('the map shows a device once, with all its public values', async () => {
		expect(await sensing.reading.map(visitor)).toMatchObject([
			{ deviceId: classroom, placeId: school, longitude: 2.1, values: [{}, {}] },
		]);
	});
});

describe('history', () => {
	let series: number;
	const spike = minutesAgo(777);
	beforeAll(async () => {
		await declareDevice(sensing, 'history', 'school');
		const points = Array.from({ length: 3000 }, (_, index) => ({
			at: minutesAgo(index + 1),
			value: Math.sin(index / 100) * 10,
		}));
		const at = (time: Date) => points.findIndex((point) => point.at.getTime() === time.getTime());
		const high = points[at(spike)];
		if (high) high.value = 99;
		points[at(minutesAgo(500))] = { at: minutesAgo(500), value: -500 };
		series = await observe(sensing, 'history', 'temperature', points);
	});

	test('few points come as they are, many as the lowest and highest of each interval; impossible values stay out', async () => {
		const few = await sensing.reading.range(visitor, series, minutesAgo(60), minutesAgo(0));
		expect(few.ok && few.value.downsampled).toBe(false);
		expect(few.ok && few.value.points).toHaveLength(60);
		const many = await sensing.reading.range(visitor, series, minutesAgo(4000), minutesAgo(0), {
			maxPoints: 200,
		});
		if (!many.ok) throw new Error(many.error);
		const { points, downsampled } = many.value;
		expect(downsampled).toBe(true);
		expect(points.length).toBeLessThanOrEqual(202);
		expect(points.length).toBeGreaterThan(100);
		expect(points.map(({ at }) => at.getTime())).toEqual(
			points.map(({ at }) => at.getTime()).toSorted((a, b) => a - b),
		);
		expect(points.find(({ value }) => value === 99)?.at).toEqual(spike);
		expect(Math.min(...points.map(({ value }) => value))).toBeGreaterThanOrEqual(-10);
	});

	test('hour aggregates add up to the points', async () => {
		const result = await sensing.reading.aggregates(
			visitor,
			series,
			'hour',
			minutesAgo(4000),
			minutesAgo(-60),
		);
		if (!result.ok) throw new Error(result.error);
		const { aggregates } = result.value;
		expect(aggregates.reduce((sum, { count }) => sum + count, 0)).toBe(2999);
		expect(Math.max(...aggregates.map(({ maximum }) => maximum))).toBe(99);
		for (const { average, minimum, maximum } of aggregates) {
			expect(average).toBeGreaterThanOrEqual(minimum);
			expect(average).toBeLessThanOrEqual(maximum);
		}
	});

	test('the datasets hold what is public, and only that', async () => {
		const rowsOf = async (name: string) => {
			const source = town.platform.datasets.all().find((offer) => offer.source.name === name)?.source;
			const rows = [];
			for await (const row of source?.rows() ?? [])
				rows.push(Object.fromEntries((source?.columns ?? []).map((column, index) => [column, row[index]])));
			return rows;
		};
		const sensors = await rowsOf('capteurs');
		expect(sensors.find((row) => row.series === series)).toMatchObject({
			label: 'Température',
			longitude: 2.1,
		});
		expect(sensors.map(({ property }) => property)).not.toContain('motion');
		const hours = (await rowsOf('mesures-par-heure')).filter((row) => row.series === series);
		expect(hours.reduce((sum, row) => sum + Number(row.count), 0)).toBe(2999);
		const days = (await rowsOf('mesures-par-jour')).filter((row) => row.series === series);
		expect(days.reduce((sum, row) => sum + Number(row.count), 0)).toBe(2999);
	});

	test('days are those of Paris', async () => {
		const result = await sensing.reading.aggregates(visitor, series, 'day', minutesAgo(4400), minutesAgo(0));
		const hours = result.ok
			? result.value.aggregates.map(({ from }) => from.toLocaleTimeString('fr', { timeZone: 'Europe/Paris' }))
			: [];
		expect(new Set(hours)).toEqual(new Set(['00:00:00']));
	});

	test('observations are read page by page without loss or double', async () => {
		const query = { filter: { ids: [series] }, from: minutesAgo(1000), to: minutesAgo(0), limit: 300 };
		const times: number[] = [];
		let after: { at: string; id: number } | null = null;
		do {
			const page: Awaited<ReturnType<Sensing['observations']['read']>> = await sensing.observations.read(
				visitor,
				{
					...query,
					after,
				},
			);
			times.push(...page.items.map(({ observedAt }) => observedAt.getTime()));
			after = page.next;
		} while (after);
		expect(times).toHaveLength(1000);
		expect(new Set(times).size).toBe(1000);
	});
});
