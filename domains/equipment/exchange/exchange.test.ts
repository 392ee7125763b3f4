import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findOrCreateHolder } from '../inventory/holders.ts';
import { createTestEquipment, type TestEquipment } from '../testing.ts';
import { findOrCreateHolders } from './holders.ts';

let town: TestEquipment;
let sofia: Awaited<ReturnType<TestEquipment['person']>>;
beforeAll(async () => {
	town = await createTestEquipment({ PARVIS_ROLES: 'web,worker', EXCHANGE_PRIVATE_HOSTS: '127.0.0.1' });
	sofia = await town.person('Sofia', 'equipment:manager');
});
afterAll(() => town?.close());
/** Histories are append-only: only a database of tests forgets. */
const forget = (tables: string) =>
	town.platform.pool.query(
		`BEGIN; SET LOCAL session_replication_role = replica; TRUNCATE ${tables} CASCADE; COMMIT`,
	);
beforeEach(() =>
	forget(`equipment.device, equipment.holder, equipment.model, equipment.import_word, equipment.import_mapping,
		equipment.import_run, equipment.glpi_connection`),
);

const run = (text: string | Uint8Array, options: { dryRun?: boolean; system?: string } = {}) =>
	town.equipment.exchange
		.importFile(system, typeof text === 'string' ? Buffer.from(text) : text, { dryRun: false, ...options })
		.then((result) => {
			if (!result.ok) throw new Error(JSON.stringify(result));
			return result.value;
		});
const devices = () =>
	town.context.db
		.selectFrom('equipment.device as device')
		.innerJoin('equipment.model as model', 'model.id', 'device.model_id')
		.leftJoin('equipment.holder as holder', 'holder.id', 'device.holder_id')
		.selectAll('device')
		.select([
			'model.manufacturer',
			'model.name as model',
			'model.category',
			'holder.name as holder',
			'holder.email',
		])
		.orderBy('device.tag')
		.execute();
const count = async (table: string) =>
	(await town.platform.pool.query(`SELECT count(*)::int AS n FROM equipment.${table}`)).rows[0].n as number;

const snipe = `ID,Asset Name,Asset Tag,Serial,Model,Category,Status,Checked Out To,Location,Manufacturer,Purchase Date,Purchase Cost,Order Number,Warranty,Notes
1,PC Accueil,MV-0001,5CG0000001,EliteBook 840 G5,Laptops,Ready to Deploy,Nadia Benali,Hôtel de ville,HP,2021-03-04,"1,234.56",BC-2021-17,36 months,Écran rayé
2,,MV-0002,5CG0000002,EliteBook 840 G5,Laptops,Ready to Deploy,,Hôtel de ville,HP,2021-03-04,"1,234.56",BC-2021-17,36 months,
3,,MV-0003,,P24h G4,Monitors,Out for Repair,,Mairie annexe,HP,,,,,
`;

