import { type Actor, anonymous, createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Sensing } from './index.ts';
import { createRetention } from './ingest/retention.ts';
import { actors, createTestSensing } from './testing.ts';

let town: TestPlatform<{ sensing: Sensing }>;
let sensing: Sensing;
let http: FastifyInstance;
let url: string;
const eui = '24e124136b502217';
const codec = `function decodeUplink(input) {
	if (input.bytes.length !== 2) return { errors: ['two bytes expected'] };
	return { data: { temperature: (input.bytes[0] << 8 | input.bytes[1]) / 10, port: input.fPort } };
}`;

async function send(
	path: string,
	body: unknown,
	type = 'application/json',
	actor: keyof typeof actors = 'key',
) {
	const response = await fetch(`${url}/api/v1${path}`, {
		method: 'POST',
		headers: { 'content-type': type, 'x-test-actor': actor },
		body: typeof body === 'string' || body instanceof ReadableStream ? body : JSON.stringify(body),
		...(body instanceof ReadableStream && { duplex: 'half' as const }),
	});
	return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function values(): Promise<[string, number][]> {
	const { rows } = await town.platform.pool.query<{ at: Date; value: number }>(
		`SELECT observed_at AS at, value FROM sensing.observation
		JOIN sensing.series ON series.id = series_id WHERE property = 'temperature' ORDER BY 1`,
	);
	return rows.map(({ at, value }) => [at.toISOString().slice(0, 19), value]);
}

beforeAll(async () => {
	town = await createTestPlatform(createTestSensing);
	sensing = town.built.sensing;
	const mapping = [
		{ field: 'temperature', property: 'temperature', unit: 'Cel' },
		{ field: 'port', property: 'port', unit: '1' },
	];
	for (const [model, identifier, codecSource] of [
		['LoRa', { devEui: eui }, codec],
		['JSON', { externalId: 'hall' }, null],
	] as const) {
		const type = await sensing.types.create(actors.manager, {
			vendor: 'Atelier',
			model,
			name: model,
			mapping,
			codecSource,
			retentionDays: 3650,
			expectedIntervalSeconds: 600,
		});
		if (!type.ok) throw new Error(type.error);
		const device = await sensing.devices.create(actors.manager, {
			name: model,
			typeId: type.value.id,
			...identifier,
		});
		if (!device.ok) throw new Error(device.error);
	}
	const authenticate = async (headers: Headers): Promise<Actor> =>
		actors[headers.get('x-test-actor') as keyof typeof actors] ?? anonymous;
	http = await createHttp(town.platform, { authenticate, apiRequestsPerMinute: 100_000 });
	await mountApi(http, sensing.room.api ? [sensing.room.api] : []);
	url = await http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
	await http.close();
	await town.close();
});

describe('network servers by HTTP', () => {
	test('ChirpStack: uplinks are decoded, its battery status is the device’s, its other events are left aside', async () => {
		const deviceInfo = { devEui: eui.toUpperCase(), deviceName: 'Salle' };
		const up = { deviceInfo, time: '2026-11-01T08:00:00Z', fPort: 85, data: 'AMg=' };
		expect(await send('/ingest/chirpstack?event=up', up)).toMatchObject({
			status: 200,
			body: { observations: 2 },
		});
		expect(await values()).toEqual([['2026-11-01T08:00:00', 20]]);
		expect((await send('/ingest/chirpstack?event=join', { deviceInfo })).status).toBe(200);
		const status = {
			deviceInfo,
			batteryLevel: 73.5,
			externalPowerSource: false,
			batteryLevelUnavailable: false,
		};
		expect((await send('/ingest/chirpstack?event=status', status)).status).toBe(200);
		await sensing.flush();
		const list = await sensing.devices.list(actors.manager, { text: 'LoRa' });
		expect(list.ok && list.value.items[0]?.batteryPercent).toBe(73.5);
	});

	test('The Things Stack: the webhook’s uplink is decoded by our codec, whatever the network made of it', async () => {
		const uplink = {
			end_device_ids: {
				device_id: 'salle',
				dev_eui: eui.toUpperCase(),
				application_ids: { application_id: 'ville' },
			},
			received_at: '2026-11-01T09:00:01Z',
			uplink_message: {
				f_port: 85,
				frm_payload: 'ANI=',
				decoded_payload: { temperature: 99 },
				received_at: '2026-11-01T09:00:00.5Z',
			},
		};
		expect((await send('/ingest/things-stack', uplink)).body).toMatchObject({ observations: 2, refused: [] });
		expect((await values()).at(-1)).toEqual(['2026-11-01T09:00:00', 21]);
		expect((await send('/ingest/things-stack', { join_accept: {} })).status).toBe(200);
	});

	test('what the codec refuses is answered, kept, and replayed once the codec can', async () => {
		const up = { deviceInfo: { devEui: eui }, time: '2026-11-01T10:00:00Z', fPort: 85, data: 'AMgB' };
		const answer = await send('/ingest/chirpstack', up);
		expect(answer.body).toMatchObject({ observations: 0, refused: [{ reason: 'codec_error' }] });
		const letters = await sensing.deadLetters.list(actors.manager, { reason: 'codec_error' });
		expect(letters.ok && letters.value.items[0]).toMatchObject({
			identifier: eui,
			detail: 'two bytes expected',
		});
		const types = await sensing.types.list(actors.manager);
		const id = types.ok ? types.value.find(({ model }) => model === 'LoRa')?.id : undefined;
		await sensing.types.update(actors.manager, id ?? '', { codecSource: codec.replace('!== 2', '< 2') });
		await expect
			.poll(() => sensing.deadLetters.replay(actors.manager, { reason: 'codec_error' }))
			.toMatchObject({ value: { replayed: 1 } });
		expect((await values()).at(-1)).toEqual(['2026-11-01T10:00:00', 20]);
	});
});

describe('batches', () => {
	const line = (minute: number, extra = {}) => ({
		device: 'hall',
		time: new Date(Date.UTC(2026, 10, 2, 0, minute)).toISOString(),
		values: { temperature: minute / 10 },
		...extra,
	});

	test('in JSON, NDJSON and CSV say the same, and say line by line what they refuse', async () => {
		const json = [
			line(1),
			{ values: {} },
			line(2, { time: 'demain' }),
			line(3, { values: { temperature: 'x' } }),
		];
		expect(await send('/observations', json)).toMatchObject({
			status: 200,
			body: {
				items: 4,
				observations: 1,
				refused: [
					{ line: 2, reason: 'no_identifier' },
					{ line: 3, reason: 'invalid_time' },
					{ line: 4, reason: 'field_not_a_number' },
				],
			},
		});
		const ndjson = `${JSON.stringify(line(4))}\n{"device":\n\n${JSON.stringify(line(5))}`;
		expect((await send('/observations', ndjson, 'application/x-ndjson')).body).toMatchObject({
			items: 3,
			observations: 2,
			refused: [{ line: 2, reason: 'not_json' }],
		});
		const csv = 'device;time;temperature\nhall;2026-11-02T00:06:00Z;0.6\nhall;2026-11-02T00:07:00Z;\n';
		expect((await send('/observations', csv, 'text/csv')).body).toMatchObject({ items: 2, observations: 1 });
		const long = 'device,time,field,value\nhall,2026-11-02T00:08:00Z,temperature,0.8\n';
		expect((await send('/observations', long, 'text/csv')).body).toMatchObject({ items: 1, observations: 1 });
		const stored = (await values()).filter(([at]) => at.startsWith('2026-11-02')).map(([, value]) => value);
		expect(stored).toEqual([0.1, 0.4, 0.5, 0.6, 0.8]);
		expect((await send('/observations', '{}', 'application/xml')).status).toBe(415);
	});

	test('of any length pass through in pieces, and once only', async () => {
		const lines = 60_000;
		const body = () => {
			let next = 0;
			return new ReadableStream({
				pull(controller) {
					if (next >= lines) return controller.close();
					let text = '';
					for (let end = next + 5000; next < end; next++)
						text += `hall,${new Date(Date.UTC(2011, 8, 1) + next * 1000).toISOString()},${next % 50}\n`;
					controller.enqueue(Buffer.from(next === 5000 ? `device,time,temperature\n${text}` : text));
				},
			});
		};
		for (const _ of [1, 2])
			expect((await send('/observations', body(), 'text/csv')).body).toMatchObject({
				items: lines,
				refusedCount: 0,
			});
		expect((await values()).filter(([at]) => at.startsWith('2011-09')).length).toBe(lines);
	});

	test('and single messages need a key that may write', async () => {
		for (const [actor, status] of [
			['visitor', 401],
			['resident', 403],
		] as const)
			for (const path of [
				'/observations',
				'/ingest/chirpstack',
				'/ingest/things-stack',
				'/ingest/devices/hall',
			])
				expect((await send(path, line(1), 'application/json', actor)).status).toBe(status);
	});

	test('whose lines could not be read are letters of their own, replayed one by one', async () => {
		await send('/observations', [
			line(30, { values: { temperature: 'chaud' } }),
			line(31, { values: { temperature: 'froid' } }),
		]);
		const types = await sensing.types.list(actors.manager);
		const id = types.ok ? types.value.find(({ model }) => model === 'JSON')?.id : undefined;
		await sensing.types.update(actors.manager, id ?? '', {
			mapping: [
				{ field: 'temperature', property: 'temperature', unit: 'Cel', values: { chaud: 40, froid: 1, x: 0 } },
			],
		});
		await expect
			.poll(async () => {
				await sensing.deadLetters.replay(actors.manager, { reason: 'field_not_a_number' });
				return (await values()).filter(([at]) => at.startsWith('2026-11-02T00:3')).map(([, value]) => value);
			})
			.toEqual([40, 1]);
	});
});

test('one payload that is wrong ten thousand times is one letter', async () => {
	const answer = await send('/ingest/devices/hall', JSON.stringify(Array.from({ length: 10_000 }, () => 1)));
	expect(answer.status).toBe(422);
	const letters = await sensing.deadLetters.list(actors.manager, { reason: 'not_json' });
	expect(letters.ok && letters.value.total).toBe(1);
	expect(letters.ok && letters.value.items[0]?.detail).toContain('10000 ×');
});

test('retention deletes what is older than the type allows and keeps its days', async () => {
	await sensing.flush();
	const days = async () =>
		(await town.platform.pool.query<{ count: number }>('SELECT count(*) FROM sensing.observation_day'))
			.rows[0]?.count;
	const before = await days();
	expect(await createRetention(town.platform).purge()).toEqual({ observations: 60_000 });
	expect((await values()).every(([at]) => at >= '2026')).toBe(true);
	expect(await days()).toBe(before);
});
