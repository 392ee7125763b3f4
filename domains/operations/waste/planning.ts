import { newId } from '@parvis/platform';
import type { Outcome, Solution } from '@parvis/vehicle-routing';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';
import type { DB } from '../tables.ts';
import { type DayState, levelAtPickup, overflowBeforeNext } from './day-state.ts';
import type { Plan } from './face.ts';
import { groupVehicles, reasonFor, startPrefix, toProblem } from './rules/plan-problem.ts';
import { iterationsPerSecond, search } from './solving.ts';

type Routes = Solution['routes'];

/** A plan that is not written down yet. */
export interface Draft {
	routes: Routes;
	/** Trucks it decides on, where it is not about all; the rounds of others stay as they are. */
	only: ReadonlySet<string> | null;
	unreachable: ReadonlySet<string>;
	problems: Plan['problems'];
	costEuros: number;
	lines: ReadonlyMap<string, { line: [number, number][]; meters: number; seconds: number }>;
}

export interface SolveOptions {
	seconds: number;
	/** Containers of each truck in this order; only these trucks are decided on. */
	orders?: ReadonlyMap<string, readonly string[]>;
	seed?: number;
}

/** Translate the day to the routing engine's problem, one for each group of trucks that share flows, and solve them. */
export async function solveDay(
	{ town }: Pick<Context, 'town'>,
	state: DayState,
	{ seconds, orders, seed = 1 }: SolveOptions,
): Promise<Draft> {
	const chosen = state.vehicles.filter(({ id }) => !orders || orders.has(id));
	const groups = groupVehicles(chosen);
	const draft = {
		routes: [] as Routes,
		only: orders ? new Set(orders.keys()) : null,
		unreachable: new Set<string>(),
		problems: [] as Plan['problems'],
		costEuros: 0,
	};
	for (const vehicles of groups) {
		const flows = new Set(vehicles.flatMap(({ compartments }) => compartments.map(({ flow }) => flow)));
		const wanted = orders ? new Set([...orders.values()].flat()) : null;
		const containers = state.candidates.filter(({ id, flow }) => (wanted ? wanted.has(id) : flows.has(flow)));
		// A truck that is out with something on board has to unload and come home, even if nothing is left to take.
		if (!containers.length && !vehicles.some(({ loadKilograms }) => loadKilograms > 0)) continue;
		// Only the places of this group; its tallest and heaviest truck decides which roads are open to it.
		const used = [
			...new Set([
				...vehicles.flatMap(({ start, depot }) => [start, depot]),
				...state.sites.map(({ location }) => location),
				...containers.map(({ location }) => location),
			]),
		];
		const place = new Map(used.map((location, n) => [location, n]));
		const at = (location: number) => place.get(location) ?? 0;
		const points = used.flatMap((location) => {
			const point = state.points[location];
			return point ? [point] : [];
		});
		const matrix = await town.roads.matrix(points, truckOf(vehicles));
		const moved = {
			vehicles: vehicles.map((vehicle) => ({
				...vehicle,
				start: at(vehicle.start),
				depot: at(vehicle.depot),
			})),
			sites: state.sites.map((site) => ({ ...site, location: at(site.location) })),
			containers: containers.map((container) => ({ ...container, location: at(container.location) })),
		};
		const reachable = moved.containers.filter(({ id, location }) => {
			const can = moved.vehicles.some(
				({ start, depot }) =>
					Number.isFinite(matrix.seconds[start * used.length + location]) &&
					Number.isFinite(matrix.seconds[location * used.length + depot]),
			);
			if (!can) draft.unreachable.add(id);
			return can;
		});
		const outcome: Outcome = await search(
			toProblem({
				locations: used.length,
				meters: matrix.meters,
				seconds: matrix.seconds,
				...moved,
				containers: reachable,
				costs: state.settings,
				orders,
			}),
			{
				iterations: orders ? 200 : Math.ceil((seconds * iterationsPerSecond) / groups.length),
				seed,
				mostSeconds: Math.max(10, 3 * seconds),
			},
		);
		if (!outcome.ok) {
			draft.problems.push(
				...outcome.infeasible.map(({ constraint, detail, stop, vehicle }) => ({
					constraint,
					detail,
					subject: nameIn(state, stop ?? vehicle ?? null),
				})),
			);
			continue;
		}
		draft.routes.push(
			...outcome.solution.routes
				.map((route) => ({
					...route,
					visits: route.visits.filter(({ id }) => !id.startsWith(startPrefix)),
				}))
				.filter(({ visits }) => visits.length > 0),
		);
		draft.costEuros += outcome.solution.cost;
	}
	return { ...draft, lines: await drawLines({ town }, state, draft.routes) };
}

