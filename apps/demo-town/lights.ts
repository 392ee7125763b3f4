import type { DemoDevice } from './fleet.ts';
import type { Geography } from './geography.ts';
import { noiseOf } from './random.ts';

type Position = [number, number];

export interface LitSegment {
	externalId: string;
	streetName: string;
	streetClass: string;
	usage: 'road' | 'tunnel';
	coordinates: Position[];
	areaSquareMeters: number;
}

export interface DemoLamp {
	externalId: string;
	segment: string;
	cabinet: string;
	alongMeters: number;
	longitude: number;
	latitude: number;
	watts: number;
}

export interface DemoLights {
	cabinets: object[];
	segments: LitSegment[];
	lamps: DemoLamp[];
	sensors: { externalId: string; segment: string; alongMeters: number }[];
}

export const lampWatts = 38;
export const standbyWatts = 0.5;
export const safeLevel = 50;
const spacingMeters = 36;
/** The covered passage: lit by day too, so that somebody who visits the demonstration in daytime sees lamps react. */
const passage = 'rue-001';

/** Lamps along the streets that have a cabinet, cut where they cross another street. */
export function buildLights(geography: Geography, fleet: readonly DemoDevice[]): DemoLights {
	const streets = geography.streets.features.map(({ properties, geometry }) => ({
		id: String(properties.id),
		name: String(properties.name),
		class: String(properties.class),
		points: geometry.coordinates as Position[],
	}));
	const uses = new Map<string, number>();
	const key = (point: Position) => point.join(' ');
	for (const { points } of streets)
		for (const point of points) uses.set(key(point), (uses.get(key(point)) ?? 0) + 1);
	const cabinets = fleet.filter(({ model }) => model === 'cabinet');
	const lit = new Map<string, DemoDevice>();
	for (const cabinet of cabinets) {
		const street = streets.find(({ name }) => cabinet.name.endsWith(` · ${name}`));
		if (street && !lit.has(street.id)) lit.set(street.id, cabinet);
	}
	const [firstCabinet] = cabinets;
	if (firstCabinet && !lit.has(passage)) lit.set(passage, firstCabinet);
	const segments: LitSegment[] = [];
	const lamps: DemoLamp[] = [];
	const sensors: DemoLights['sensors'] = [];
	for (const street of streets) {
		const cabinet = lit.get(street.id);
		if (!cabinet) continue;
		for (const [part, line] of cut(street.points, (point) => (uses.get(key(point)) ?? 0) > 1).entries()) {
			const length = lengthOf(line);
			const externalId = `${street.id}-${part + 1}`;
			const covered = street.id === passage;
			segments.push({
				externalId,
				streetName: street.name,
				streetClass: street.class,
				usage: covered ? 'tunnel' : 'road',
				coordinates: line,
				areaSquareMeters: Math.round(length * (street.class === 'primary' ? 14 : 9)),
			});
			const count = Math.max(1, Math.round(length / spacingMeters));
			for (let n = 0; n < count; n++) {
				const alongMeters = ((n + 0.5) / count) * length;
				const [longitude, latitude] = at(line, alongMeters);
				lamps.push({
					externalId: `${externalId}-L${n + 1}`,
					segment: externalId,
					cabinet: cabinet.identifier,
					alongMeters,
					longitude,
					latitude,
					watts: lampWatts,
				});
				if (covered || (street.class !== 'primary' && n % 2 === 0))
					sensors.push({ externalId: `${externalId}-P${n + 1}`, segment: externalId, alongMeters });
			}
		}
	}
	return {
		cabinets: cabinets.map(({ identifier, name, longitude, latitude }) => ({
			externalId: identifier,
			name,
			longitude,
			latitude,
			meterDevice: identifier,
			simulated: true,
		})),
		segments,
		lamps,
		sensors,
	};
}

