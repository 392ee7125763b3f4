import type { Result } from '@parvis/platform';
import { createTestPlatform, type TestPlatform } from '@parvis/platform/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceType, DeviceTypeInput, Sensing } from './index.ts';
import { actors, createTestSensing, testPlaces } from './testing.ts';

let town: TestPlatform<{ sensing: Sensing }>;
let sensing: Sensing;
let type: DeviceType;

const { manager, agent, resident, visitor, key } = actors;
const thermometer: DeviceTypeInput = {
	vendor: 'Milesight',
	model: 'EM300-TH',
	name: 'Thermomètre',
	mapping: [{ field: 'temperature', property: 'temperature', unit: 'Cel' }],
	expectedIntervalSeconds: 600,
};

function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`refused: ${result.error} ${JSON.stringify(result.detail)}`);
	return result.value;
}

beforeAll(async () => {
	town = await createTestPlatform(createTestSensing);
	sensing = town.built.sensing;
	type = value(await sensing.types.create(manager, thermometer));
});
afterAll(() => town.close());

describe('device types', () => {
	test('only managers and keys with the scope change them, only agents see them', async () => {
		for (const actor of [agent, resident, visitor])
			expect(await sensing.types.create(actor, { ...thermometer, model: 'X' })).toEqual({
				ok: false,
				error: 'platform.not_allowed',
			});
		expect(await sensing.types.list(visitor)).toMatchObject({ ok: false });
		expect(value(await sensing.types.list(agent)).map(({ model }) => model)).toContain('EM300-TH');
	});

	test('a vendor and model exist once; upsert changes the one that is there and keeps its former mapping', async () => {
		expect(await sensing.types.create(manager, thermometer)).toMatchObject({ error: 'sensing.type_exists' });
		const input = { ...thermometer, model: 'EM300-TH-2' };
		const first = value(await sensing.types.upsert(key, input));
		expect(first).toMatchObject({ created: true, changed: true });
		expect(value(await sensing.types.upsert(key, input))).toMatchObject({ created: false, changed: false });
		const second = value(
			await sensing.types.upsert(key, {
				...input,
				mapping: [{ field: 'temp', property: 'temperature', unit: 'Cel' }],
			}),
		);
		expect(second).toMatchObject({ created: false, changed: true });
		const versions = value(await sensing.types.versions(agent, first.type.id));
		expect(versions).toMatchObject([{ mapping: [{ field: 'temperature' }], replacedBy: 'key' }]);
		expect(value(await sensing.types.remove(manager, first.type.id))).toBeNull();
		expect(await sensing.types.get(manager, first.type.id)).toMatchObject({ error: 'sensing.type_unknown' });
	});

	test('bad input is refused by the name of its fault', async () => {
		const create = (changes: Partial<DeviceTypeInput>) =>
			sensing.types.create(manager, { ...thermometer, model: 'Y', ...changes });
		expect(await create({ vendor: ' ' })).toMatchObject({ error: 'sensing.vendor_missing' });
		expect(await create({ expectedIntervalSeconds: 0 })).toMatchObject({ error: 'sensing.interval_invalid' });
		expect(await create({ retentionDays: -1 })).toMatchObject({ error: 'sensing.retention_invalid' });
	});

	test('a codec is checked when it comes in, and tried on a payload with the mapping and a device’s parameters', async () => {
		const codecSource = `function decodeUplink({ bytes }) {
			if (bytes.length < 2) return { errors: ['too short'] };
			const label = 'x\\u0000'.replace(/\\u0000/g, '');
			return { data: { distance: bytes[0] * 256 + bytes[1], label }, warnings: ['w'] };
		}`;
		const create = (source: string) =>
			sensing.types.create(manager, { ...thermometer, model: 'Z', codecSource: source });
		expect(await create('function {')).toMatchObject({ error: 'sensing.codec_invalid' });
		expect(await create('var nothing = 1;')).toMatchObject({ error: 'sensing.codec_no_decoder' });
		expect(value(await create(codecSource)).codecVersion).toMatch(/^[0-9a-f]{64}$/);

		const mapping = [
			{
				field: 'distance',
				property: 'fillingLevel',
				unit: '%',
				scale: -100,
				divideBy: 'heightMillimeters',
				offset: 100,
			},
			{ field: 'label', property: 'label', unit: '1' },
		];
		const trial = { codecSource, mapping, fPort: 1, deviceParameters: { heightMillimeters: 2000 } };
		for (const bytes of ['01F4', '01 f4', '0x01f4', 'AfQ='])
			expect(value(await sensing.types.tryOut(manager, { ...trial, bytes }))).toEqual({
				data: { distance: 500, label: 'x' },
				warnings: ['w'],
				errors: [],
				values: [
					{
						property: 'fillingLevel',
						label: { fr: 'Remplissage', en: 'Filling level' },
						unit: '%',
						symbol: '%',
						value: 75,
					},
				],
				unusable: ['label'],
			});
		expect(value(await sensing.types.tryOut(manager, { ...trial, bytes: '01' }))).toMatchObject({
			data: null,
			errors: ['too short'],
		});
		expect(await sensing.types.tryOut(manager, { ...trial, bytes: 'é' })).toMatchObject({
			error: 'sensing.payload_not_bytes',
		});
		expect(await sensing.types.tryOut(agent, { ...trial, bytes: '01F4' })).toMatchObject({ ok: false });
	});

	test('one in use is not removed', async () => {
		const device = value(
			await sensing.devices.create(manager, { name: 'Pris', typeId: type.id, devEui: '00000000000000aa' }),
		);
		expect(device.type.model).toBe('EM300-TH');
		expect(await sensing.types.remove(manager, type.id)).toMatchObject({ error: 'sensing.type_in_use' });
	});
});

