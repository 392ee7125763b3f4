import { get } from 'node:http';
import { connect } from 'node:net';
import { type Actor, anonymous, createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { createTestPlatform, type TestPlatform, until } from '@parvis/platform/testing';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveApi } from './api/live.ts';
import type { Live, LiveListener, Sensing } from './index.ts';
import { createLive } from './live.ts';
import { actors, createTestSensing, declareDevice, observe, testPlaces } from './testing.ts';

let town: TestPlatform<{ sensing: Sensing }>;
let sensing: Sensing;
let http: FastifyInstance;
let url: string;

/** Signs in by the name of an actor, so that these tests are about this room alone. */
async function authenticate(headers: Headers): Promise<Actor> {
	const name = headers.get('x-test-actor') as keyof typeof actors | null;
	return name ? actors[name] : anonymous;
}

async function ask(actor: keyof typeof actors, method: string, path: string, body?: unknown) {
	const csv = typeof body === 'string';
	const response = await fetch(`${url}/api/v1${path}`, {
		method,
		headers: {
			'x-test-actor': actor,
			'accept-language': 'fr',
			...(body !== undefined && { 'content-type': csv ? 'text/csv' : 'application/json' }),
		},
		...(body !== undefined && { body: csv ? body : JSON.stringify(body) }),
	});
	const text = await response.text();
	return {
		status: response.status,
		type: response.headers.get('content-type') ?? '',
		text,
		json: () => JSON.parse(text),
	};
}

