import { system } from '@parvis/platform';
import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import fc from 'fast-check';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sensing } from './index.ts';
import { compileMapping } from './mapping.ts';
import { actors, createTestSensing } from './testing.ts';

let running: TestPlatform<{ sensing: Sensing }>;
let sensing: Sensing;
let gateway: MqttClient;
let credentials: { username: string; password: string };
let deviceId: string;

const mapping = [
	{ field: 'temperature', property: 'temperature', unit: 'Cel', minimum: -50, maximum: 70 },
	{ field: 'inner.humidity', property: 'relativeHumidity', unit: '%' },
	{ field: 'battery', property: 'batteryLevel', unit: '%' },
];

beforeAll(async () => {
	running = await createTestPlatform(createTestSensing);
	sensing = running.built.sensing;
	const type = await sensing.types.create(actors.manager, {
		vendor: 'Atelier',
		model: 'Thermo 1',
		name: 'Thermomètre',
		mapping,
		expectedIntervalSeconds: 600,
	});
	if (!type.ok) throw new Error(type.error);
	const device = await sensing.devices.create(actors.manager, {
		name: 'Salle du conseil',
		typeId: type.value.id,
		externalId: 'salle-du-conseil',
	});
	if (!device.ok) throw new Error(device.error);
	deviceId = device.value.id;
	const integration = await sensing.integrations.create(system, { name: 'réseau' });
	if (!integration.ok) throw new Error(integration.error);
	credentials = integration.value;
	gateway = await mqtt.connectAsync(sensing.brokerUrl() ?? '', credentials);
});
afterAll(async () => {
	await gateway.endAsync();
	await running.close();
});

const send = (topic: string, payload: unknown) =>
	gateway.publishAsync(topic, typeof payload === 'string' ? payload : JSON.stringify(payload), { qos: 1 });
const say = (values: object, time?: string) =>
	send('devices/salle-du-conseil/observations', { ...(time && { time }), values });
const count = async (text: string, values: unknown[] = []) =>
	(await running.platform.pool.query<{ count: number }>(text, values)).rows[0]?.count ?? 0;
const observationCount = () => count('SELECT count(*) FROM sensing.observation');

describe('an acknowledged message', () => {
	test('is committed, mapped, and shown as the latest value with the battery', async () => {
		const before = await observationCount();
		await say(
			{ temperature: 19.5, inner: { humidity: 41 }, battery: 87, unknown: 'x' },
			'2026-11-20T10:00:00Z',
		);
		expect(await observationCount()).toBe(before + 3);
		await sensing.flush();
		const detail = await sensing.devices.get(actors.manager, deviceId);
		if (!detail.ok) throw new Error(detail.error);
		expect(detail.value).toMatchObject({ batteryPercent: 87 });
		expect(detail.value.values.map(({ series, value }) => [series.property, value])).toContainEqual([
			'temperature',
			19.5,
		]);
	});

	test('that comes again, or out of order, changes nothing twice', async () => {
		const times = Array.from({ length: 20 }, (_, n) => `2026-11-19T${String(n).padStart(2, '0')}:30:00Z`);
		const before = await observationCount();
		for (const time of [...times.toReversed(), ...times]) await say({ temperature: 20 }, time);
		expect(await observationCount()).toBe(before + 20);
	});

	test('with an impossible value or a clock gone wrong is kept and flagged, and is nobody’s latest value', async () => {
		await say({ temperature: 300 }, '2026-11-21T10:00:00Z');
		await say({ temperature: 21 }, new Date(Date.now() + 30 * 86_400_000).toISOString());
		await sensing.flush();
		const { rows } = await running.platform.pool.query<{ value: number; quality: number }>(
			'SELECT value, quality & 3 AS quality FROM sensing.observation WHERE quality & 3 <> 0 ORDER BY observed_at',
		);
		expect(rows).toEqual([
			{ value: 300, quality: 1 },
			{ value: 21, quality: 2 },
		]);
		const detail = await sensing.devices.get(actors.manager, deviceId);
		expect(
			detail.ok && detail.value.values.find(({ series }) => series.property === 'temperature')?.value,
		).toBe(19.5);
	});
});