/** What the platform's import takes. */
export function lightsImport({ cabinets, segments, lamps, sensors }: DemoLights): object {
	return {
		cabinets,
		segments,
		luminaires: lamps.map((lamp) => ({
			...lamp,
			standbyWatts,
			safeLevelPercent: safeLevel,
			lumens: 4600,
			// A few lamps of the time before the arrêté are left.
			colourKelvin: noiseOf(lamp.externalId) < 0.04 ? 4000 : 2700,
			upwardPercent: 0.5,
			installedOn: noiseOf(lamp.externalId) < 0.04 ? '2016-05-10' : '2022-09-14',
			simulated: true,
		})),
		sensors,
	};
}

const evening = (sun: string, offsetMinutes: number) => ({ sun, offsetMinutes });
const plan = (levels: [string | null, number][], restriction: object = {}) => ({
	season: null,
	weekdays: null,
	dates: null,
	on: evening('sunset', 10),
	off: evening('sunrise', -10),
	levels: levels.map(([from, level]) => ({ from, level })),
	...restriction,
});
const presence = (level: number, aheadMeters: number) => ({
	level,
	aheadMeters,
	holdSeconds: 25,
	riseSeconds: 1,
	fallSeconds: 20,
});

/** What the lamps of the town do. */
export const lightProfiles: readonly object[] = [
	{
		name: 'Axes principaux',
		usage: 'road',
		streetClasses: ['primary', 'secondary'],
		plans: [
			plan([
				[null, 100],
				['22:00', 70],
				['00:00', 40],
				['05:30', 80],
			]),
		],
		presence: null,
		activity: null,
		decision: null,
	},
	{
		name: 'Rues calmes',
		usage: 'road',
		streetClasses: [],
		plans: [
			plan(
				[
					[null, 80],
					['23:00', 40],
					['05:30', 60],
				],
				{ weekdays: [5, 6] },
			),
			plan([
				[null, 70],
				['21:30', 30],
				['23:30', 15],
				['05:30', 50],
			]),
		],
		presence: presence(80, 70),
		activity: null,
		decision: 'Délibération fictive du 12 mars 2026',
	},
	{
		name: 'Centre piéton',
		usage: 'road',
		streetClasses: ['pedestrian'],
		plans: [
			plan(
				[
					[null, 100],
					['01:00', 60],
				],
				{ dates: ['2026-12-24', '2026-12-31'] },
			),
			plan([
				[null, 90],
				['22:30', 45],
				['01:00', 25],
				['06:00', 60],
			]),
		],
		presence: presence(90, 60),
		activity: null,
		decision: null,
	},
	{
		name: 'Passage couvert (démonstration de jour)',
		usage: 'tunnel',
		streetClasses: [],
		plans: [plan([[null, 30]], { on: null, off: null })],
		presence: presence(100, 60),
		activity: null,
		decision: null,
	},
];

const metersPerDegree = 111_320;
function meters([ax, ay]: Position, [bx, by]: Position): number {
	return Math.hypot(
		(bx - ax) * metersPerDegree * Math.cos((ay * Math.PI) / 180),
		(by - ay) * metersPerDegree,
	);
}
export function lengthOf(line: readonly Position[]): number {
	return line.slice(1).reduce((sum, point, index) => sum + meters(line[index] ?? point, point), 0);
}

function at(line: readonly Position[], along: number): Position {
	let left = along;
	for (let i = 1; i < line.length; i++) {
		const [from, to] = [line[i - 1] as Position, line[i] as Position];
		const length = meters(from, to);
		if (left <= length || i === line.length - 1) {
			const share = length === 0 ? 0 : Math.min(1, left / length);
			return [
				Number((from[0] + (to[0] - from[0]) * share).toFixed(6)),
				Number((from[1] + (to[1] - from[1]) * share).toFixed(6)),
			];
		}
		left -= length;
	}
	return line[0] ?? [0, 0];
}

function cut(line: readonly Position[], isCrossing: (point: Position) => boolean): Position[][] {
	const parts: Position[][] = [];
	let part: Position[] = [];
	for (const [index, point] of line.entries()) {
		part.push(point);
		if (part.length > 1 && (isCrossing(point) || index === line.length - 1)) {
			parts.push(part);
			part = [point];
		}
	}
	return parts;
}