beforeAll(async () => {
	town = await createTestPlatform(createTestSensing);
	sensing = town.built.sensing;
	http = await createHttp(town.platform, { authenticate, apiRequestsPerMinute: 100_000 });
	await mountApi(http, sensing.room.api ? [sensing.room.api] : []);
	url = await http.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(async () => {
	await http.close();
	await town.close();
});

const thermometer = {
	vendor: 'Milesight',
	model: 'EM300-TH',
	name: 'Thermomètre',
	mapping: [{ field: 'temperature', property: 'temperature', unit: 'Cel' }],
	expectedIntervalSeconds: 600,
};

describe('devices over HTTP', () => {
	test('types and devices are declared with a key, twice without harm', async () => {
		expect((await ask('key', 'POST', '/device-types', thermometer)).status).toBe(201);
		expect((await ask('key', 'POST', '/device-types', thermometer)).status).toBe(200);
		const devices = [
			{ vendor: 'Milesight', model: 'EM300-TH', name: 'A', devEui: '24E124136B500001', place: 'school' },
			{ vendor: 'Milesight', model: 'EM300-TH', name: 'B', devEui: 'oops' },
		];
		const first = await ask('key', 'POST', '/devices/import', { devices });
		expect(first.json()).toMatchObject({
			created: 1,
			refused: [{ line: 2, error: 'sensing.dev_eui_invalid', message: expect.stringContaining('DevEUI') }],
		});
		const csv = 'name;vendor;model;devEui;place\nA;Milesight;EM300-TH;24E124136B500001;school';
		expect((await ask('key', 'POST', '/devices/import.csv', csv)).json()).toMatchObject({ unchanged: 1 });
		const list = (await ask('agent', 'GET', '/devices?text=24e124136b500001')).json();
		expect(list).toMatchObject({ total: 1, items: [{ name: 'A', placeId: testPlaces.school?.id }] });
		const { id } = list.items[0];
		expect((await ask('key', 'PATCH', `/devices/${id}`, { name: 'Classe A' })).json().name).toBe('Classe A');
		expect((await ask('key', 'POST', `/devices/${id}/credential`)).json().password).toHaveLength(32);
		expect((await ask('key', 'POST', `/devices/${id}/retire`)).json().state).toBe('retired');
		expect((await ask('agent', 'GET', `/devices/${id}`)).json()).toMatchObject({
			values: [],
			lastUplink: null,
		});
	});

	test('refusals are problems, worded in the reader’s language', async () => {
		const refused = await ask('visitor', 'GET', '/devices');
		expect(refused.status).toBe(401);
		expect(refused.type).toContain('application/problem+json');
		expect((await ask('resident', 'GET', '/devices')).status).toBe(403);
		expect((await ask('agent', 'POST', '/device-types', thermometer)).status).toBe(403);
		const unknown = await ask('agent', 'GET', '/devices/01900000-0000-7000-8000-0000000000ff');
		expect(unknown.status).toBe(404);
		expect(unknown.json()).toMatchObject({
			type: 'sensing.device_unknown',
			detail: 'Ce capteur n’existe pas.',
		});
		const invalid = await ask('key', 'POST', '/device-types', {
			...thermometer,
			expectedIntervalSeconds: 'x',
		});
		expect(invalid.status).toBe(400);
		expect(invalid.json()).toMatchObject({ errors: [{ path: '/expectedIntervalSeconds' }] });
		expect((await ask('visitor', 'GET', '/observations')).json().type).toBe('sensing.observations_of_what');
		expect((await ask('visitor', 'GET', '/observations?series=1&cursor=zz')).status).toBe(400);
		expect((await ask('visitor', 'GET', '/values?place=zz')).status).toBe(400);
		expect((await ask('agent', 'GET', '/devices?text=%00')).status).toBe(400);
		expect((await ask('visitor', 'GET', '/series?property=%00')).status).toBe(400);
		expect((await ask('key', 'POST', '/device-types', { ...thermometer, name: 'a\0b' })).status).toBe(400);
		expect((await sensing.devices.list(actors.agent, { text: 'a\0' })).ok).toBe(true);
	});
});

describe('values over HTTP', () => {
	let series: number;
	let device: string;
	beforeAll(async () => {
		device = await declareDevice(sensing, 'http', 'school');
		const start = Date.UTC(2026, 0, 10, 12);
		const points = Array.from({ length: 250 }, (_, index) => ({
			at: new Date(start + index * 60_000),
			value: index,
		}));
		series = await observe(sensing, 'http', 'temperature', points);
	});

	test('JSON by pages, CSV at once', async () => {
		const path = `/observations?series=${series}&from=2026-01-10T12:00:00Z&to=2026-01-11`;
		const values: number[] = [];
		let next: string | null = '';
		while (next !== null) {
			const { items, next: following }: { items: { value: number }[]; next: string | null } = (
				await ask('visitor', 'GET', `${path}&limit=100${next && `&cursor=${next}`}`)
			).json();
			values.push(...items.map(({ value }) => value));
			next = following;
		}
		expect(values).toEqual(Array.from({ length: 250 }, (_, index) => index));
		const csv = await ask('visitor', 'GET', `${path}&format=csv`);
		expect(csv.type).toContain('text/csv');
		const lines = csv.text.trim().split('\r\n');
		expect(lines).toHaveLength(251);
		expect(lines[1]).toBe(`${series},${device},Capteur http,temperature,Cel,2026-01-10T12:00:00.000Z,0,0`);
	});

	test('aggregates, series, latest and nearest', async () => {
		const aggregates = await ask(
			'visitor',
			'GET',
			`/aggregates?series=${series}&from=2026-01-10&to=2026-01-12`,
		);
		expect(aggregates.json().items).toHaveLength(5);
		expect(aggregates.json().items[0]).toMatchObject({ count: 60, average: 29.5, minimum: 0, maximum: 59 });
		const place = testPlaces.school?.id;
		expect((await ask('visitor', 'GET', `/series?place=${place}`)).json().items[0].id).toBe(series);
		expect((await ask('visitor', 'GET', `/values?device=${device}`)).json().items[0].value).toBe(249);
		const near = await ask('visitor', 'GET', '/values/nearest?longitude=2.1&latitude=47.1');
		expect(near.json().items[0]).toMatchObject({ distanceMeters: 0, series: { id: series } });
	});

	test('every resource stands in the OpenAPI document with its answers', async () => {
		const response = await fetch(`${url}/api/v1/openapi.json`);
		const { openapi, paths } = (await response.json()) as {
			openapi: string;
			paths: Record<string, Record<string, { summary?: string; responses?: Record<string, unknown> }>>;
		};
		expect(openapi).toBe('3.1.0');
		const expected = ['/devices', '/device-types', '/observations', '/aggregates', '/series', '/live'];
		for (const path of expected) expect(Object.keys(paths)).toContain(`/api/v1${path}`);
		for (const methods of Object.values(paths))
			for (const operation of Object.values(methods)) expect(operation.summary).toBeTruthy();
		const properties = JSON.stringify(paths['/api/v1/values']?.get?.responses);
		expect(properties).toContain('observedAt');
	});
});

describe('live', () => {
	/** Follow a stream; `events` grows as they come. */
	function follow(path: string, headers: Record<string, string> = {}) {
		const events: { id: string; values: { series: number; value: number }[] }[] = [];
		let text = '';
		let status = 0;
		let ended = false;
		const request = get(`${url}/api/v1/live${path}`, { headers }, (response) => {
			status = response.statusCode ?? 0;
			response.setEncoding('utf8');
			response.on('data', (chunk: string) => {
				text += chunk;
				for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
					const block = text.slice(0, end);
					text = text.slice(end + 2);
					const data = /^data: (.*)$/m.exec(block)?.[1];
					if (data) events.push({ id: /^id: (.*)$/m.exec(block)?.[1] ?? '', values: JSON.parse(data) });
				}
			});
			response.on('close', () => {
				ended = true;
			});
		});
		request.on('error', () => {
			ended = true;
		});
		return { events, status: () => status, ended: () => ended, close: () => request.destroy() };
	}

	test('what is known comes first, then what is committed by whichever process; a reconnection brings what was missed', async () => {
		await declareDevice(sensing, 'live', 'car-park');
		const write = (value: number) => observe(sensing, 'live', 'temperature', [{ at: new Date(), value }]);
		const series = await write(1);
		const place = testPlaces['car-park']?.id;
		const stream = follow(`?place=${place}`);
		await until(() => stream.events.length === 1);
		expect(stream.events[0]?.values).toMatchObject([{ series, value: 1, property: 'temperature' }]);
		await write(2);
		await until(() => stream.events.length === 2);
		expect(stream.events[1]?.values).toMatchObject([{ series, value: 2 }]);
		const { id } = stream.events[1] ?? { id: '' };
		stream.close();

		const again = follow(`?place=${place}`, { 'last-event-id': id });
		await until(() => again.status() === 200);
		await write(3);
		await until(() => again.events.length === 1);
		expect(again.events[0]?.values).toMatchObject([{ series, value: 3 }]);
		again.close();
		const late = follow(`?place=${place}`, { 'last-event-id': id });
		await until(() => late.events.length === 1);
		expect(late.events[0]?.values).toMatchObject([{ series, value: 3 }]);
		late.close();
		await until(async () => {
			const metric = await town.platform.metrics.getSingleMetric('parvis_live_listeners')?.get();
			return metric?.values[0]?.value === 0;
		});
	});

	test('nothing of what the listener may not read', async () => {
		const device = await declareDevice(sensing, 'secret', 'town-hall');
		const series = await observe(sensing, 'secret', 'motion', [{ at: new Date(), value: 1 }]);
		const open = await observe(sensing, 'secret', 'temperature', [{ at: new Date(), value: 19 }]);
		const visitor = follow(`?device=${device}`);
		const agent = follow(`?device=${device}`, { 'x-test-actor': 'agent' });
		await until(() => visitor.events.length === 1 && agent.events.length === 1);
		expect(visitor.events[0]?.values.map((value) => value.series)).toEqual([open]);
		expect(agent.events[0]?.values.map((value) => value.series).toSorted()).toEqual(
			[series, open].toSorted(),
		);
		visitor.close();
		agent.close();
	});

	test('no more listeners than a process can bear', async () => {
		const apart = { ...town.platform, metrics: new Registry() };
		const small = createLive({ platform: apart }, sensing.reading, { maxListeners: 2 });
		const listener = { values: () => {}, end: () => {} };
		const first = await small.follow(actors.visitor, { ids: [1] }, listener, null);
		expect(await small.follow(actors.visitor, { ids: [1] }, listener, null)).not.toBeNull();
		expect(await small.follow(actors.visitor, { ids: [2] }, listener, null)).toBeNull();
		first?.();
		expect(await small.follow(actors.visitor, { ids: [2] }, listener, null)).not.toBeNull();
		small.close();
		expect(await small.follow(actors.visitor, { ids: [2] }, listener, null)).toBeNull();
	});

	test('a reader that does not read is let go; others are not held up', async () => {
		await declareDevice(sensing, 'stuck', 'school');
		const series = await observe(sensing, 'stuck', 'temperature', [{ at: new Date(), value: 1 }]);
		const value = {
			series,
			device: 'x'.repeat(1_000_000),
			place: null,
			property: 'temperature',
			unit: 'Cel',
		};
		let tell: LiveListener['values'] | null = null;
		let left = false;
		const live: Live = {
			async follow(_actor, _filter, listener) {
				tell = listener.values;
				return () => {
					left = true;
				};
			},
			close() {},
		};
		const apart = { ...town.platform, metrics: new Registry() };
		const server = await createHttp(apart, { authenticate });
		await mountApi(server, [liveApi(apart, live, { heartbeatMilliseconds: 20, stalledMilliseconds: 100 })]);
		const address = await server.listen({ host: '127.0.0.1', port: 0 });
		const socket = connect(Number(new URL(address).port), '127.0.0.1');
		socket.on('error', () => {});
		socket.pause();
		socket.write(`GET /api/v1/live?series=${series} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
		let sent = 0;
		await until(() => {
			sent++;
			tell?.([{ ...value, value: sent, quality: 0, observedAt: new Date().toISOString(), receivedAt: sent }]);
			return left;
		});
		expect(sent).toBeGreaterThan(1);
		socket.destroy();
		await server.close();
	});

	test('a stream of everything is refused', async () => {
		const stream = follow('');
		await until(() => stream.status() === 400);
	});

	test('closing the server ends the streams', async () => {
		const device = await declareDevice(sensing, 'closing', 'school');
		await observe(sensing, 'closing', 'temperature', [{ at: new Date(), value: 1 }]);
		const stream = follow(`?device=${device}`);
		await until(() => stream.events.length === 1);
		await http.close();
		await until(() => stream.ended());
	});
});