function truckOf(vehicles: readonly { heightMeters: number; weightTonnes: number }[]) {
	return {
		profile: 'truck' as const,
		heightMeters: Math.max(...vehicles.map(({ heightMeters }) => heightMeters)),
		weightTonnes: Math.max(...vehicles.map(({ weightTonnes }) => weightTonnes)),
	};
}

function nameIn(state: DayState, id: string | null): string | null {
	return (
		state.containers.find((container) => container.id === id)?.name ??
		state.vehicles.find(({ vehicle }) => vehicle.id === id)?.vehicle.name ??
		null
	);
}

async function drawLines(
	{ town }: Pick<Context, 'town'>,
	state: DayState,
	routes: Routes,
): Promise<Draft['lines']> {
	const containers = new Map(state.containers.map((container) => [container.id, container]));
	const sites = new Map(state.sites.map(({ site }) => [site.id, site]));
	const lines = new Map<string, { line: [number, number][]; meters: number; seconds: number }>();
	for (const route of routes) {
		const vehicle = state.vehicles.find(({ id }) => id === route.vehicle);
		const depot = vehicle ? state.points[vehicle.depot] : undefined;
		if (!vehicle || !depot) continue;
		const visited = route.visits.flatMap(({ kind, id }) => {
			const place = kind === 'stop' ? containers.get(id) : kind === 'facility' ? sites.get(id) : undefined;
			return place ? [[place.longitude, place.latitude] as const] : [];
		});
		const way = await town.roads.route([vehicle.from, ...visited, depot], truckOf([vehicle]));
		lines.set(route.vehicle, { line: way.coordinates, meters: way.meters, seconds: way.seconds });
	}
	return lines;
}