describe('Snipe-IT', () => {
	test('comes in with models, holders, days, prices and a history; again, nothing changes', async () => {
		const dry = await run(snipe, { dryRun: true });
		expect(dry).toMatchObject({
			dryRun: true,
			system: 'snipeit',
			created: 3,
			refused: 0,
			newModels: 2,
			newHolders: 1,
		});
		expect([await count('device'), await count('holder')]).toEqual([0, 0]);
		expect(await run(snipe)).toMatchObject({ created: 3, changed: 0, refused: 0 });
		const [first, second, third] = await devices();
		expect(first).toMatchObject({
			tag: 'MV-0001',
			serial: '5CG0000001',
			manufacturer: 'HP',
			model: 'EliteBook 840 G5',
			category: 'laptop',
			// Deployable, and somebody has it.
			status: 'in_use',
			holder: 'Nadia Benali',
			site: 'Hôtel de ville',
			bought_on: '2021-03-04',
			warranty_until: '2024-03-04',
			price_cents: 123_456,
			order_number: 'BC-2021-17',
			note: 'Écran rayé',
		});
		expect(second).toMatchObject({ status: 'in_stock', holder: null });
		expect(third).toMatchObject({ status: 'in_repair', category: 'monitor', serial: null });
		const events = await town.context.db.selectFrom('equipment.device_event').selectAll().execute();
		expect(events.map(({ kind }) => kind)).toEqual(['imported', 'imported', 'imported']);
		expect(JSON.stringify(events)).not.toContain('Nadia');
		expect(await run(snipe)).toMatchObject({
			created: 0,
			changed: 0,
			unchanged: 3,
			newModels: 0,
			newHolders: 0,
		});
		expect(await count('device_event')).toBe(3);
	});

	test('a change is written field by field; an empty cell empties nothing', async () => {
		await run(snipe);
		const moved = snipe
			.replace('Hôtel de ville,HP,2021-03-04,"1,234.56"', 'Médiathèque,HP,,')
			.replace('Écran rayé', '');
		const report = await run(moved);
		expect(report).toMatchObject({ changed: 1, unchanged: 2, refused: 0 });
		expect(report.lists.changed).toMatchObject([
			{ tag: 'MV-0001', changes: [{ field: 'site', from: 'Hôtel de ville', to: 'Médiathèque' }] },
		]);
		const [first] = await devices();
		expect(first).toMatchObject({
			site: 'Médiathèque',
			price_cents: 123_456,
			note: 'Écran rayé',
			version: 2,
		});
	});

	test('the same id is the same device though its tag and serial changed', async () => {
		await run(snipe);
		expect(await run(snipe.replace('MV-0003,,', 'MV-0099,NEUF123,'))).toMatchObject({
			created: 0,
			changed: 1,
		});
		expect((await devices()).map(({ tag }) => tag)).toEqual(['MV-0001', 'MV-0002', 'MV-0099']);
	});

	test('what left in Parvis does not come back', async () => {
		await run(snipe);
		await town.platform.pool.query(
			"UPDATE equipment.device SET status = 'left', left_on = '2026-01-01', left_as = 'donated' WHERE tag = 'MV-0002'",
		);
		const report = await run(snipe);
		expect(report).toMatchObject({ changed: 0, kept: 1 });
		expect(report.lists.kept).toMatchObject([{ tag: 'MV-0002', status: 'left', said: 'in_stock' }]);
	});

	test('what is gone or with somebody else without a wipe is taken as a fact, and told', async () => {
		await run(snipe);
		const nadia = 'Ready to Deploy,Nadia Benali';
		const unused = snipe.replace('Laptops,Ready to Deploy,,', 'Laptops,Donné,,');
		const told = async (use: string) => {
			const { changed, unwiped, lists } = await run(unused.replace(nadia, use), { dryRun: true });
			return { changed, unwiped, devices: lists.unwiped.map(({ tag, isGone }) => [tag, isGone]) };
		};
		expect(await told(nadia), 'nobody ever used MV-0002').toEqual({ changed: 1, unwiped: 0, devices: [] });
		expect(await told('Deployed,Marc Petit')).toEqual({
			changed: 2,
			unwiped: 1,
			devices: [['MV-0001', false]],
		});
		expect(await told('Donné,')).toEqual({ changed: 2, unwiped: 1, devices: [['MV-0001', true]] });
		expect(await told('Lost,'), 'nobody can wipe it').toEqual({ changed: 2, unwiped: 0, devices: [] });

		await run(snipe.replace(nadia, 'Ready to Deploy,'));
		expect(await told(nadia), 'the last one has it back').toMatchObject({ unwiped: 0 });
		expect(await told('Deployed,Marc Petit')).toMatchObject({ unwiped: 1 });
	});
});

