import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { createApi } from './api.ts';
import { models } from './devices/index.ts';
import { buildExtract } from './extract.ts';
import { buildFleet, type DemoDevice } from './fleet.ts';
import { buildGeography, placesCollection } from './geography.ts';
import { buildLights, lightProfiles, lightsImport } from './lights.ts';
import { postcode, townName } from './names.ts';
import { readingsAt } from './signals.ts';
import { buildWaste } from './waste.ts';

export interface FillOptions {
	baseUrl: string;
	/** API key with places:write, devices:write, observations:write and operations:write. */
	apiKey: string;
	now: Date;
	/** `small`: a fifth of the devices and three days of history, for tests. */
	size: 'full' | 'small';
	say(line: string): void;
}

const hour = 3_600_000;
const day = 24 * hour;

/** How history thins out: the newest days at the devices' own pace, then hours, then every third hour. */
const stretches = [
	{ fromDays: 0, toDays: 3, stepMilliseconds: 0 },
	{ fromDays: 3, toDays: 22, stepMilliseconds: hour },
	{ fromDays: 22, toDays: 90, stepMilliseconds: 3 * hour },
] as const;
const townSettings = {
	name: townName,
	tagline: 'Commune de démonstration, 14 100 habitants inventés',
	accent: '#1d5c63',
	address: `Place de l’Hôtel-de-Ville\n${postcode} ${townName}`,
	phone: '01 99 00 12 34',
	email: 'mairie@valbrune.example',
	publisher: 'Commune de Valbrune-sur-Orle (fictive)',
	host: 'La machine sur laquelle vous avez lancé cette démonstration',
	dataOfficerEmail: 'donnees@valbrune.example',
};
const schoolDays = { days: [1, 2, 4, 5], from: '08:30', to: '16:30' };
const alarmRules = [
	{
		name: 'Air à renouveler',
		property: 'co2',
		condition: { kind: 'above', threshold: 1100, hysteresis: 150, durationSeconds: 1800 },
		severity: 'information',
		recipients: ['batiments@valbrune.example'],
	},
	{
		name: 'Classe trop froide',
		property: 'temperature',
		condition: { kind: 'below', threshold: 16, hysteresis: 0.5, durationSeconds: 3600 },
		schedule: schoolDays,
		severity: 'warning',
		recipients: ['batiments@valbrune.example'],
	},
	{
		name: 'Conteneur presque plein',
		property: 'fillingLevel',
		condition: { kind: 'above', threshold: 92, hysteresis: 20 },
		severity: 'information',
		recipients: ['proprete@valbrune.example'],
	},
	{
		name: 'L’Orle monte',
		property: 'waterLevel',
		condition: { kind: 'above', threshold: 2.6, hysteresis: 0.2, durationSeconds: 900 },
		severity: 'critical',
		recipients: ['astreinte@valbrune.example'],
		public: true,
	},
	{
		name: 'Fuite d’eau',
		property: 'waterLeak',
		condition: { kind: 'above', threshold: 0.5 },
		severity: 'critical',
		recipients: ['astreinte@valbrune.example'],
	},
	{
		name: 'Batterie faible',
		property: 'batteryLevel',
		condition: { kind: 'below', threshold: 15, hysteresis: 5 },
		severity: 'information',
	},
	{ name: 'Appareil silencieux', condition: { kind: 'silence', intervals: 6 }, severity: 'warning' },
];
const linesInBatch = 8000;
const batchesAtOnce = 3;

