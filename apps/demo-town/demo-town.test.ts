import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parisClock } from './clock.ts';
import { models } from './devices/index.ts';
import { buildExtract } from './extract.ts';
import { buildFleet } from './fleet.ts';
import { buildGeography } from './geography.ts';
import { readingsAt } from './signals.ts';
import { chirpStackUplink } from './simulate.ts';

const geography = buildGeography();
const fleet = buildFleet(geography);
const now = Date.UTC(2026, 10, 23, 12);
const sharedData =
	process.env.PARVIS_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const sharedCodecs = `${sharedData}/lorawan-codecs/codecs.json`;

type Decoded = { data?: Record<string, unknown>; errors?: string[] };

function decoder(source: string): (input: object) => Decoded {
	const context = createContext({});
	runInContext(source, context);
	return (input) =>
		runInContext(`JSON.parse(JSON.stringify(decodeUplink(${JSON.stringify(input)})))`, context) as Decoded;
}

describe('the town', () => {
	test('is the same each time, and of the size it says', () => {
		expect(JSON.stringify(buildGeography())).toBe(JSON.stringify(geography));
		expect(geography.streets.features.length).toBeGreaterThan(240);
		expect(new Set(geography.streets.features.map(({ properties }) => properties.name)).size).toBe(
			geography.streets.features.length,
		);
		const people = geography.districts.features.reduce(
			(sum, { properties }) => sum + Number(properties.population),
			0,
		);
		expect(people).toBeGreaterThan(13_500);
		expect(people).toBeLessThan(14_500);
		expect(fleet.length).toBeGreaterThan(570);
		expect(fleet.length).toBeLessThan(630);
		expect(new Set(fleet.map(({ identifier }) => identifier)).size).toBe(fleet.length);
		expect(new Set(fleet.map(({ model }) => model)).size).toBeGreaterThanOrEqual(12);
	});

	test('has streets that all hang together', () => {
		const key = ([x, y]: number[]) => `${x} ${y}`;
		const parent = new Map<string, string>();
		const find = (name: string): string => {
			const above = parent.get(name) ?? name;
			return above === name ? name : find(above);
		};
		for (const { geometry } of geography.streets.features) {
			const points = (geometry.coordinates as number[][]).map(key);
			for (const [i, point] of points.entries())
				parent.set(find(point), find(points[Math.max(0, i - 1)] ?? point));
		}
		const sizes = Object.values(Object.groupBy([...parent.keys()], find)).map((group) => group?.length ?? 0);
		expect(Math.max(...sizes) / [...parent.keys()].length).toBeGreaterThan(0.97);
	});
});