describe('lines that cannot be taken', () => {
	test('are told with their line and reason; the others come in', async () => {
		const report = await run(`Asset Tag,Serial,Model,Category,Status,Purchase Date,Purchase Cost
A-1,S1,Latitude 5420,Laptop,Deployed,25/11/2020,900
A-2,SAME,Latitude 5420,Laptop,Deployed,25/11/2020,900
A-3,same,Latitude 5420,Laptop,Deployed,25/11/2020,900
A-4,S4,Machin,Zorglub,Deployed,,
A-5,S5,Latitude 5420,Laptop,Archived,,
A-6,S6,Latitude 5420,Laptop,Deployed,31/02/2020,
A-7,S7,Latitude 5420,Laptop,Deployed,,beaucoup
,,Latitude 5420,Laptop,Deployed,,
A-1,S9,Latitude 5420,Laptop,Deployed,,
`);
		expect(report).toMatchObject({ rows: 9, created: 0, refused: 9 });
		expect(report.lists.refused.map(({ line, error }) => [line, error])).toEqual([
			[2, 'equipment.import_double_tag'],
			[3, 'equipment.import_double_serial'],
			[4, 'equipment.import_double_serial'],
			[5, 'equipment.import_category_unknown'],
			[6, 'equipment.import_status_unknown'],
			[7, 'equipment.import_day_invalid'],
			[8, 'equipment.import_price_invalid'],
			[9, 'equipment.import_no_identity'],
			[10, 'equipment.import_double_tag'],
		]);
		expect(report.unknownWords).toEqual([
			{ kind: 'category', word: 'Zorglub', lines: 1 },
			{ kind: 'status', word: 'Archived', lines: 1 },
		]);
	});

	test('words are taken once a person said what they mean', async () => {
		const file = 'Asset Tag,Serial,Model,Category,Status\nA-4,S4,Machin,Zorglub,Archived\n';
		expect(await run(file)).toMatchObject({ refused: 1 });
		const { words } = town.equipment.exchange;
		expect(
			await words.save(sofia, [
				{ kind: 'category', word: 'ZORGLUB', value: 'projector' },
				{ kind: 'status', word: 'Archived', value: 'left:recycled' },
			]),
		).toMatchObject({ ok: true });
		expect(await run(file)).toMatchObject({ created: 1, refused: 0 });
		expect(await devices()).toMatchObject([{ category: 'projector', status: 'left', left_as: 'recycled' }]);
		expect(await words.save(sofia, [{ kind: 'status', word: 'x', value: 'exploded' }])).toMatchObject({
			ok: false,
		});
	});

	test('a tag of another serial, and a line that means two devices, are refused', async () => {
		await run(
			'Asset Tag,Serial,Model,Category\nT-1,AAA,Latitude 5420,Laptop\nT-2,BBB,Latitude 5420,Laptop\n',
		);
		const report = await run(
			'Asset Tag,Serial,Model,Category\nT-1,CCC,Latitude 5420,Laptop\nT-2,AAA,Latitude 5420,Laptop\n',
		);
		expect(report.lists.refused.map(({ error }) => error)).toEqual([
			'equipment.import_serial_differs',
			'equipment.import_conflict',
		]);
		expect(report).toMatchObject({ created: 0, changed: 0 });
	});

	test('rubbish is refused and nothing of it kept', async () => {
		const { importFile } = town.equipment.exchange;
		const rubbish = [
			Buffer.alloc(0),
			Buffer.from('Asset Tag,Model\n'),
			Buffer.from('a,b\n1,2\n'),
			Buffer.from('Asset Tag,Serial,Model,Category\n"ouvert,1,2,3\n'),
			Buffer.from('Asset Tag,Serial,Model,Category\n1,2\n'),
			Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3, 0, 0, 0, 13]),
		];
		for (const bytes of rubbish)
			expect((await importFile(system, bytes, { dryRun: false })).ok, bytes.toString('latin1')).toBe(false);
		const camille = await town.person('Camille');
		expect(await importFile(camille, Buffer.from(snipe), { dryRun: true })).toMatchObject({
			ok: false,
			error: 'platform.not_allowed',
		});
		expect(town.equipment.exchange.exportCsv(camille)).toBeNull();
		expect(await count('device')).toBe(0);
	});

	test('any bytes at all are refused or reported, never a crash', async () => {
		await fc.assert(
			fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
				const start = Buffer.from('Asset Tag,Serial,Model,Category,Status,Purchase Date,Purchase Cost\n');
				await town.equipment.exchange.importFile(system, Buffer.concat([start, bytes]), { dryRun: true });
			}),
			{ numRuns: 60 },
		);
		expect(await count('device')).toBe(0);
	});
});

