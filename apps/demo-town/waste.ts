import { parisClock } from './clock.ts';
import type { DemoDevice } from './fleet.ts';
import { type Geography, toDegrees } from './geography.ts';
import { grown, polar } from './network.ts';
import { noiseOf } from './random.ts';

const hour = 3_600_000;
const day = 24 * hour;

/** What the town collects apart: its code on the platform, size of a column, and how fast they fill. */
const flows = {
	Verre: { code: 'glass', volumeLiters: 3000, slowest: 3, fastest: 11 },
	Emballages: { code: 'packaging', volumeLiters: 4500, slowest: 6, fastest: 22 },
	Papiers: { code: 'paper', volumeLiters: 4000, slowest: 3, fastest: 12 },
} as const;
type FlowName = keyof typeof flows;

/** The rounds of before: the same days each week, whatever is inside. */
const fixedRounds: readonly { name: string; flow: FlowName; vehicle: string; weekdays: readonly number[] }[] =
	[
		{ name: 'Verre, mardi', flow: 'Verre', vehicle: 'benne-grue', weekdays: [2] },
		{ name: 'Emballages, lundi et jeudi', flow: 'Emballages', vehicle: 'bi-compartiment', weekdays: [1, 4] },
		{ name: 'Papiers, mercredi', flow: 'Papiers', vehicle: 'bi-compartiment', weekdays: [3] },
	];

const flowOf = (device: DemoDevice) => device.name.split(' · ')[0] as FlowName;
const startHours = 7;

/** When the fixed round last came before an instant. */
function lastFixedRound(device: DemoDevice, at: number): number {
	const weekdays = fixedRounds.find(({ flow }) => flow === flowOf(device))?.weekdays ?? [2];
	const minutes = noiseOf(device.identifier, 3) * 240;
	for (let back = 0; back < 9; back++) {
		const clock = parisClock(at - back * day);
		if (!weekdays.includes(((clock.weekday + 6) % 7) + 1)) continue;
		const came = at - back * day - clock.hours * hour + startHours * hour + minutes * 60_000;
		if (came <= at) return came;
	}
	return at - 9 * day;
}

const weekdayFactors = [1.1, 0.85, 0.85, 0.95, 0.9, 1.05, 1.3];
const sums = new Map<string, { from: number; upTo: number[] }>();
/** Nothing is asked of days before. */
const firstDay = Math.floor(Date.UTC(2026, 0, 5) / day);

/** Percent that have come in from the beginning to the start of each day: what people bring, never twice the same. */
function cumulated(device: DemoDevice, days: number): number {
	const flow = flows[flowOf(device)] ?? flows.Verre;
	const known = sums.get(device.identifier) ?? { from: firstDay, upTo: [0] };
	sums.set(device.identifier, known);
	while (known.upTo.length <= days - firstDay) {
		const n = firstDay + known.upTo.length - 1;
		const weekday = (n + 4) % 7;
		const rate = flow.slowest + noiseOf(device.identifier) * (flow.fastest - flow.slowest);
		// Two draws make a bell, and the town lives its weeks together.
		const own = noiseOf(`${device.identifier} apport`, n) + noiseOf(`${device.identifier} hasard`, n) - 1;
		const together = noiseOf('semaine', Math.floor(n / 7)) - 0.5;
		const amount =
			rate * (weekdayFactors[weekday] ?? 1) * fairFactor(n) * Math.exp(own * 0.9 + together * 0.24);
		known.upTo.push((known.upTo.at(-1) ?? 0) + amount);
	}
	return known.upTo[Math.max(0, days - firstDay)] ?? 0;
}

/** A fair of two days in November brings half as much again. */
export const fair = {
	name: 'Foire de la Saint-Martin',
	fromDay: '2026-11-07',
	toDay: '2026-11-08',
	factor: 1.5,
};

function fairFactor(dayNumber: number): number {
	const date = new Date(dayNumber * day).toISOString().slice(0, 10);
	return date >= fair.fromDay && date <= fair.toDay ? fair.factor : 1;
}