describe('rollups', () => {
	test('are the aggregates of the observations, whatever came in whatever order, however often', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(
					fc.record({
						minute: fc.integer({ min: 0, max: 4 * 1440 }),
						value: fc.integer({ min: -40, max: 60 }),
						twice: fc.boolean(),
					}),
					{ minLength: 1, maxLength: 60 },
				),
				async (items) => {
					const messages = items.flatMap(({ minute, value, twice }) => {
						// Across the change to winter time, where a day of Paris has 25 hours.
						const time = new Date(Date.UTC(2026, 9, 23, 22) + minute * 60_000).toISOString();
						return Array.from({ length: twice ? 2 : 1 }, () => ({ time, values: { temperature: value } }));
					});
					await send('devices/salle-du-conseil/observations', messages);
					if (items.length % 2) await sensing.flush();
				},
			),
			{ numRuns: 15 },
		);
		await sensing.flush();
		for (const [table, bucket] of [
			['observation_hour', `date_trunc('hour', observed_at)`],
			['observation_day', `date_trunc('day', observed_at, 'Europe/Paris')`],
		])
			expect(
				await count(`
					SELECT count(*) FROM sensing.${table} kept FULL JOIN (
						SELECT series_id, ${bucket} AS bucket, count(*)::int AS count, sum(value) AS sum, min(value) AS minimum,
							max(value) AS maximum, (array_agg(value ORDER BY observed_at DESC))[1] AS last
						FROM sensing.observation WHERE quality & 3 = 0 GROUP BY 1, 2) seen
					USING (series_id, bucket)
					WHERE (kept.count, kept.minimum, kept.maximum, kept.last) IS DISTINCT FROM
						(seen.count, seen.minimum, seen.maximum, seen.last) OR abs(kept.sum - seen.sum) > 1e-6`),
			).toBe(0);
	});
});

describe('what cannot be understood', () => {
	test('waits with its reason, is acknowledged, and is replayed when the reason is gone', async () => {
		await send('devices/salle-du-conseil/observations', '{"values": {"temperature": 2');
		await send('devices/salle-du-conseil/observations', { time: 'hier', values: { temperature: 3 } });
		await say({ temperature: 'froid' }, '2026-11-18T10:00:00Z');
		await send('application/1/device/zz/event/up', { deviceInfo: {}, data: '' });
		const letters = await sensing.deadLetters.list(actors.manager);
		expect(letters.ok && letters.value.items.map(({ reason }) => reason).toSorted()).toEqual([
			'field_not_a_number',
			'invalid_time',
			'no_identifier',
			'not_json',
		]);
		expect(await sensing.deadLetters.replay(actors.visitor, {})).toMatchObject({
			error: 'platform.not_allowed',
		});
		// What is no number yet is not said to have gone in.
		expect(await sensing.deadLetters.replay(actors.manager, { reason: 'field_not_a_number' })).toMatchObject({
			value: { replayed: 0, failed: 1 },
		});
		const detail = await sensing.devices.get(actors.manager, deviceId);
		const typeId = detail.ok ? detail.value.type.id : '';
		await sensing.types.update(actors.manager, typeId, {
			mapping: mapping.map((entry) =>
				entry.field === 'temperature' ? { ...entry, values: { froid: 4 } } : entry,
			),
		});
		const before = await observationCount();
		const replayed = await until(async () => {
			// The other processes hear of the change by a notification.
			const result = await sensing.deadLetters.replay(actors.manager, { reason: 'field_not_a_number' });
			return result.ok && result.value.replayed === 1 && result.value;
		});
		expect(replayed).toEqual({ replayed: 1, failed: 0 });
		expect(await observationCount()).toBe(before + 1);
	});

	test('of a device nobody declared waits in the tray and goes in when it is adopted', async () => {
		const eui = '70b3d57ed0000042';
		const uplink = (n: number) => ({
			deviceInfo: { devEui: eui.toUpperCase(), deviceName: 'Inconnu', applicationName: 'Ville' },
			time: `2026-11-22T0${n}:00:00Z`,
			fPort: 2,
			data: 'AQI=',
			object: { temperature: 10 + n },
		});
		for (const n of [1, 2, 3]) await send(`application/1/device/${eui}/event/up`, uplink(n));
		const tray = await sensing.tray.list(actors.manager);
		const waiting = tray.ok ? tray.value.items[0] : undefined;
		expect(waiting).toMatchObject({
			identifier: { devEui: eui },
			uplinkCount: 3,
			hints: { name: 'Inconnu' },
		});
		const detail = await sensing.devices.get(actors.manager, deviceId);
		const before = await observationCount();
		const adopted = await sensing.tray.adopt(actors.manager, waiting?.id ?? '', {
			name: 'Cour de l’école',
			typeId: detail.ok ? detail.value.type.id : '',
		});
		expect(adopted).toMatchObject({ ok: true, value: { replayed: 3 } });
		expect(await observationCount()).toBe(before + 3);
		expect(await sensing.tray.list(actors.manager)).toMatchObject({ value: { total: 0 } });
	});

	test('is never lost nor fatal, whatever it is: every message is stored, waits, or is a dead letter', async () => {
		const letters = () => count('SELECT count(*) FROM sensing.dead_letter');
		const before = await letters();
		const kinds: number[] = [];
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(
					fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
					fc.json().map((text) => Buffer.from(text)),
					fc
						.string({ unit: 'binary' })
						.map((text) => Buffer.from(JSON.stringify({ values: { [text]: text, temperature: text } }))),
					fc.constant(Buffer.from('{"values":{"__proto__":{"temperature":1},"temperature":1e999}}')),
					fc.constant(Buffer.from('['.repeat(5000))),
				),
				async (payload) => {
					kinds.push(payload.length);
					await gateway.publishAsync('devices/salle-du-conseil/observations', payload, { qos: 1 });
					await gateway.publishAsync('application/1/device/x/event/up', payload, { qos: 1 });
				},
			),
			{ numRuns: 300 },
		);
		// No identifier can come out of rubbish, so each of the second kind is a letter.
		expect((await letters()) - before).toBeGreaterThanOrEqual(kinds.length);
		expect(sensing.ingest.waiting).toBe(0);
		expect(gateway.connected).toBe(true);
	});
});