describe.each(Object.entries(models).filter(([, { codec }]) => codec))('%s', (name, model) => {
	const decode = decoder(model.codec ?? '');
	const devices = fleet.filter(({ model: of }) => of === name);

	test('sends bytes that say what it measured, to the device’s own resolution', () => {
		fc.assert(
			fc.property(
				fc.constantFrom(...devices),
				fc.integer({ min: now - 90 * 86_400_000, max: now + 30 * 86_400_000 }),
				(device, at) => {
					const readings = readingsAt(device, at);
					const { data, errors } = decode({ bytes: model.encode(readings), fPort: model.fPort });
					expect(errors).toBeUndefined();
					for (const { field } of model.mapping) {
						const decoded = data?.[field];
						expect(decoded, field).toBeDefined();
						if (typeof decoded === 'number')
							expect(Math.abs(decoded - (readings[field] ?? Number.NaN)), field).toBeLessThanOrEqual(
								field === 'temperature' ? 0.51 : 1,
							);
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	test('is understood by the vendor’s own codec', ({ skip }) => {
		if (!existsSync(sharedCodecs)) skip('the collection of vendors’ codecs is not beside the checkout');
		const known: Record<string, string> = {
			em300Th: 'em300-th',
			em500Pt100: 'em500-pt100',
			em300Sld: 'em300-sld-zld',
			ldds75: 'ldds75',
			lht65n: 'lht65n',
			ersCo2: 'elsys',
			tbms100: 'tabs-tbms100',
			dlCtd10: 'dl-ctd10',
			dlAtm22: 'dl-atm22',
			vicki: 'vicki',
			em2101: 'em2101',
		};
		const collection = JSON.parse(readFileSync(sharedCodecs, 'utf8')) as { codec: string; js: string }[];
		const vendor = collection.find(({ codec }) => codec === known[name]);
		if (!vendor) skip('the collection does not hold this model');
		const vendorDecode = decoder(vendor?.js ?? '');
		for (const device of devices.slice(0, 5)) {
			const bytes = model.encode(readingsAt(device, now));
			const ours = decode({ bytes, fPort: model.fPort }).data ?? {};
			const theirs = vendorDecode({ bytes, fPort: model.fPort }).data ?? {};
			for (const { field } of model.mapping) {
				const value = theirs[field];
				const plain = Object.values(typeof value === 'object' && value !== null ? value : { value }).find(
					(part) => typeof part === 'number' || part === ours[field],
				);
				if (typeof ours[field] === 'number')
					expect(Number(plain), field).toBeCloseTo(ours[field] as number, 1);
				else expect(plain, field).toBe(ours[field]);
			}
		}
	});
});

describe('signals', () => {
	test('depend on device and instant alone, stay within what the mapping takes for possible, and counters never go back', () => {
		for (const device of fleet) {
			const { mapping } = models[device.model];
			let before: Record<string, number> = {};
			for (let hours = 0; hours < 24 * 90; hours += 37) {
				const readings = readingsAt(device, now - 90 * 86_400_000 + hours * 3_600_000);
				for (const {
					field,
					property,
					scale = 1,
					divideBy,
					offset = 0,
					minimum,
					maximum,
					values,
				} of mapping) {
					if (values) continue;
					const value =
						((readings[field] ?? Number.NaN) * scale) /
							(divideBy ? (device.parameters[divideBy] ?? Number.NaN) : 1) +
						offset;
					expect(Number.isFinite(value), `${device.name} ${field}`).toBe(true);
					if (minimum !== undefined) expect(value, `${device.name} ${field}`).toBeGreaterThanOrEqual(minimum);
					if (maximum !== undefined) expect(value, `${device.name} ${field}`).toBeLessThanOrEqual(maximum);
					if (/Energy|CountIn|CountOut/.test(property))
						expect(value, `${device.name} ${field}`).toBeGreaterThanOrEqual(before[field] ?? 0);
				}
				before = { ...readings };
			}
		}
	});

	test('tell the time of Paris', () => {
		for (const [instant, hours] of [
			['2026-10-25T00:59:00Z', 2],
			['2026-10-25T01:01:00Z', 2],
			['2026-03-29T00:59:00Z', 1],
			['2026-03-29T01:01:00Z', 3],
		] as const)
			expect(Math.floor(parisClock(Date.parse(instant)).hours)).toBe(hours);
	});
});

test('an uplink has the form of ChirpStack’s', () => {
	const [device] = fleet;
	if (!device) throw new Error('no device');
	expect(chirpStackUplink(device, Buffer.from([1, 2]), now, 3)).toMatchObject({
		deviceInfo: { devEui: device.identifier },
		fCnt: 3,
		data: 'AQI=',
		time: '2026-11-23T12:00:00.000Z',
	});
});

describe('its roads, as an OpenStreetMap extract', () => {
	const load = async () => {
		const { buildNetwork, createRouter } = await import('@parvis/road-network');
		const bytes = new TextEncoder().encode(buildExtract());
		const { network, report } = await buildNetwork(async function* () {
			yield bytes;
		});
		return { report, router: createRouter(network) };
	};

	test('can be driven, with limits and turns that count', async () => {
		expect(buildExtract()).toBe(buildExtract());
		const { report, router } = await load();
		expect(report.kilometers).toBeGreaterThan(60);
		expect(report.restrictions.kept).toBeGreaterThan(2);
		expect(report.restrictions.ignored).toMatchObject({ absent: 0, unclear: 0, members: 0 });
		expect(report.restrictions.ignored.conditional).toBeGreaterThan(0);
		expect(report.limits).toEqual({ height: 1, weight: 1, width: 0 });
		expect(router.cutOff({ profile: 'truck', heightMeters: 3.6, weightTonnes: 26 })).toBeLessThan(
			report.edges / 20,
		);
	});

	test('lead to every place, by car, truck, bicycle and on foot', async () => {
		const { router } = await load();
		const places = geography.places.map(({ longitude, latitude }) => [longitude, latitude] as const);
		for (const profile of ['car', 'truck', 'bicycle', 'foot'] as const) {
			const size = profile === 'truck' ? { heightMeters: 3.6, weightTonnes: 26, widthMeters: 2.55 } : {};
			const { meters } = router.matrix(places.slice(0, 60), { profile, ...size });
			expect([...meters].every((value) => value < 20_000)).toBe(true);
			for (const place of places) expect(router.snap(place, { profile, ...size })?.meters).toBeLessThan(400);
		}
	});
});
