import { createHttp, type FastifyInstance, mountApi, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { value, voteUsualPolicy } from './testing.ts';

let made: TestEquipment;
let http: FastifyInstance;
let reader: string;
let writer: string;
beforeAll(async () => {
	made = await createTestEquipment();
	http = await createHttp(made.platform, { authenticate: (headers) => made.identity.authenticate(headers) });
	const { api } = made.equipment.room;
	await mountApi(http, api ? [api] : []);
	reader = await made.identity.createSystemApiKey(['equipment:read']);
	writer = await made.identity.createSystemApiKey(['equipment:write']);
}, 120_000);
afterAll(async () => {
	await http?.close();
	await made?.close();
});

const get = (url: string, key?: string) =>
	http.inject({
		url: `/api/v1/equipment${url}`,
		headers: key ? { authorization: `Bearer ${key}` } : {},
	});

test('the policy and its years are for everybody, needs and orders for a key that may write', async () => {
	expect((await get('/policy')).statusCode).toBe(404);
	expect((await get('/policy/versions')).json()).toEqual({ items: [] });
	await voteUsualPolicy(made);
	const order = value(await made.equipment.policy.orders.create(system, { supplier: 'Atelier' }));

	expect((await get('/policy')).json()).toMatchObject({ number: 1, rules: { securityGraceDays: 90 } });
	expect((await get('/policy/versions')).json()).toMatchObject({
		items: [{ number: 1, inForceFrom: '2026-01-01', deliberation: { number: '2025-112' } }],
	});
	expect((await get('/policy/versions/1')).json().articles).toHaveLength(9);
	expect((await get('/policy/versions/rien')).statusCode).toBe(404);
	expect((await get('/policy/years/2026')).json()).toMatchObject({
		requests: { requests: 0 },
		statement: { lines: [{ totalCents: 0, reached: null }, { reusePercent: null }] },
	});
	expect((await get('/policy/years/12')).statusCode).toBe(400);

	for (const path of ['/orders', '/requests', '/requests/D-2026-0001']) {
		expect((await get(path)).statusCode).toBe(401);
		expect((await get(path, reader)).statusCode).toBe(403);
	}
	expect((await get('/orders?year=2026', writer)).json()).toMatchObject({
		total: 1,
		items: [{ number: order.number }],
	});
	expect((await get('/requests', writer)).json()).toEqual({ items: [], total: 0 });
	expect((await get('/requests/D-2026-0001', writer)).statusCode).toBe(404);
	expect((await get('/requests?status=perhaps', writer)).statusCode).toBe(400);
});
