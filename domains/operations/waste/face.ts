import type { Actor, Result } from '@parvis/platform';

/** A day in the town: `2026-11-24`. */
export type Day = string;

export interface Words {
	fr: string;
	en: string;
}

export const flowColours = ['green', 'yellow', 'blue', 'grey', 'brown', 'violet'] as const;

export interface Flow {
	code: string;
	name: Words;
	colour: (typeof flowColours)[number];
	kilogramsPerCubicMeter: number;
	/** Litres in the container that make one litre in the truck. */
	compaction: number;
	/** What one day of overflow of one container is worth avoiding. */
	overflowEuros: number;
}

export interface Settings {
	/** ISO weekdays on which trucks may go out. */
	collectionWeekdays: number[];
	horizonDays: number;
	leastLevelPercent: number;
	eurosPerKilometer: number;
	eurosPerHour: number;
	overtimeEurosPerHour: number;
	eurosPerPickup: number;
	/** Null: no break is planned. */
	breakAfterSeconds: number | null;
	breakSeconds: number;
	solveSeconds: number;
	version: number;
}

/** Why a sensor is not believed: the same value for ever, values that cannot follow each other, nothing heard, or against what drivers see. */
export type SensorDoubt = 'stuck' | 'jumps' | 'silent' | 'drift';

export interface ForecastDay {
	day: Day;
	/** Percent of the volume at the end of the day, if nobody comes; more than 100 lies beside the container. */
	mean: number;
	/** Of 5, 50 and 95 %. */
	low: number;
	median: number;
	high: number;
	/** Probability that it is full by the end of the day. */
	overflow: number;
}

export interface FillForecast {
	madeAt: Date;
	/** Own levels, or what other containers of the flow do. */
	source: 'sensor' | 'siblings';
	doubt: SensorDoubt | null;
	/** Now, with its standard deviation, in percent. */
	levelPercent: number;
	levelSpread: number;
	/** Of the reading it rests on. */
	levelAt: Date | null;
	percentPerDay: number;
	days: ForecastDay[];
}

export interface Container {
	id: string;
	externalId: string | null;
	name: string;
	flow: Flow;
	volumeLiters: number;
	placeId: string | null;
	longitude: number;
	latitude: number;
	address: string;
	accessSide: 'left' | 'right' | null;
	accessNote: string;
	maxHeightMeters: number | null;
	maxWeightTonnes: number | null;
	skills: string[];
	serviceSeconds: number;
	deviceId: string | null;
	/** DevEUI or external name of its sensor. */
	sensor: string | null;
	active: boolean;
	lastPickupAt: Date | null;
	forecast: FillForecast | null;
	version: number;
}

export interface ContainerFilter {
	flow?: string | undefined;
	text?: string | undefined;
	/** Only with a doubtful sensor. */
	doubtful?: boolean | undefined;
	ids?: readonly string[] | undefined;
	includeInactive?: boolean | undefined;
	sort?: 'name' | 'level' | 'overflow' | undefined;
}

export interface Pickup {
	id: string;
	at: Date;
	source: 'round' | 'hand' | 'sensor';
	fillPercent: number | null;
	levelPercent: number | null;
	kilograms: number | null;
}

export interface ImportReport {
	dryRun: boolean;
	created: number;
	updated: number;
	refused: { line: number; error: string; detail?: Record<string, string | number> }[];
}

export interface Containers {
	list(actor: Actor, filter?: ContainerFilter): Promise<Result<Container[]>>;
	get(actor: Actor, id: string): Promise<Result<Container & { pickups: Pickup[] }>>;
	/** Add, or change that of the same external id. */
	save(actor: Actor, input: unknown): Promise<Result<{ id: string; created: boolean }>>;
	/** With the version that was read: who comes second is told who was first. */
	change(actor: Actor, id: string, input: unknown, version?: number): Promise<Result<null>>;
	/** Rows as `save` takes them; a refused one leaves the others. */
	importMany(
		actor: Actor,
		rows: readonly { line: number; fields: Record<string, unknown> }[],
		options: { dryRun: boolean },
	): Promise<Result<ImportReport>>;
	importCsv(actor: Actor, csv: string, options: { dryRun: boolean }): Promise<Result<ImportReport>>;
	/** Emptied outside a round, by an agent's word. */
	recordPickup(actor: Actor, id: string, input: unknown): Promise<Result<null>>;
	/** Open an intervention on its sensor. */
	reportSensor(actor: Actor, id: string): Promise<Result<{ interventionId: string }>>;
	/** Hourly levels of its sensor, oldest first. */
	levels(actor: Actor, id: string, from: Date, to: Date): Promise<Result<{ at: Date; percent: number }[]>>;
}

export interface Compartment {
	flow: string;
	cubicMeters: number;
}

export interface VehicleAbsence {
	id: string;
	fromDay: Day;
	toDay: Day;
	reason: string;
	declaredBy: string;
}

