/** From and to in seconds since the same origin, as everything timed here: the start of service falls within. */
export interface TimeWindow {
	from: number;
	to: number;
}

/** Something to be done at a location: a container to empty, an intervention, a delivery. */
export interface Stop {
	id: string;
	/** Index into the matrices. */
	location: number;
	/** What is taken on board, one figure a dimension of capacity, none negative. Absent: nothing. */
	demand?: readonly number[] | undefined;
	serviceSeconds?: number | undefined;
	/** Any of them; absent: at any time. */
	windows?: readonly TimeWindow[] | undefined;
	/** All must be among the vehicle's. */
	skills?: readonly string[] | undefined;
	/** Only these may serve it. Absent: any that can. */
	vehicles?: readonly string[] | undefined;
	/** May be left out, at this cost. Absent: it must be served. */
	prize?: number | undefined;
	/** Pinned to the beginning or the end of its route; several keep the order in which they stand in the problem. */
	position?: 'first' | 'last' | undefined;
	/** Stops that come earlier on the same route. */
	after?: readonly string[] | undefined;
}

/**
 * A pause of so many seconds that starts within a window; taken between two visits, on the way where that saves waiting.
 * It is due on a route that starts before its window ends and ends after it.
 */
export interface Break {
	id: string;
	window: TimeWindow;
	seconds: number;
}

/** A place where the load is put down, as often as needed: a transfer station, an incinerator. */
export interface Facility {
	id: string;
	location: number;
	serviceSeconds?: number | undefined;
	windows?: readonly TimeWindow[] | undefined;
}

/** A vehicle with its crew, or so many alike. */
export interface Vehicle {
	id: string;
	/** How many alike there are; 1 unless told. */
	count?: number | undefined;
	/** One figure a dimension; absent: no limit. */
	capacity?: readonly number[] | undefined;
	/** What is on board at the start. */
	load?: readonly number[] | undefined;
	/** Location where it starts and ends; null: wherever the first and last visit are. */
	start: number | null;
	end: number | null;
	/** Earliest start and latest end. */
	shift?: TimeWindow | undefined;
	maximalSeconds?: number | undefined;
	maximalMeters?: number | undefined;
	maximalStops?: number | undefined;
	breaks?: readonly Break[] | undefined;
	skills?: readonly string[] | undefined;
	/** Those it may unload at; absent: all. */
	facilities?: readonly string[] | undefined;
	/** It comes home empty: the last visit before the end is a facility, when anything is on board. */
	emptyAtEnd?: boolean | undefined;
	/** Money or any unit, the same for all. Distance alone at 1 a metre unless `perMeter` or `perSecond` is told. */
	cost?:
		| {
				/** For a route that is driven at all. */
				fixed?: number | undefined;
				perMeter?: number | undefined;
				/** Of the whole route, waiting and service included. */
				perSecond?: number | undefined;
				/** Beyond so many seconds each costs this much more. */
				overtime?: { afterSeconds: number; perSecond: number } | undefined;
		  }
		| undefined;
}

export interface Problem {
	/** Number of locations n; matrices are n × n, row by row: from × n + to. Infinity: no way. They need not be symmetric. */
	locations: number;
	meters: ArrayLike<number>;
	seconds: ArrayLike<number>;
	stops: readonly Stop[];
	vehicles: readonly Vehicle[];
	facilities?: readonly Facility[] | undefined;
}

export interface Options {
	/** How long to search; 10 unless told. */
	seconds?: number | undefined;
	/** End after so many iterations even if time is left. */
	iterations?: number | undefined;
	/** Same seed and iterations: same plan. */
	seed?: number | undefined;
	/** As few vehicles as possible before the cost; otherwise the cost alone decides. */
	fewestVehicles?: boolean | undefined;
	/** Routes to begin with: stop ids by vehicle id, in order. */
	initial?: readonly { vehicle: string; stops: readonly string[] }[] | undefined;
	onImprovement?: ((found: { cost: number; seconds: number; iterations: number }) => void) | undefined;
	/** Looked at often: the search ends with the best plan so far. */
	signal?: AbortSignal | undefined;
	/** Seconds since any origin; the wall's unless told. */
	clock?: (() => number) | undefined;
}

export interface Visit {
	kind: 'stop' | 'facility' | 'break';
	id: string;
	/** Location; null for a break. */
	location: number | null;
	arrival: number;
	/** Start of service, after waiting. */
	start: number;
	departure: number;
	/** On board when leaving. */
	load: number[];
}

export interface Route {
	vehicle: string;
	/** Which of the vehicles alike, from 0. */
	instance: number;
	/** Departure from the start, arrival at the end. */
	start: number;
	end: number;
	visits: Visit[];
	meters: number;
	drivingSeconds: number;
	waitingSeconds: number;
	overtimeSeconds: number;
	cost: number;
}

export interface Solution {
	routes: Route[];
	/** Optional stops that were left out. */
	unserved: string[];
	/** Routes and prizes of what was left out. */
	cost: number;
	meters: number;
	iterations: number;
}

/** Which constraint cannot be kept, and by what. */
export interface Infeasibility {
	constraint:
		| 'capacity'
		| 'window'
		| 'shift'
		| 'skills'
		| 'vehicles'
		| 'unreachable'
		| 'facility'
		| 'break'
		| 'order'
		| 'limits'
		| 'fleet'
		| 'input';
	stop?: string | undefined;
	vehicle?: string | undefined;
	detail: string;
}

export type Outcome = { ok: true; solution: Solution } | { ok: false; infeasible: Infeasibility[] };