/** Write the draft into the rounds of the day: what was done stays, stops keep their ids, what is left out is marked so. */
export async function saveDraft(
	trx: Transaction<DB>,
	state: DayState,
	draft: Draft,
	now: Date,
): Promise<void> {
	const { day, midnight } = state;
	const instant = (seconds: number) => new Date(midnight.getTime() + seconds * 1000);
	const stops = await trx
		.selectFrom('operations.waste_round_stop')
		.selectAll()
		.where('day', '=', day)
		.orderBy('position')
		.forUpdate()
		.execute();
	const rounds = await trx.selectFrom('operations.waste_round').selectAll().where('day', '=', day).execute();
	const roundOf = new Map(rounds.map((round) => [round.vehicle_id, round]));
	const byContainer = new Map(stops.map((stop) => [stop.container_id, stop]));
	const containers = new Map(state.containers.map((container) => [container.id, container]));
	const used = new Set<string>();

	for (const route of draft.routes) {
		const vehicle = state.vehicles.find(({ id }) => id === route.vehicle)?.vehicle;
		if (!vehicle) continue;
		const known = roundOf.get(vehicle.id);
		const roundId = known?.id ?? newId();
		const settled = stops.filter(
			({ round_id, state: at }) => round_id === roundId && (at === 'done' || at === 'could_not'),
		);
		const drawn = draft.lines.get(vehicle.id);
		const columns = {
			status: known?.started_at ? ('under_way' as const) : ('planned' as const),
			planned_start: known?.started_at ?? instant(route.start),
			planned_end: instant(route.end),
			planned_meters: route.meters,
			planned_driving_seconds: route.drivingSeconds,
			overtime_seconds: route.overtimeSeconds,
			line: JSON.stringify(drawn?.line ?? []),
			updated_at: now,
		};
		if (known)
			await trx
				.updateTable('operations.waste_round')
				.set({ ...columns, version: known.version + 1 })
				.where('id', '=', known.id)
				.execute();
		else
			await trx
				.insertInto('operations.waste_round')
				.values({
					id: roundId,
					day,
					vehicle_id: vehicle.id,
					driver_id: vehicle.driver?.id ?? null,
					created_at: now,
					...columns,
				})
				.execute();
		let position = settled.length;
		for (const visit of route.visits) {
			const container = visit.kind === 'stop' ? containers.get(visit.id) : undefined;
			const kind = { stop: 'container', facility: 'unloading', break: 'break' }[visit.kind] as
				| 'container'
				| 'unloading'
				| 'break';
			const old = container
				? byContainer.get(container.id)
				: stops.find(
						(stop) =>
							!used.has(stop.id) &&
							stop.round_id === roundId &&
							stop.kind === kind &&
							stop.state !== 'done' &&
							(kind === 'break' || stop.site_id === visit.id),
					);
			// Done while the plan was being made.
			if (old?.state === 'done') continue;
			const values = {
				round_id: roundId,
				position: position++,
				kind,
				container_id: container?.id ?? null,
				site_id: kind === 'unloading' ? visit.id : null,
				planned_arrival: instant(visit.arrival),
				planned_departure: instant(visit.departure),
				level_percent: container ? levelAtPickup(container) : null,
				overflow_probability: container ? overflowBeforeNext(container, day, state.nextDay) : null,
				pinned: container ? state.wishes.get(container.id)?.kind === 'pin' : false,
				state: 'waiting' as const,
				done_at: null,
				done_by: null,
				reason: null,
			};
			const id = old?.id ?? newId();
			used.add(id);
			if (old)
				await trx.updateTable('operations.waste_round_stop').set(values).where('id', '=', id).execute();
			else
				await trx
					.insertInto('operations.waste_round_stop')
					.values({ id, day, ...values })
					.execute();
		}
	}
	const decided = rounds.filter(
		({ vehicle_id, status }) => status !== 'done' && (draft.only?.has(vehicle_id) ?? true),
	);
	const left = stops.filter(
		({ id, state: at, round_id }) =>
			at === 'waiting' && !used.has(id) && decided.some((round) => round.id === round_id),
	);
	if (left.length)
		await trx
			.updateTable('operations.waste_round_stop')
			.set({ state: 'removed' })
			.where(
				'id',
				'in',
				left.map(({ id }) => id),
			)
			.execute();
	// A round of which nothing is left and that nobody began does not take place.
	const driven = new Set(draft.routes.map(({ vehicle }) => vehicle));
	const idle = decided.filter(({ vehicle_id, started_at }) => !driven.has(vehicle_id) && !started_at);
	if (idle.length)
		await trx
			.updateTable('operations.waste_round')
			.set({ status: 'cancelled', updated_at: now })
			.where(
				'id',
				'in',
				idle.map(({ id }) => id),
			)
			.execute();
}

/** Each container of the town in the plan or out of it, and why. */
export function explain(state: DayState, draft: Draft, stops: DayState['stops']) {
	const candidates = new Map(state.candidates.map((candidate) => [candidate.id, candidate]));
	const chosen = new Set(
		stops
			.filter(({ state: at, containerId }) => containerId && (at === 'waiting' || at === 'done'))
			.map(({ containerId }) => containerId),
	);
	const stateOf = new Map(stops.map((stop) => [stop.containerId, stop.state]));
	return state.containers.map((container) => {
		const at = stateOf.get(container.id);
		const overflow = overflowBeforeNext(container, state.day, state.nextDay);
		const level = levelAtPickup(container);
		const wish = state.wishes.get(container.id);
		return {
			day: state.day,
			container_id: container.id,
			chosen: chosen.has(container.id),
			reason: reasonFor({
				chosen: chosen.has(container.id),
				pinned: wish?.kind === 'pin',
				excluded: wish?.kind === 'exclude',
				state: at === 'done' || at === 'could_not' ? at : null,
				hasForecast: container.forecast !== null,
				hasVehicle: state.vehicles.some(
					({ compartments, skills, heightMeters, weightTonnes }) =>
						compartments.some(({ flow }) => flow === container.flow.code) &&
						container.skills.every((skill) => skills.includes(skill)) &&
						heightMeters <= (container.maxHeightMeters ?? Number.POSITIVE_INFINITY) &&
						weightTonnes <= (container.maxWeightTonnes ?? Number.POSITIVE_INFINITY),
				),
				isReachable: !draft.unreachable.has(container.id),
				levelPercent: level,
				leastLevelPercent: state.settings.leastLevelPercent,
				overflow,
			}),
			level_percent: level,
			overflow_probability: overflow,
			prize_euros: candidates.get(container.id)?.prize ?? 0,
		};
	});
}