export interface Vehicle {
	id: string;
	externalId: string | null;
	name: string;
	compartments: Compartment[];
	payloadKilograms: number;
	heightMeters: number;
	weightTonnes: number;
	litersPer100Kilometers: number;
	fuelFactor: string;
	depotId: string;
	/** `06:00`, the town's clock. */
	shiftFrom: string;
	shiftTo: string;
	overtimeAfterSeconds: number;
	skills: string[];
	driver: { id: string; name: string } | null;
	active: boolean;
	absences: VehicleAbsence[];
	version: number;
}

export interface Vehicles {
	list(actor: Actor): Promise<Result<Vehicle[]>>;
	save(actor: Actor, input: unknown): Promise<Result<{ id: string; created: boolean }>>;
	change(actor: Actor, id: string, input: unknown, version?: number): Promise<Result<null>>;
	/** It is off; plans of these days no longer fit. */
	declareAbsence(actor: Actor, id: string, input: unknown): Promise<Result<{ id: string }>>;
	removeAbsence(actor: Actor, absenceId: string): Promise<Result<null>>;
	/** People who may drive. */
	drivers(actor: Actor): Promise<Result<{ id: string; name: string }[]>>;
}

export interface Site {
	id: string;
	externalId: string | null;
	kind: 'depot' | 'unloading';
	name: string;
	longitude: number;
	latitude: number;
	flows: string[];
	openingHours: string | null;
	serviceSeconds: number;
	active: boolean;
}

export interface Sites {
	list(actor: Actor): Promise<Result<Site[]>>;
	save(actor: Actor, input: unknown, id?: string): Promise<Result<{ id: string; created: boolean }>>;
}

export interface WasteEvent {
	id: string;
	name: string;
	fromDay: Day;
	toDay: Day;
	factor: number;
	longitude: number | null;
	latitude: number | null;
	radiusMeters: number | null;
}

export interface Setup {
	flows(): Promise<Flow[]>;
	saveFlow(actor: Actor, input: unknown): Promise<Result<null>>;
	settings(): Promise<Settings>;
	changeSettings(actor: Actor, input: unknown): Promise<Result<null>>;
	events(actor: Actor): Promise<Result<WasteEvent[]>>;
	addEvent(actor: Actor, input: unknown): Promise<Result<{ id: string }>>;
	removeEvent(actor: Actor, id: string): Promise<Result<null>>;
}

export interface FixedRound {
	id: string;
	externalId: string | null;
	name: string;
	vehicle: { id: string; name: string };
	weekdays: number[];
	containers: { id: string; name: string; flow: string }[];
	active: boolean;
	version: number;
}

export interface FixedRounds {
	list(actor: Actor): Promise<Result<FixedRound[]>>;
	save(actor: Actor, input: unknown, id?: string): Promise<Result<{ id: string; created: boolean }>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
}

export const roundActionKinds = ['start', 'done', 'could_not', 'unloaded', 'finish'] as const;
export type RoundActionKind = (typeof roundActionKinds)[number];
export const couldNotReasons = ['blocked', 'damaged', 'not_there', 'full_truck', 'danger', 'other'] as const;
export type CouldNotReason = (typeof couldNotReasons)[number];

export interface RoundStop {
	id: string;
	position: number;
	kind: 'container' | 'unloading' | 'break';
	container: {
		id: string;
		name: string;
		flow: Flow;
		volumeLiters: number;
		address: string;
		accessSide: 'left' | 'right' | null;
		accessNote: string;
	} | null;
	site: { id: string; name: string } | null;
	/** Null for a break. */
	longitude: number | null;
	latitude: number | null;
	plannedArrival: Date | null;
	plannedDeparture: Date | null;
	levelPercent: number | null;
	overflowProbability: number | null;
	pinned: boolean;
	state: 'waiting' | 'done' | 'could_not';
	doneAt: Date | null;
	reason: CouldNotReason | null;
	note: string | null;
	fillPercent: number | null;
	kilograms: number | null;
	photoIds: string[];
}

export interface RoundSummary {
	id: string;
	day: Day;
	vehicle: { id: string; name: string; heightMeters: number; weightTonnes: number };
	driver: { id: string; name: string } | null;
	status: 'planned' | 'under_way' | 'done' | 'cancelled';
	version: number;
	plannedStart: Date | null;
	plannedEnd: Date | null;
	plannedMeters: number;
	plannedDrivingSeconds: number;
	overtimeSeconds: number;
	plannedLiters: number;
	startedAt: Date | null;
	finishedAt: Date | null;
	/** Containers only. */
	counts: { total: number; done: number; couldNot: number };
}

export interface Round extends RoundSummary {
	depot: { name: string; longitude: number; latitude: number };
	stops: RoundStop[];
	/** Longitude and latitude along the streets. */
	line: [number, number][];
}