/** Fill an empty town from outside, as any town would: places and devices by import, 90 days of history in batches. */
export async function fillDemoTown({
	baseUrl,
	apiKey,
	now,
	size,
	say,
}: FillOptions): Promise<{ observations: number }> {
	const api = createApi(baseUrl, apiKey);
	const geography = buildGeography();
	const small = size === 'small';
	const places = small ? geography.places.filter((_, n) => n % 4 === 0 || n < 24) : geography.places;
	const fleet = buildFleet({ ...geography, places }).filter((_, n) => !small || n % 5 === 0);

	await api.patch('/settings', JSON.stringify(townSettings));
	const take = async (kind: string, collection: object) => {
		const { faults } = (await api.post(`/imports/${kind}`, JSON.stringify(collection))) as {
			faults: unknown[];
		};
		if (faults.length) throw new Error(`${kind} were refused: ${JSON.stringify(faults.slice(0, 3))}`);
	};
	await take('districts', geography.districts);
	await take('streets', geography.streets);
	await take('places', placesCollection(places));
	for (const [name, layer] of Object.entries(geography.layers)) await take(name, layer);
	say(`${places.length} places, ${geography.streets.features.length} streets`);
	const roads = new URLSearchParams({
		source: 'valbrune-sur-orle.osm.gz',
		attribution: `Commune de ${townName}, données inventées`,
	});
	const extract = new Uint8Array(await promisify(gzip)(buildExtract()));
	const { report } = (await api.post(`/roads?${roads}`, extract, 'application/gzip')) as {
		report: { kilometers: number; restrictions: { kept: number } };
	};
	say(`${Math.round(report.kilometers)} km of roads, ${report.restrictions.kept} turns that are forbidden`);

	const used = new Set(fleet.map(({ model }) => model));
	for (const name of used) {
		const { vendor, model, name: title, description, codec, mapping, expectedIntervalSeconds } = models[name];
		await api.post(
			'/device-types',
			JSON.stringify({
				vendor,
				model,
				name: title,
				description,
				codecSource: codec,
				mapping,
				expectedIntervalSeconds,
				retentionDays: 400,
			}),
		);
	}
	for (let start = 0; start < fleet.length; start += 200) {
		const items = fleet.slice(start, start + 200).map((device) => ({
			name: device.name,
			vendor: models[device.model].vendor,
			model: models[device.model].model,
			...(models[device.model].fPort === null
				? { externalId: device.identifier }
				: { devEui: device.identifier }),
			...(device.placeId && { place: device.placeId }),
			longitude: device.longitude,
			latitude: device.latitude,
			service: device.service,
			parameters: device.parameters,
		}));
		const report = (await api.post('/devices/import', JSON.stringify({ devices: items, dryRun: false }))) as {
			refused: unknown[];
		};
		if (report.refused.length)
			throw new Error(`devices were refused: ${JSON.stringify(report.refused.slice(0, 3))}`);
	}
	say(`${fleet.length} devices of ${used.size} models`);

	const waste = buildWaste({ ...geography, places }, fleet);
	for (const site of waste.sites) await api.post('/waste/sites', JSON.stringify(site));
	for (const vehicle of waste.vehicles) await api.post('/waste/vehicles', JSON.stringify(vehicle));
	const containers = (await api.post(
		'/waste/containers/import',
		JSON.stringify({ containers: waste.containers }),
	)) as { refused: unknown[] };
	if (containers.refused.length)
		throw new Error(`containers were refused: ${JSON.stringify(containers.refused.slice(0, 3))}`);
	for (const round of waste.fixedRounds) await api.post('/waste/fixed-rounds', JSON.stringify(round));
	for (const event of waste.events) await api.post('/waste/events', JSON.stringify(event));
	say(`${waste.containers.length} waste containers, ${waste.vehicles.length} trucks`);
	const lights = buildLights(geography, fleet);
	const taken = (await api.post('/lighting/import', JSON.stringify(lightsImport(lights)))) as {
		refused: unknown[];
	};
	if (taken.refused.length)
		throw new Error(`lights were refused: ${JSON.stringify(taken.refused.slice(0, 3))}`);
	for (const profile of lightProfiles) await api.post('/lighting/profiles', JSON.stringify(profile));
	say(`${lights.lamps.length} street lamps, ${lights.sensors.length} presence sensors`);

	for (const rule of alarmRules) await api.post('/alarm-rules', JSON.stringify(rule));
	let observations = 0;
	const send = async (lines: string[]) => {
		const report = (await api.post('/observations', lines.join('\n'), 'application/x-ndjson')) as {
			observations: number;
			refusedCount: number;
			refused: unknown[];
		};
		if (report.refusedCount)
			throw new Error(`history was refused: ${JSON.stringify(report.refused.slice(0, 3))}`);
		observations += report.observations;
	};
	const pending = new Set<Promise<void>>();
	let lines: string[] = [];
	const flush = async () => {
		if (!lines.length) return;
		if (pending.size >= batchesAtOnce) await Promise.race(pending);
		const sending: Promise<void> = send(lines).finally(() => pending.delete(sending));
		pending.add(sending);
		lines = [];
	};
	for (const { fromDays, toDays, stepMilliseconds } of small ? stretches.slice(0, 1) : stretches) {
		const to = now.getTime() - fromDays * day;
		const from = now.getTime() - toDays * day;
		for (const device of fleet) {
			const step = stepMilliseconds || Math.max(device.intervalSeconds * 1000, hour / 2);
			for (let at = Math.ceil(from / step) * step; at < to; at += step) {
				if (device.fault === 'silent' && at > now.getTime() - 1.2 * day) break;
				lines.push(line(device, at));
				if (lines.length >= linesInBatch) await flush();
			}
		}
	}
	await flush();
	await Promise.all(pending);
	say(`${observations} observations of the last ${small ? 3 : 90} days`);
	return { observations };
}

function line(device: DemoDevice, at: number): string {
	const readings = readingsAt(device, at);
	const values: Record<string, number | string> = {};
	for (const [name, value] of Object.entries(readings)) values[name] = Math.round(value * 100) / 100;
	if (device.model === 'em300Sld') values.leakage_status = readings.leakage_status ? 'leak' : 'normal';
	return JSON.stringify({ device: device.identifier, time: new Date(at).toISOString(), values });
}