describe('the broker', () => {
	test('lets nobody in without a right password, and a device publish only under its name', async () => {
		const url = sensing.brokerUrl() ?? '';
		for (const options of [
			{},
			{ username: credentials.username, password: 'faux' },
			{ username: "' OR 1=1 --", password: 'x' },
		])
			await expect(mqtt.connectAsync(url, { ...options, reconnectPeriod: 0 })).rejects.toThrow();
		const own = await sensing.devices.renewCredential(actors.manager, deviceId);
		if (!own.ok) throw new Error(own.error);
		const device = await mqtt.connectAsync(url, { ...own.value, reconnectPeriod: 0 });
		const before = await observationCount();
		await device.publishAsync('devices/salle-du-conseil/observations', '{"temperature": 18}', { qos: 1 });
		expect(await observationCount()).toBe(before + 1);
		const closed = new Promise<void>((resolve) => device.once('close', () => resolve()));
		device.publishAsync('devices/autre/observations', '{"temperature": 18}', { qos: 1 }).catch(() => {});
		await closed;
		expect(await count(`SELECT count(*) FROM sensing.waiting_device WHERE external_id = 'autre'`)).toBe(0);
	});
});

describe('mapping', () => {
	test('scales, divides by a device’s parameter, reads words, and never gives what is no number', () => {
		const map = compileMapping(
			[
				{
					field: 'distance',
					property: 'fillingLevel',
					unit: '%',
					scale: -100,
					divideBy: 'heightMillimeters',
					offset: 100,
					minimum: 0,
					maximum: 100,
				},
				{ field: 'door', property: 'doorOpen', unit: '1', values: { open: 1, closed: 0 } },
			],
			{ heightMillimeters: 2000 },
		);
		expect(map({ distance: 500, door: 'open' }).values.map(({ value }) => value)).toEqual([75, 1]);
		expect(map({ distance: 5000 }).values[0]).toMatchObject({ value: -150, quality: 1 });
		expect(map({ door: 'ajar' })).toEqual({ values: [], unusable: ['door'] });
		fc.assert(
			fc.property(fc.object(), fc.anything(), (fields, distance) =>
				map({ ...fields, distance }).values.every(({ value }) => Number.isFinite(value)),
			),
		);
	});
});