describe('GLPI’s CSV', () => {
	const glpi = `"Nom";"Entité";"Statut";"Fabricant";"Numéro de série";"Type";"Modèle";"Lieu";"Utilisateur";"Informations financières et administratives - Date d'achat";
"PC-DGS-01";"Ville";"En service";"Dell Inc.";"7XK1Q33";"Notebook";"Latitude 5420";"Mairie > 1er étage";"Hélène Marchand";"25/11/2021";
"PC-URBA-02";"Ville";"En stock";"LENOVO";"PF2ABCDE";"Notebook";"ThinkPad T14";"Mairie";"&nbsp;";"04/05/2022";
`;
	test('in Windows-1252 with semicolons, French headings and days; the name is the label', async () => {
		const report = await run(Buffer.from(glpi, 'latin1'));
		expect(report).toMatchObject({ system: 'glpi', created: 2, refused: 0, dateOrder: 'dmy' });
		expect(await devices()).toMatchObject([
			{
				tag: 'PC-DGS-01',
				manufacturer: 'Dell',
				model: 'Latitude 5420',
				site: 'Mairie > 1er étage',
				holder: 'Hélène Marchand',
				bought_on: '2021-11-25',
				status: 'in_use',
			},
			{
				tag: 'PC-URBA-02',
				manufacturer: 'Lenovo',
				bought_on: '2022-05-04',
				status: 'in_stock',
				holder: null,
			},
		]);
		expect(await run(Buffer.from(glpi, 'utf16le'))).toMatchObject({ unchanged: 2, created: 0, changed: 0 });
	});
});

describe('Intune’s CSV', () => {
	test('is known by its headings; holders have addresses', async () => {
		const file = `Device ID,Device name,Enrollment date,Last check-in,Manufacturer,Model,Serial number,Primary user UPN,Primary user email address,Primary user display name
6f1,IPHONE-1,2024-09-01 07:00:00.0000000,2026-11-20,Apple,iPhone SE,F17ABC,n.benali@ville.example,N.Benali@ville.example,Nadia Benali
`;
		expect(await run(file)).toMatchObject({ system: 'intune', created: 1, refused: 0 });
		expect(await devices()).toMatchObject([
			{ category: 'smartphone', email: 'n.benali@ville.example', in_use_on: '2024-09-01', status: 'in_use' },
		]);
		expect(await run(file)).toMatchObject({ unchanged: 1 });
	});
});

describe('any other CSV', () => {
	const own = 'Code;Engin;Fabriquant;Genre;Numero\n77;Toughbook 55;Panasonic;Portable;ZZ-1\n';
	test('waits for a mapping, which is remembered for the next file with these headings', async () => {
		const { runs } = town.equipment.exchange;
		const sent = await runs.upload(sofia, { name: 'parc.csv', bytes: Buffer.from(own) });
		if (!sent.ok) throw new Error(sent.error);
		expect(sent.value).toMatchObject({ status: 'mapping', system: 'csv' });
		const columns = await runs.columns(sofia, sent.value.id);
		expect(columns).toMatchObject({
			ok: true,
			value: {
				headings: ['Code', 'Engin', 'Fabriquant', 'Genre', 'Numero'],
				samples: { Engin: ['Toughbook 55'] },
			},
		});
		expect(await runs.map(sofia, sent.value.id, { Code: 'tag', Engin: 'tag' })).toMatchObject({
			ok: false,
			error: 'equipment.import_field_twice',
		});
		expect(await runs.map(sofia, sent.value.id, { Code: 'tag' })).toMatchObject({ ok: false });
		const mapping = {
			Code: 'tag',
			Engin: 'model',
			Fabriquant: 'manufacturer',
			Genre: 'category',
			Numero: 'serial',
		};
		const checked = await runs.map(sofia, sent.value.id, mapping);
		expect(checked).toMatchObject({
			ok: true,
			value: { status: 'checked', report: { created: 1, dryRun: true } },
		});
		expect(await count('device')).toBe(0);
		const applied = await runs.apply(sofia, sent.value.id);
		expect(applied).toMatchObject({
			ok: true,
			value: { status: 'applied', hasFile: false, report: { created: 1 } },
		});
		expect(await runs.apply(sofia, sent.value.id)).toMatchObject({ ok: false });
		const again = await runs.upload(sofia, {
			name: 'parc-2.csv',
			bytes: Buffer.from('Numero;Genre;Engin;Fabriquant;Code\nZZ-2;Portable;Toughbook 40;Panasonic;78\n'),
		});
		expect(again).toMatchObject({ ok: true, value: { status: 'checked', report: { created: 1 } } });
	});
});

