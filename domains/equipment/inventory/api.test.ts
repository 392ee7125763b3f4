import { createHttp, type FastifyInstance, mountApi, newId } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let town: TestEquipment;
let http: FastifyInstance;
let [reader, writer] = ['', ''];
const modelId = newId();
beforeAll(async () => {
	town = await createTestEquipment();
	http = await createHttp(town.platform, {
		authenticate: (headers) => town.identity.authenticate(headers),
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.equipment.room;
	await mountApi(http, api ? [api] : []);
	town.identity.declare({ scopes: ['equipment:read', 'equipment:write'] });
	reader = await town.identity.createSystemApiKey(['equipment:read']);
	writer = await town.identity.createSystemApiKey(['equipment:write']);
	await town.platform.pool.query(
		`INSERT INTO equipment.model (id, manufacturer, name, category, created_at) VALUES ($1, 'Fabrique', 'Écran 24', 'monitor', now())`,
		[modelId],
	);
}, 120_000);
afterAll(async () => {
	await http?.close();
	await town?.close();
});

const send = (method: 'GET' | 'POST' | 'PATCH', url: string, key: string, body?: unknown, headers = {}) =>
	http.inject({
		method,
		url: `/api/v1/equipment/devices${url}`,
		headers: { ...(key && { authorization: `Bearer ${key}` }), ...headers },
		...(body !== undefined && { payload: body as object }),
	});

test('another system reads and writes devices, by version, within its scopes', async () => {
	expect((await send('GET', '', '')).statusCode).toBe(401);
	expect((await send('POST', '', reader, { modelId })).statusCode).toBe(403);
	expect((await send('POST', '', writer, { modelId: 'écran' })).statusCode).toBe(400);
	const made = await send('POST', '', writer, {
		modelId,
		tag: 'API-1',
		serial: 'X1',
		boughtOn: '2020-01-01',
	});
	expect(made.statusCode, made.body).toBe(201);
	expect(made.headers.etag).toBe('"1"');
	expect((await send('POST', '', writer, { modelId, tag: 'api-1' })).statusCode).toBe(409);

	const given = await send('POST', '/API-1/events', writer, {
		kind: 'assigned',
		holder: { name: 'Zoé Martin', service: 'Accueil' },
		service: 'Accueil',
		on: '2020-02-01',
	});
	expect(given.json()).toMatchObject({ status: 'in_use', holder: { name: 'Zoé Martin' }, version: 2 });
	expect((await send('PATCH', '/API-1', writer, { site: 'Mairie' }, { 'if-match': '"1"' })).statusCode).toBe(
		409,
	);
	expect(
		(await send('PATCH', '/API-1', writer, { site: 'Mairie' }, { 'if-match': 'W/"2"' })).json(),
	).toMatchObject({ site: 'Mairie' });
	expect((await send('POST', '/API-1/events', writer, { kind: 'exploded' })).statusCode).toBe(400);
	expect(
		(await send('POST', '/nowhere/events', writer, { kind: 'battery_measured', percent: 50 })).statusCode,
	).toBe(404);

	const list = await send('GET', '?text=zoe&yearsFrom=5&pageSize=1', reader);
	expect(list.json()).toMatchObject({ total: 1, items: [{ tag: 'API-1', model: { category: 'monitor' } }] });
	expect((await send('GET', '?status=broken', reader)).statusCode).toBe(400);
	const history = await send('GET', '/api-1/history', reader);
	expect(
		history
			.json()
			.items.map(({ kind }: { kind: string }) => kind)
			.sort(),
	).toEqual(['assigned', 'created', 'edited']);
	const gone = await send('POST', '/API-1/events', writer, { kind: 'left', as: 'donated', on: '2026-11-01' });
	expect(gone.json()).toMatchObject({ status: 'left', leftAs: 'donated' });
	expect((await send('GET', '?text=API-1', reader)).json()).toMatchObject({ total: 0 });
});