export interface RoundAction {
	/** UUID made on the telephone: the same one is done once. */
	id: string;
	roundId: string;
	stopId?: string | null | undefined;
	kind: RoundActionKind;
	/** Instant on the telephone; one in the future counts as now. */
	at: Date | string;
	reason?: CouldNotReason | null | undefined;
	note?: string | null | undefined;
	photoIds?: readonly string[] | undefined;
	/** As the driver saw it. */
	fillPercent?: number | null | undefined;
	kilograms?: number | null | undefined;
}

export interface RoundActionOutcome {
	round: Round;
	/** False when this action had come before. */
	applied: boolean;
	/** Somebody else had done it: who, when, what. */
	conflict: { by: string; at: string; state: string } | null;
}

export interface Rounds {
	/** Rounds of the actor's own, and on this day those that nobody drives yet. */
	mine(actor: Actor, day: Day): Promise<Result<Round[]>>;
	list(actor: Actor, day: Day): Promise<Result<Round[]>>;
	get(actor: Actor, id: string): Promise<Result<Round>>;
	act(actor: Actor, action: RoundAction): Promise<Result<RoundActionOutcome>>;
	/** Null: nobody. */
	assign(actor: Actor, id: string, driverId: string | null): Promise<Result<null>>;
}

export type PlanReason =
	| 'pinned'
	| 'overflow_risk'
	| 'on_the_way'
	| 'done'
	| 'could_not'
	| 'can_wait'
	| 'excluded'
	| 'too_little'
	| 'no_vehicle'
	| 'unreachable'
	| 'no_forecast';

export interface PlanContainer {
	container: { id: string; name: string; flow: Flow; longitude: number; latitude: number };
	chosen: boolean;
	reason: PlanReason;
	levelPercent: number;
	/** That it is full before the next day of collection. */
	overflowProbability: number;
	prizeEuros: number;
	wish: Wish | null;
}

export interface Wish {
	kind: 'pin' | 'exclude';
	vehicleId: string | null;
	first: boolean;
	reason: string;
	by: string;
	at: Date;
}

export interface Plan {
	day: Day;
	version: number;
	madeAt: Date;
	cause: 'nightly' | 'hand' | 'alarm' | 'vehicle' | 'could_not';
	changedAt: Date;
	changedBy: string;
	/** Why it no longer fits; null: it does. */
	staleReason: string | null;
	problems: { constraint: string; detail: string; subject: string | null }[];
	costEuros: number;
	rounds: Round[];
	/** Each candidate, in or out, and why. */
	containers: PlanContainer[];
	/** First day of collection after this one. */
	nextDay: Day;
}

export interface Plans {
	/** Null: none was made. */
	get(actor: Actor, day: Day): Promise<Result<Plan | null>>;
	/** Make it, or make it anew: what is done stays, trucks are taken where they are. */
	make(actor: Actor, day: Day, options?: { cause?: Plan['cause']; version?: number }): Promise<Result<Plan>>;
	/** Pin or exclude a container, or take the wish back (`kind: null`), then plan anew. */
	wish(
		actor: Actor,
		day: Day,
		input: {
			containerId: string;
			kind: 'pin' | 'exclude' | null;
			vehicleId?: string | null | undefined;
			first?: boolean | undefined;
			reason?: string | undefined;
			version: number;
		},
	): Promise<Result<Plan>>;
	/** The stops of a round that wait, in this order; those of other rounds move here. */
	reorder(
		actor: Actor,
		day: Day,
		input: { roundId: string; stopIds: readonly string[]; version: number },
	): Promise<Result<Plan>>;
	/** Make what the coming days of collection need, without keeping it. */
	preview(
		actor: Actor,
	): Promise<Result<{ day: Day; containers: number; likelyOverflows: number; vehicles: number }[]>>;
}

export interface Side {
	kilometers: number;
	hours: number;
	liters: number;
	/** Days on which a container was full, summed over containers; null where nobody can know. */
	overflowDays: number | null;
	pickups: number;
	kilograms: number;
}

export interface ComparedDay {
	day: Day;
	fixed: Side;
	planned: Side;
}

export interface Comparison {
	days(actor: Actor, kind: 'simulation' | 'actual'): Promise<Result<ComparedDay[]>>;
	/** Play fixed and planned rounds over the same past days. @returns days compared */
	simulate(
		actor: Actor,
		options?: { days?: number; iterations?: number },
	): Promise<Result<{ days: number; containers: number }>>;
	/** Compare what was driven on a day with what was declared. */
	measure(day: Day): Promise<boolean>;
}

export interface Forecasts {
	/** Of all active containers, anew. @returns how many rest on their own sensor and how many on others */
	run(): Promise<{ own: number; siblings: number; doubtful: number }>;
}

/** Waste collection: containers, forecasts, plans, rounds, and what they save. */
export interface Waste {
	containers: Containers;
	vehicles: Vehicles;
	sites: Sites;
	setup: Setup;
	fixedRounds: FixedRounds;
	rounds: Rounds;
	plans: Plans;
	forecasts: Forecasts;
	comparison: Comparison;
	/** The day it is in the town. */
	today(): Day;
}