describe('the export', () => {
	test('imports as it is: nothing changes, whatever the devices hold', async () => {
		await run(snipe);
		await town.platform.pool.query(`UPDATE equipment.device SET note = E'=1+1 "cité"; été\\n\\nligne', service = '-DSI',
			supplier = 'N/A', price_cents = 5, battery_health_percent = 87, condition = 'worn', acquired = 'refurbished',
			need = 'field', supported_until = '2028-02-29' WHERE tag = 'MV-0001'`);
		await town.platform.pool.query(
			"UPDATE equipment.device SET status = 'left', left_on = '2026-01-01', left_as = 'donated' WHERE tag = 'MV-0003'",
		);
		const csv = (await Array.fromAsync(town.equipment.exchange.exportCsv(sofia) ?? [])).join('');
		expect(await run(csv)).toMatchObject({
			system: 'parvis',
			rows: 3,
			unchanged: 3,
			created: 0,
			changed: 0,
			refused: 0,
			kept: 0,
		});
		expect(csv).toContain("'=1+1");
		const json = await Array.fromAsync(town.equipment.exchange.exportJson(sofia) ?? []);
		expect(json).toHaveLength(3);
	});

	test('sets up another town the same', async () => {
		await run(snipe);
		const csv = (await Array.fromAsync(town.equipment.exchange.exportCsv(sofia) ?? [])).join('');
		const before = (await devices()).map(({ id, holder_id, created_at, updated_at, ...rest }) => rest);
		await forget('equipment.device, equipment.holder');
		expect(await run(csv)).toMatchObject({ created: 3, refused: 0 });
		expect((await devices()).map(({ id, holder_id, created_at, updated_at, ...rest }) => rest)).toEqual(
			before,
		);
		expect(await run(csv)).toMatchObject({ unchanged: 3 });
	});
});

describe('holders in bulk', () => {
	test('are those that one after the other would be found or made', async () => {
		const name = fc.constantFrom('Anne', 'anne', 'Bob', 'Chloé');
		const email = fc.constantFrom(null, 'a@x.fr', 'A@x.fr', 'b@x.fr');
		const service = fc.constantFrom(null, 'DSI', 'dsi', 'Voirie');
		const list = fc.array(fc.record({ name, email, service }), { maxLength: 8 });
		const db = town.context.db;
		const undo = new Error('undo');
		async function outcome(work: (trx: Parameters<typeof findOrCreateHolders>[0]) => Promise<string[]>) {
			let seen: unknown;
			await db
				.transaction()
				.execute(async (trx) => {
					await sql`SET LOCAL session_replication_role = replica`.execute(trx);
					await sql`TRUNCATE equipment.holder CASCADE`.execute(trx);
					const ids = await work(trx);
					const rows = await trx.selectFrom('equipment.holder').selectAll().orderBy('id').execute();
					const place = new Map(rows.map(({ id }, at) => [id, at]));
					seen = [ids.map((id) => place.get(id)), rows.map((row) => [row.name, row.email, row.service])];
					throw undo;
				})
				.catch((error) => {
					if (error !== undo) throw error;
				});
			return seen;
		}
		await fc.assert(
			fc.asyncProperty(list, list, async (known, given) => {
				const one = await outcome(async (trx) => {
					const ids: string[] = [];
					for (const holder of [...known, ...given]) ids.push(await findOrCreateHolder(trx, holder));
					return ids;
				});
				const bulk = await outcome(async (trx) => [
					...(await findOrCreateHolders(trx, known)).ids,
					...(await findOrCreateHolders(trx, given)).ids,
				]);
				expect(bulk).toEqual(one);
			}),
			{ numRuns: 25 },
		);
	});
});

