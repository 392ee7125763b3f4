import { createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestEquipment, type TestEquipment } from '../testing.ts';

let town: TestEquipment;
let http: FastifyInstance;
let reader: string;
let writer: string;
beforeAll(async () => {
	town = await createTestEquipment();
	http = await createHttp(town.platform, {
		authenticate: (headers) => town.identity.authenticate(headers),
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.equipment.room;
	await mountApi(http, api ? [api] : []);
	reader = await town.identity.createSystemApiKey(['equipment:read']);
	writer = await town.identity.createSystemApiKey(['equipment:write']);
});
afterAll(async () => {
	await http?.close();
	await town?.close();
});

const send = (key: string | null, method: 'GET' | 'POST', url: string, payload?: Buffer) =>
	http.inject({
		method,
		url: `/api/v1/equipment${url}`,
		headers: {
			...(key && { authorization: `Bearer ${key}` }),
			...(payload && { 'content-type': 'text/csv' }),
		},
		...(payload && { payload }),
	});

test('a file in any encoding is tried, imported and read back, by keys that may', async () => {
	const file = Buffer.from(
		'Nom;Entité;Statut;Fabricant;Numéro de série;Type;Modèle\nPC-1;Ville;En service;;S1;Notebook;Latitude 5420\n',
		'latin1',
	);
	for (const key of [null, reader])
		expect((await send(key, 'POST', '/import.csv', file)).statusCode).toBe(403);
	const tried = await send(writer, 'POST', '/import.csv?dryRun=true', file);
	expect(tried.json()).toMatchObject({ system: 'glpi', created: 1, dryRun: true });
	expect((await send(writer, 'POST', '/import.csv', file)).json()).toMatchObject({ created: 1 });
	expect((await send(writer, 'POST', '/import.csv', file)).json()).toMatchObject({
		created: 0,
		unchanged: 1,
	});
	const refused = await send(writer, 'POST', '/import.csv', Buffer.from('"ouvert\n'));
	expect([refused.statusCode, refused.json().type]).toEqual([422, 'equipment.import_unreadable']);

	expect((await send(null, 'GET', '/export')).statusCode).toBe(403);
	const csv = await send(reader, 'GET', '/export');
	expect(csv.headers['content-type']).toContain('text/csv');
	expect(csv.body.split('\r\n')).toHaveLength(3);
	expect((await send(writer, 'POST', '/import.csv', Buffer.from(csv.body))).json()).toMatchObject({
		system: 'parvis',
		unchanged: 1,
	});
	const json = await send(reader, 'GET', '/export?format=json');
	expect(JSON.parse(json.body.trim())).toMatchObject({
		tag: 'PC-1',
		model: 'Latitude 5420',
		category: 'laptop',
	});
});