function broughtUntil(device: DemoDevice, at: number): number {
	const { days, hours } = parisClock(at);
	const share = Math.min(1, Math.max(0, (hours - 6) / 16));
	const from = cumulated(device, days);
	return from + (cumulated(device, days + 1) - from) * share;
}

/** How full a container is, in percent; what does not fit lies beside it. */
export function fillPercentAt(
	device: DemoDevice,
	at: number,
	emptiedAt = lastFixedRound(device, at),
): number {
	return Math.min(103, 1.5 + broughtUntil(device, at) - broughtUntil(device, emptiedAt));
}

/** Depot, transfer station, trucks, containers and fixed rounds, as the town declares them. */
export function buildWaste(geography: Geography, fleet: readonly DemoDevice[]) {
	const centre = geography.places.find(({ kind }) => kind === 'recycling_centre') ?? geography.places[0];
	const [longitude, latitude] = toDegrees(grown(polar(1900, 3 / 7 + 0.026)));
	const watched = fleet.filter(({ model }) => model === 'ldds75');
	const truck = (externalId: string, name: string, liters: number, compartments: object[]) => ({
		externalId,
		name,
		compartments,
		payloadKilograms: 10_000,
		heightMeters: 3.7,
		weightTonnes: 26,
		litersPer100Kilometers: liters,
		depot: 'depot-briqueterie',
		shiftFrom: '06:00',
		// Longer than any crew works: the demonstration is started at any hour.
		shiftTo: '21:30',
		skills: ['grue'],
	});
	return {
		sites: [
			{
				externalId: 'depot-briqueterie',
				kind: 'depot',
				name: 'Dépôt de la Briqueterie',
				longitude: centre?.longitude ?? longitude,
				latitude: centre?.latitude ?? latitude,
			},
			{
				externalId: 'quai-de-transfert',
				kind: 'unloading',
				name: 'Quai de transfert des Gravières',
				longitude,
				latitude,
				openingHours: 'Mo-Sa 05:00-24:00',
				serviceSeconds: 720,
			},
		],
		vehicles: [
			truck('benne-grue', 'Benne grue (verre)', 46, [{ flow: 'glass', cubicMeters: 22 }]),
			truck('bi-compartiment', 'Bi-compartiment (tri)', 52, [
				{ flow: 'packaging', cubicMeters: 15 },
				{ flow: 'paper', cubicMeters: 9 },
			]),
		],
		containers: watched.map((device) => {
			const place = geography.places.find(({ id }) => id === device.placeId);
			return {
				externalId: device.identifier,
				name: device.name,
				flow: flows[flowOf(device)].code,
				volumeLiters: flows[flowOf(device)].volumeLiters,
				place: device.placeId,
				longitude: device.longitude,
				latitude: device.latitude,
				address: place?.street ?? '',
				skills: ['grue'],
				serviceSeconds: 180,
				sensor: device.identifier,
			};
		}),
		fixedRounds: fixedRounds.flatMap(({ flow, vehicle, name, weekdays }) => {
			const containers = watched.filter((device) => flowOf(device) === flow);
			return containers.length
				? [
						{
							externalId: `fixe-${flow.toLowerCase()}`,
							name,
							vehicle,
							weekdays,
							containers: around(containers, centre ?? { longitude, latitude }).map(
								({ identifier }) => identifier,
							),
						},
					]
				: [];
		}),
		events: [fair],
	};
}

/** The order in which a driver who knows the town would go: each time to the nearest that is left. */
function around(devices: readonly DemoDevice[], from: { longitude: number; latitude: number }): DemoDevice[] {
	const left = [...devices];
	const order: DemoDevice[] = [];
	let here = from;
	const scale = Math.cos((from.latitude * Math.PI) / 180);
	const far = (one: DemoDevice) =>
		Math.hypot((one.longitude - here.longitude) * scale, one.latitude - here.latitude);
	while (left.length) {
		const next = left.reduce((best, one) => (far(one) < far(best) ? one : best));
		left.splice(left.indexOf(next), 1);
		order.push(next);
		here = next;
	}
	return order;
}
