import type { Position } from '@parvis/town';
import type { Context, Db } from '../context.ts';
import { flowMap, selectContainers, toContainer } from './container-rows.ts';
import type { Container, Day, Flow, Settings, Setup, Site, Vehicle, Wish } from './face.ts';
import { daysBetween, instantOf, nextDayAmong } from './rules/days.ts';
import {
	type PlanCandidate,
	type PlanSite,
	type PlanVehicle,
	prizeOf,
	vehiclesFor,
} from './rules/plan-problem.ts';
import { toSite } from './sites.ts';
import { absenceOn, readVehicles } from './vehicles.ts';

export interface StopOfDay {
	id: string;
	roundId: string;
	vehicleId: string;
	containerId: string | null;
	siteId: string | null;
	kind: 'container' | 'unloading' | 'break';
	position: number;
	state: 'waiting' | 'done' | 'could_not' | 'removed';
	doneAt: Date | null;
	fillPercent: number | null;
	levelPercent: number | null;
}

export interface RoundOfDay {
	id: string;
	vehicleId: string;
	status: 'planned' | 'under_way' | 'done' | 'cancelled';
	startedAt: Date | null;
}

/** Everything that the plan of a day is made from, as it stands now. */
export interface DayState {
	day: Day;
	nextDay: Day;
	midnight: Date;
	settings: Settings;
	flows: ReadonlyMap<string, Flow>;
	containers: Container[];
	wishes: ReadonlyMap<string, Wish>;
	rounds: RoundOfDay[];
	stops: StopOfDay[];
	/** Trucks that may still drive today. */
	vehicles: (PlanVehicle & { vehicle: Vehicle; from: Position })[];
	sites: (PlanSite & { site: Site })[];
	/** Longitude and latitude of each location: trucks' places, depots, sites, then candidates. */
	points: Position[];
	/** Containers that the plan decides on. */
	candidates: PlanCandidate[];
}

export async function readWishes(db: Db, day: Day): Promise<Map<string, Wish>> {
	const rows = await db.selectFrom('operations.waste_wish').selectAll().where('day', '=', day).execute();
	return new Map(
		rows.map((row) => [
			row.container_id,
			{
				kind: row.kind,
				vehicleId: row.vehicle_id,
				first: row.first,
				reason: row.reason,
				by: row.asked_by,
				at: row.asked_at,
			},
		]),
	);
}

export async function readStops(db: Db, day: Day): Promise<StopOfDay[]> {
	const rows = await db
		.selectFrom('operations.waste_round_stop as stop')
		.innerJoin('operations.waste_round as round', 'round.id', 'stop.round_id')
		.select([
			'stop.id',
			'stop.round_id',
			'round.vehicle_id',
			'stop.container_id',
			'stop.site_id',
			'stop.kind',
			'stop.position',
			'stop.state',
			'stop.done_at',
			'stop.fill_percent',
			'stop.level_percent',
		])
		.where('stop.day', '=', day)
		.orderBy('stop.position')
		.orderBy('stop.id')
		.execute();
	return rows.map((row) => ({
		id: row.id,
		roundId: row.round_id,
		vehicleId: row.vehicle_id,
		containerId: row.container_id,
		siteId: row.site_id,
		kind: row.kind,
		position: row.position,
		state: row.state,
		doneAt: row.done_at,
		fillPercent: row.fill_percent,
		levelPercent: row.level_percent,
	}));
}

/** What a container holds when a truck comes today, in percent; half a day's inflow on top of what is there now. */
export function levelAtPickup(container: Container): number {
	const { forecast } = container;
	if (!forecast) return 60;
	const today = forecast.days[0]?.mean ?? forecast.levelPercent;
	return Math.min(130, (forecast.levelPercent + today) / 2);
}

/** Probability that it is full before trucks go out again. */
export function overflowBeforeNext(container: Container, day: Day, nextDay: Day): number {
	return container.forecast?.days.findLast((one) => one.day >= day && one.day < nextDay)?.overflow ?? 0;
}