/** A small server of ours that speaks what GLPI documents of its REST API; no real GLPI was asked. */
function speakGlpi(items: Record<string, Record<string, unknown>[]>, seen: string[]) {
	return http.createServer((request, response) => {
		const url = new URL(request.url ?? '/', 'http://glpi');
		const path = url.pathname.replace('/glpi/apirest.php/', '');
		seen.push(`${path}${url.search}`);
		const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
			response
				.writeHead(status, { 'content-type': 'application/json', ...headers })
				.end(JSON.stringify(body));
		if (request.headers['app-token'] !== 'app-1')
			return answer(400, ['ERROR_WRONG_APP_TOKEN_PARAMETER', 'bad app token']);
		if (path === 'initSession')
			return request.headers.authorization === 'user_token user-1'
				? answer(200, { session_token: 'session-1' })
				: answer(401, ['ERROR_GLPI_LOGIN_USER_TOKEN', 'bad user token']);
		if (request.headers['session-token'] !== 'session-1')
			return answer(401, ['ERROR_SESSION_TOKEN_INVALID', 'no session']);
		if (path === 'killSession') return answer(200, true);
		const list = items[path] ?? [];
		const [start = 0, end = 0] = (url.searchParams.get('range') ?? '0-50').split('-').map(Number);
		if (start > 0 && start >= list.length) return answer(400, ['ERROR_RANGE_EXCEED_TOTAL', 'range']);
		const part = list.slice(start, end + 1);
		answer(part.length < list.length ? 206 : 200, part, {
			'content-range': `${start}-${start + part.length - 1}/${list.length}`,
		});
	});
}