describe('devices', () => {
	test('one stands where its place is, unless told', async () => {
		const device = value(
			await sensing.devices.create(manager, {
				name: 'Classe 1',
				typeId: type.id,
				devEui: '24:E1:24:13:6B:50:22:17',
				placeId: 'school',
			}),
		);
		expect(device).toMatchObject({
			devEui: '24e124136b502217',
			placeId: testPlaces.school?.id,
			longitude: 2.1,
			latitude: 47.1,
			state: 'never_seen',
			expectedIntervalSeconds: 600,
			ownExpectedIntervalSeconds: null,
			hasCredential: false,
		});
		const moved = value(await sensing.devices.update(manager, device.id, { placeId: 'town-hall' }));
		expect(moved).toMatchObject({ longitude: 2.2, placeKind: 'town_hall' });
		const placed = value(await sensing.devices.update(manager, device.id, { longitude: 3, latitude: 48 }));
		expect(placed).toMatchObject({ longitude: 3, latitude: 48, placeKind: 'town_hall' });
	});

	test('refusals', async () => {
		const base = { name: 'A', typeId: type.id, devEui: '00000000000000ab' };
		const create = (changes: object) => sensing.devices.create(manager, { ...base, ...changes });
		expect(await create({ devEui: 'zz' })).toMatchObject({ error: 'sensing.dev_eui_invalid' });
		expect(await create({ devEui: '' })).toMatchObject({ error: 'sensing.identifier_missing' });
		expect(await create({ devEui: null, externalId: 'a/b' })).toMatchObject({
			error: 'sensing.external_id_invalid',
		});
		expect(await create({ placeId: 'nowhere' })).toMatchObject({ error: 'sensing.place_unknown' });
		expect(await create({ typeId: '01900000-0000-7000-8000-0000000000ff' })).toMatchObject({
			error: 'sensing.type_unknown',
		});
		expect(await create({ longitude: 500, latitude: 1 })).toMatchObject({
			error: 'sensing.position_invalid',
		});
		expect(await create({ longitude: 5 })).toMatchObject({ error: 'sensing.position_invalid' });
		expect(await create({ parameters: { heightMillimeters: 'high' } })).toMatchObject({ ok: false });
		value(await create({}));
		expect(await create({})).toMatchObject({ error: 'sensing.device_exists' });
		expect(await sensing.devices.create(agent, base)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await sensing.devices.get(manager, 'not-an-id')).toMatchObject({
			error: 'sensing.device_unknown',
		});
	});

	test('the list is searched without accents, filtered, sorted and paged', async () => {
		const names = ['Écluse amont', 'Écluse aval', 'École nord'];
		for (const [index, name] of names.entries())
			value(
				await sensing.devices.create(manager, {
					name,
					typeId: type.id,
					externalId: `filter-${index}`,
					service: index < 2 ? 'Eau' : 'Écoles',
				}),
			);
		const list = async (filter: object) => value(await sensing.devices.list(agent, filter));
		expect((await list({ text: 'ecluse' })).items.map(({ name }) => name)).toEqual(names.slice(0, 2));
		expect((await list({ text: 'ecluse aval' })).total).toBe(1);
		expect((await list({ text: '100%' })).total).toBe(0);
		expect((await list({ service: 'Eau', sort: 'name', descending: true })).items[0]?.name).toBe(names[1]);
		const second = await list({ text: 'filter-', pageSize: 2, page: 2 });
		expect(second).toMatchObject({ total: 3, page: 2, pageSize: 2, items: [{ name: names[2] }] });
		expect(value(await sensing.devices.services(agent))).toEqual(expect.arrayContaining(['Eau', 'Écoles']));
		expect(await sensing.devices.list(resident)).toMatchObject({ error: 'platform.not_allowed' });
	});

	test('silent after three intervals, low battery at 20 %, counted for the dashboard', async () => {
		const before = value(await sensing.devices.counts(agent));
		const seen = async (name: string, secondsAgo: number, batteryPercent: number) => {
			const device = value(
				await sensing.devices.create(manager, { name, typeId: type.id, externalId: `state-${name}` }),
			);
			await town.platform.pool.query(
				`UPDATE sensing.device SET last_seen_at = now() - make_interval(secs => $2), battery_percent = $3 WHERE id = $1`,
				[device.id, secondsAgo, batteryPercent],
			);
			return value(await sensing.devices.get(agent, device.id));
		};
		expect(await seen('fresh', 1700, 90)).toMatchObject({ state: 'live', lowBattery: false });
		expect(await seen('quiet', 1900, 20)).toMatchObject({ state: 'silent', lowBattery: true });
		const after = value(await sensing.devices.counts(agent));
		expect(after).toMatchObject({
			active: before.active + 2,
			live: before.live + 1,
			silent: before.silent + 1,
			lowBattery: before.lowBattery + 1,
		});
		const names = async (filter: object) =>
			value(await sensing.devices.list(agent, filter)).items.map(({ name }) => name);
		expect(await names({ state: 'silent' })).toEqual(['quiet']);
		expect(await names({ lowBattery: true })).toEqual(['quiet']);
	});

	test('retired ones leave the active list and lose their credential; every change is audited', async () => {
		const device = value(
			await sensing.devices.create(manager, { name: 'Ancien', typeId: type.id, externalId: 'old-1' }),
		);
		const credential = value(await sensing.devices.renewCredential(manager, device.id));
		expect(credential).toMatchObject({ username: 'old-1' });
		expect(credential.password).toHaveLength(32);
		const { rows } = await town.platform.pool.query(
			'SELECT credential_hash FROM sensing.device WHERE id = $1',
			[device.id],
		);
		expect(rows[0].credential_hash).toMatch(/^[0-9a-f]{64}$/);
		expect(rows[0].credential_hash).not.toContain(credential.password);
		expect(value(await sensing.devices.retire(manager, device.id))).toMatchObject({
			state: 'retired',
			hasCredential: false,
		});
		expect(value(await sensing.devices.list(agent, { text: 'old-1', state: 'active' })).total).toBe(0);
		expect(value(await sensing.devices.reactivate(manager, device.id)).state).toBe('never_seen');
		const entries = await town.platform.audit.list({ action: 'sensing.device.' });
		expect(
			entries.filter(({ subject }) => subject === `device:${device.id}`).map(({ action }) => action),
		).toEqual([
			'sensing.device.reactivated',
			'sensing.device.retired',
			'sensing.device.credential_renewed',
			'sensing.device.created',
		]);
	});
});