export async function readDayState(context: Context, setup: Setup, day: Day): Promise<DayState> {
	const { db, town, now } = context;
	const midnight = instantOf(day);
	const [settings, flowList, rows, wishes, stops, roundRows, allVehicles, siteRows] = await Promise.all([
		setup.settings(),
		setup.flows(),
		selectContainers(db),
		readWishes(db, day),
		readStops(db, day),
		db.selectFrom('operations.waste_round').selectAll().where('day', '=', day).execute(),
		readVehicles(context, db),
		db.selectFrom('operations.waste_site').selectAll().where('active', '=', true).execute(),
	]);
	const flows = flowMap(flowList);
	const containers = rows.map((row) => toContainer(row, flows));
	const byId = new Map(containers.map((container) => [container.id, container]));
	const rounds = roundRows.map((row) => ({
		id: row.id,
		vehicleId: row.vehicle_id,
		status: row.status,
		startedAt: row.started_at,
	}));
	const nextDay = nextDayAmong(day, settings.collectionWeekdays);
	const points: Position[] = [];
	const locate = (longitude: number, latitude: number) => points.push([longitude, latitude]) - 1;
	const secondsOf = (at: Date) => (at.getTime() - midnight.getTime()) / 1000;
	const clock = (time: string) => secondsOf(instantOf(day, time));
	const nowSeconds = secondsOf(now());

	const sites = siteRows
		.filter(({ kind }) => kind === 'unloading')
		.map((row): DayState['sites'][number] => {
			const hours = town.openingHours.week(row.opening_hours, instantOf(day, '12:00'))?.[0]?.hours;
			return {
				id: row.id,
				location: locate(row.longitude, row.latitude),
				flows: row.flows,
				serviceSeconds: row.service_seconds,
				windows:
					hours?.map(({ from, to }) => ({
						from: clock(from),
						to: to === '24:00' ? 86_400 : clock(to),
					})) ?? null,
				site: toSite(row),
			};
		})
		// Closed all day: nobody can unload there.
		.filter(({ windows }) => windows === null || windows.length > 0);

	const vehicles = allVehicles.flatMap((vehicle): DayState['vehicles'] => {
		const round = rounds.find(({ vehicleId }) => vehicleId === vehicle.id);
		const depot = siteRows.find(({ id }) => id === vehicle.depotId);
		if (!vehicle.active || !depot || absenceOn(vehicle, day) || round?.status === 'done') return [];
		const shift = { from: clock(vehicle.shiftFrom), to: clock(vehicle.shiftTo) };
		const began = round?.startedAt ? secondsOf(round.startedAt) : Math.max(shift.from, nowSeconds);
		const from = Math.max(began, nowSeconds, round?.startedAt ? began : shift.from);
		// Overtime is dear and allowed; a shift of which nothing is left is none.
		const to = shift.to + 2 * 3600;
		if (from >= to - 600) return [];
		const done = stops
			.filter(({ vehicleId, state, doneAt }) => vehicleId === vehicle.id && state !== 'waiting' && doneAt)
			.sort((a, b) => (a.doneAt?.getTime() ?? 0) - (b.doneAt?.getTime() ?? 0));
		const load = loadOf(done, byId);
		const last = done.findLast(({ containerId, siteId }) => containerId ?? siteId);
		const at = byId.get(last?.containerId ?? '') ?? siteRows.find(({ id }) => id === last?.siteId) ?? depot;
		return [
			{
				id: vehicle.id,
				compartments: vehicle.compartments.map(({ flow, cubicMeters }) => ({
					flow,
					liters: cubicMeters * 1000,
				})),
				payloadKilograms: vehicle.payloadKilograms,
				start: locate(at.longitude, at.latitude),
				depot: locate(depot.longitude, depot.latitude),
				loadLiters: load.liters,
				loadKilograms: load.kilograms,
				shift: { from, to },
				overtimeAfterSeconds: Math.max(
					0,
					Math.min(vehicle.overtimeAfterSeconds, shift.to - shift.from) - (from - began),
				),
				beganAt: began,
				skills: vehicle.skills,
				heightMeters: vehicle.heightMeters,
				weightTonnes: vehicle.weightTonnes,
				vehicle,
				from: [at.longitude, at.latitude],
			},
		];
	});

	const settled = new Set(
		stops
			.filter(
				({ state, containerId }) => state === 'done' || (state === 'could_not' && !isPinned(containerId)),
			)
			.flatMap(({ containerId }) => containerId ?? []),
	);
	const planned = new Set(
		stops.filter(({ state }) => state === 'waiting').flatMap(({ containerId }) => containerId ?? []),
	);
	function isPinned(containerId: string | null): boolean {
		return wishes.get(containerId ?? '')?.kind === 'pin';
	}
	const candidates = containers.flatMap((container): PlanCandidate[] => {
		const wish = wishes.get(container.id);
		if (settled.has(container.id) || wish?.kind === 'exclude') return [];
		const pin = wish?.kind === 'pin' ? { vehicleId: wish.vehicleId, first: wish.first } : null;
		const level = levelAtPickup(container);
		const days = container.forecast?.days.filter((one) => one.day >= day) ?? [];
		const overflow = overflowBeforeNext(container, day, nextDay);
		const worthwhile = level >= settings.leastLevelPercent || overflow >= 0.02;
		if (!pin && !planned.has(container.id) && (!container.forecast || !worthwhile)) return [];
		const liters = (level / 100) * container.volumeLiters;
		const candidate = {
			id: container.id,
			location: -1,
			flow: container.flow.code,
			liters: liters / container.flow.compaction,
			kilograms: (liters / 1000) * container.flow.kilogramsPerCubicMeter,
			serviceSeconds: container.serviceSeconds,
			skills: container.skills,
			maxHeightMeters: container.maxHeightMeters,
			maxWeightTonnes: container.maxWeightTonnes,
			prize: prizeOf(days, Math.max(1, daysBetween(day, nextDay)), level, {
				overflow: container.flow.overflowEuros,
				pickup: settings.eurosPerPickup,
			}),
			pin,
		};
		if (!vehiclesFor(candidate, vehicles).length) return [];
		return [{ ...candidate, location: locate(container.longitude, container.latitude) }];
	});

	return {
		day,
		nextDay,
		midnight,
		settings,
		flows,
		containers,
		wishes,
		rounds,
		stops,
		vehicles,
		sites,
		points,
		candidates,
	};
}

/** What is on board: everything taken since the truck last unloaded. */
function loadOf(
	done: readonly StopOfDay[],
	containers: ReadonlyMap<string, Container>,
): { liters: Record<string, number>; kilograms: number } {
	const since = done.findLastIndex(({ kind, state }) => kind === 'unloading' && state === 'done') + 1;
	const liters: Record<string, number> = {};
	let kilograms = 0;
	for (const { containerId, state, fillPercent, levelPercent } of done.slice(since)) {
		const container = containers.get(containerId ?? '');
		if (!container || state !== 'done') continue;
		const loose = ((fillPercent ?? levelPercent ?? 60) / 100) * container.volumeLiters;
		const { code, compaction, kilogramsPerCubicMeter } = container.flow;
		liters[code] = (liters[code] ?? 0) + loose / compaction;
		kilograms += (loose / 1000) * kilogramsPerCubicMeter;
	}
	return { liters, kilograms };
}