describe('GLPI by its REST API', () => {
	const computers = Array.from({ length: 1003 }, (_, at) => ({
		id: at + 1,
		name: `PC-${at + 1}`,
		serial: `GL${at + 1}`,
		otherserial: `INV-${String(at + 1).padStart(4, '0')}`,
		manufacturers_id: 'Dell Inc.',
		computermodels_id: 'Latitude 5420',
		computertypes_id: 'Notebook',
		states_id: 'En service',
		users_id: at === 0 ? 'h.marchand' : '&nbsp;',
		groups_id: 0,
		locations_id: 'Mairie',
		comment: null,
		is_deleted: at === 1002 ? 1 : 0,
		is_template: 0,
	}));
	const items = {
		Computer: computers,
		Monitor: [
			{ id: 1, name: 'ECRAN-1', serial: 'MON1', manufacturers_id: 'HP', monitormodels_id: 'P24h G4' },
		],
		Infocom: [
			{
				itemtype: 'Computer',
				items_id: 1,
				buy_date: '2021-11-25',
				warranty_duration: 36,
				value: '950.0000',
				suppliers_id: 'UGAP',
			},
		],
	};
	let server: http.Server;
	const seen: string[] = [];
	beforeAll(async () => {
		server = speakGlpi(items, seen);
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => new Promise((resolve) => server.close(resolve)));
	const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/glpi/apirest.php`;

	const finished = (id: string) =>
		until(async () => {
			const found = await town.equipment.exchange.runs.get(sofia, id);
			if (!found.ok) throw new Error(found.error);
			return found.value.finishedAt && found.value;
		});

	test('its address and tokens are kept sealed, for that server only', async () => {
		const { glpi } = town.equipment.exchange;
		const input = { url: url(), appToken: 'app-1', userToken: 'user-1', nightly: false };
		for (const wrong of [
			'http://glpi.example/apirest.php',
			'https://10.0.0.1/apirest.php',
			`${url()}/x`,
			'nul',
		])
			expect(await glpi.save(sofia, { ...input, url: wrong }), wrong).toMatchObject({ ok: false });
		expect(await glpi.save(sofia, { ...input, userToken: '' })).toMatchObject({ ok: false });
		expect(await glpi.save(sofia, input)).toMatchObject({
			ok: true,
			value: { hasAppToken: true, version: 1 },
		});
		expect(await glpi.save(sofia, { url: url(), nightly: true })).toMatchObject({
			ok: true,
			value: { hasAppToken: true, nightly: true, version: 2 },
		});
		expect(
			await glpi.save(sofia, { url: 'https://glpi.elsewhere.example/apirest.php', nightly: true }),
		).toMatchObject({ ok: false, error: 'equipment.glpi_token_again' });
		const { rows } = await town.platform.pool.query('SELECT * FROM equipment.glpi_connection');
		expect(JSON.stringify(rows)).not.toMatch(/user-1|app-1/);
		const camille = await town.person('Camille');
		expect(await glpi.connection(camille)).toMatchObject({ ok: false });
	});

	test('everything comes page by page, with what was bought when; again, nothing changes', async () => {
		const { glpi, runs } = town.equipment.exchange;
		await glpi.save(sofia, { url: url(), appToken: 'app-1', userToken: 'user-1', nightly: false });
		const tried = await glpi.run(sofia, { dryRun: true });
		if (!tried.ok) throw new Error(tried.error);
		const dry = await finished(tried.value.id);
		expect(dry).toMatchObject({ status: 'checked', error: null, report: { created: 1003, refused: 0 } });
		expect(await count('device')).toBe(0);
		const applied = await runs.apply(sofia, dry.id);
		if (!applied.ok) throw new Error(applied.error);
		expect(await finished(dry.id)).toMatchObject({ status: 'applied', report: { created: 1003 } });
		expect(seen.filter((path) => path.startsWith('Computer')).slice(0, 3)).toEqual([
			'Computer?expand_dropdowns=true&get_hateoas=false&range=0-499',
			'Computer?expand_dropdowns=true&get_hateoas=false&range=500-999',
			'Computer?expand_dropdowns=true&get_hateoas=false&range=1000-1499',
		]);
		expect(seen.at(-1)).toBe('killSession');
		const [first] = await devices();
		expect(first).toMatchObject({
			category: 'monitor',
			tag: 'ECRAN-1',
		});
		const pc = (await devices()).find(({ tag }) => tag === 'INV-0001');
		expect(pc).toMatchObject({
			bought_on: '2021-11-25',
			warranty_until: '2024-11-25',
			price_cents: 95_000,
			supplier: 'UGAP',
			holder: 'h.marchand',
			status: 'in_use',
		});
		const again = await glpi.run(sofia, { dryRun: false });
		if (!again.ok) throw new Error(again.error);
		expect(await finished(again.value.id)).toMatchObject({
			status: 'applied',
			report: { created: 0, changed: 0, unchanged: 1003 },
		});
	});

	test('a refusal is told with what GLPI called it', async () => {
		const { glpi } = town.equipment.exchange;
		await glpi.save(sofia, { url: url(), appToken: 'app-1', userToken: 'wrong', nightly: false });
		const tried = await glpi.run(sofia, { dryRun: true });
		if (!tried.ok) throw new Error(tried.error);
		expect(await finished(tried.value.id)).toMatchObject({
			status: 'failed',
			error: 'equipment.glpi_refused|ERROR_GLPI_LOGIN_USER_TOKEN',
		});
	});
});