describe('import', () => {
	const csv = [
		'Name;Vendor;Model;dev_eui;Place;Longitude;Latitude;Service;parameters.heightMillimeters',
		'"Conteneur ""A""";Milesight;EM300-TH;70B3D57ED0000001;car-park;;;Propreté;1800',
		'Conteneur B;Milesight;EM300-TH;70-B3-D5-7E-D0-00-00-02;;2,35;47,1;Propreté;',
		'Sans modèle;Inconnu;X1;70B3D57ED0000003;;;;;',
		'Doublon;Milesight;EM300-TH;70b3d57ed0000001;;;;;',
		'Mauvais;Milesight;EM300-TH;123;;;;;',
	].join('\r\n');

	test('a dry run tells each line’s fault and writes nothing; the import writes the good lines; again changes nothing', async () => {
		const before = value(await sensing.devices.list(agent)).total;
		const expected = {
			created: 2,
			updated: 0,
			unchanged: 0,
			refused: [
				{ line: 4, error: 'sensing.import_type_unknown', detail: { type: 'Inconnu X1' } },
				{ line: 5, error: 'sensing.import_double', detail: { line: 2 } },
				{ line: 6, error: 'sensing.dev_eui_invalid', detail: { field: 'devEui' } },
			],
		};
		expect(value(await sensing.devices.importCsv(manager, csv, { dryRun: true }))).toEqual({
			dryRun: true,
			...expected,
		});
		expect(value(await sensing.devices.list(agent)).total).toBe(before);
		expect(value(await sensing.devices.importCsv(manager, csv, { dryRun: false }))).toMatchObject(expected);
		expect(value(await sensing.devices.list(agent, { text: 'Conteneur' })).items).toMatchObject([
			{
				name: 'Conteneur "A"',
				devEui: '70b3d57ed0000001',
				longitude: 2.3,
				parameters: { heightMillimeters: 1800 },
			},
			{ name: 'Conteneur B', longitude: 2.35, latitude: 47.1, placeId: null },
		]);
		expect(value(await sensing.devices.importCsv(manager, csv, { dryRun: false }))).toMatchObject({
			created: 0,
			updated: 0,
			unchanged: 2,
		});
	});

	test('columns that are absent keep what the device has', async () => {
		const renamed = 'devEui,name\n70b3d57ed0000001,Conteneur renommé\n';
		expect(value(await sensing.devices.importCsv(manager, renamed, { dryRun: false }))).toMatchObject({
			updated: 1,
			refused: [],
		});
		expect(value(await sensing.devices.list(agent, { text: 'renommé' })).items).toMatchObject([
			{ service: 'Propreté', parameters: { heightMillimeters: 1800 }, placeKind: 'car_park' },
		]);
	});

	test('a file that is none is refused as a whole', async () => {
		const refusal = async (text: string) => sensing.devices.importCsv(manager, text, { dryRun: true });
		expect(await refusal('')).toMatchObject({ error: 'sensing.import_empty' });
		expect(await refusal('name,colour\na,b')).toMatchObject({
			error: 'sensing.import_column_unknown',
			detail: { column: 'colour' },
		});
		const nul = 'devEui,name,place\n70b3d57ed0000009,a,b\0c';
		expect(value(await refusal(nul)).refused).toMatchObject([{ line: 2, error: 'sensing.field_invalid' }]);
		expect(await refusal('name\na')).toMatchObject({ error: 'sensing.import_column_missing' });
		expect(await refusal('name,devEui\n"a,b')).toMatchObject({ error: 'sensing.csv_invalid' });
	});

	test('5,000 devices at once', async () => {
		const rows = Array.from(
			{ length: 5000 },
			(_, index) => `Lampadaire ${index},Milesight,EM300-TH,lamp-${index},2.${index},47.1`,
		);
		const text = `name,vendor,model,externalId,longitude,latitude\n${rows.join('\n')}`;
		expect(value(await sensing.devices.importCsv(manager, text, { dryRun: false })).created).toBe(5000);
	});
});
