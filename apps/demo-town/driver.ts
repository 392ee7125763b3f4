import type { Api } from './api.ts';
import { createRandom } from './random.ts';

type Point = readonly [longitude: number, latitude: number];

interface Stop {
	id: string;
	kind: 'container' | 'unloading' | 'break';
	container: { name: string } | null;
	longitude: number | null;
	latitude: number | null;
	plannedArrival: string | null;
	plannedDeparture: string | null;
	levelPercent: number | null;
	state: 'waiting' | 'done' | 'could_not';
}

interface Round {
	id: string;
	vehicle: { name: string };
	driver: { name: string } | null;
	status: 'planned' | 'under_way' | 'done' | 'cancelled';
	plannedStart: string | null;
	plannedEnd: string | null;
	depot: { longitude: number; latitude: number };
	stops: Stop[];
	line: Point[];
}

const positionSeconds = 15;
const lookMilliseconds = 30_000;
const minute = 60_000;

export interface DriverOptions {
	api: Api;
	say(line: string): void;
	/** How many seconds of a round pass in one while it lies in the past. Default 20. */
	pace?: number;
	/** When nothing is due at the beginning, as at night, begin a round of the day before its hour, so that there is something to see. */
	early?: boolean;
}

/**
 * Drive the rounds of the day from outside, as a driver's telephone would: along the road line, a stop at a time, now and then
 * with a car in the way. A round whose hour is past is driven at twenty times the speed until its clock is ours; what it
 * reports bears the time of the round, so that hours and kilometres stay true. As soon as somebody else reports on a round
 * the simulated driver leaves it to them.
 */
export function startDriver({ api, say, pace = 20, early = false }: DriverOptions): {
	stop(): Promise<void>;
} {
	const ended = new AbortController();
	const taken = new Map<string, Promise<void>>();

	const wait = (milliseconds: number) =>
		new Promise<void>((resolve) => {
			if (ended.signal.aborted) return resolve();
			const timer = setTimeout(done, Math.max(0, milliseconds));
			ended.signal.addEventListener('abort', done, { once: true });
			function done() {
				clearTimeout(timer);
				ended.signal.removeEventListener('abort', done);
				resolve();
			}
		});

	async function drive(id: string, now: boolean): Promise<void> {
		const read = async () => (await api.get(`/waste/rounds/${id}`)) as Round;
		let round = await read();
		const random = createRandom(Number.parseInt(id.slice(-8), 16));
		const who = round.driver ? `simulated driver, for ${round.driver.name}` : 'simulated driver';
		const start = Date.parse(round.plannedStart ?? new Date().toISOString());
		/** What the times of the plan are moved by. */
		const shift = now ? Date.now() - start : 0;
		let clock = start + shift;
		/** Let the round's clock come to a time, at its pace. @returns false when the simulation is stopped meanwhile */
		const pass = async (until: number): Promise<boolean> => {
			const speed = Date.now() - clock > 2 * minute ? pace : 1;
			await wait((until - clock) / speed);
			// Never ahead of ours: a driver tells of nothing that is still to come.
			clock = Math.max(clock, Math.min(until, Date.now()));
			return !ended.signal.aborted;
		};
		const act = (action: object) =>
			api.post(
				`/waste/rounds/${id}/actions`,
				JSON.stringify({
					id: crypto.randomUUID(),
					at: new Date(Math.min(clock, Date.now())).toISOString(),
					...action,
				}),
			);
		const done = new Set<string>();
		const behind = Date.now() - clock > 2 * minute;
		say(
			`${round.vehicle.name}: ${who}${behind ? `, at ${pace} times the speed until the clock is right` : now ? ', before the planned hour' : ''}`,
		);
		await act({ kind: 'start', note: who });
		let at: Point = [round.depot.longitude, round.depot.latitude];

		while (!ended.signal.aborted) {
			round = await read();
			if (round.status === 'done' || round.status === 'cancelled') return;
			if (round.stops.some(({ id: stop, state }) => state !== 'waiting' && !done.has(stop)))
				return say(`${round.vehicle.name}: somebody else drives it, the simulated driver leaves it`);
			const stop = round.stops.find(({ state }) => state === 'waiting');
			if (!stop) break;
			const to: Point = [stop.longitude ?? at[0], stop.latitude ?? at[1]];
			const way = partOf(round.line, at, to);
			const arrival = Math.max(
				clock,
				Date.parse(stop.plannedArrival ?? '') + shift || clock + lengthOf(way) * 150,
			);
			await follow(
				way,
				arrival,
				pass,
				() => clock,
				(position) => report(id, position),
			);
			at = to;
			const service = stop.kind === 'break' ? 45 * minute : (1.5 + random() * 2.5) * minute;
			const planned = Date.parse(stop.plannedDeparture ?? '') - Date.parse(stop.plannedArrival ?? '');
			const length = planned > 0 ? planned * (0.8 + random() * 0.4) : service;
			if (!(await pass(clock + length))) return;
			done.add(stop.id);
			if (stop.kind === 'container' && random() < 0.04)
				await act({
					stopId: stop.id,
					kind: 'could_not',
					reason: 'blocked',
					note: `Une voiture est garée devant (${who})`,
				});
			else if (stop.kind === 'unloading') await act({ stopId: stop.id, kind: 'unloaded' });
			else {
				const seen = stop.levelPercent === null ? null : stop.levelPercent + (random() - 0.5) * 10;
				await act({
					stopId: stop.id,
					kind: 'done',
					...(seen !== null && { fillPercent: Math.round(Math.min(120, Math.max(0, seen))) }),
				});
			}
		}
		if (ended.signal.aborted) return;
		const home: Point = [round.depot.longitude, round.depot.latitude];
		await follow(
			partOf(round.line, at, home),
			Math.max(clock, Date.parse(round.plannedEnd ?? '') + shift || clock),
			pass,
			() => clock,
			(position) => report(id, position),
		);
		if (ended.signal.aborted) return;
		await act({ kind: 'finish' });
		say(`${round.vehicle.name}: round finished`);
	}

	const report = (id: string, position: object) =>
		api.post(`/field/rounds/${id}/positions`, JSON.stringify({ positions: [position] }));

	async function look(): Promise<void> {
		const { items } = (await api.get('/waste/rounds')) as { items: Round[] };
		const waiting = items.filter(
			({ id, status, stops }) => status === 'planned' && stops.length > 0 && !taken.has(id),
		);
		const due = waiting.filter(
			({ plannedStart }) => plannedStart === null || Date.parse(plannedStart) <= Date.now(),
		);
		const begin = ({ id }: Round, now: boolean) =>
			taken.set(
				id,
				drive(id, now).catch((error: Error) => say(`driver: ${error.message}`)),
			);
		for (const round of due) begin(round, false);
		const [next] = waiting;
		if (early && !due.length && next && items.every(({ status }) => status === 'planned')) begin(next, true);
		early = false;
	}

	const looking = (async () => {
		while (!ended.signal.aborted) {
			await look().catch((error: Error) => say(`driver: ${error.message}`));
			await wait(lookMilliseconds);
		}
	})();
	return {
		async stop() {
			ended.abort();
			await looking;
			await Promise.all(taken.values());
		},
	};
}

/** Go along a way until a time of the round, saying where every quarter of a minute of it. */
async function follow(
	way: readonly Point[],
	arrival: number,
	pass: (until: number) => Promise<boolean>,
	clock: () => number,
	report: (position: object) => Promise<unknown>,
): Promise<void> {
	const from = clock();
	const whole = lengthOf(way);
	for (;;) {
		const now = clock();
		const share = arrival > from ? Math.min(1, (now - from) / (arrival - from)) : 1;
		const [longitude, latitude] = pointAlong(way, whole * share);
		const seconds = Math.max(1, (arrival - from) / 1000);
		await report({
			at: new Date(Math.min(now, Date.now())).toISOString(),
			longitude,
			latitude,
			accuracyMeters: 8,
			speedMetersPerSecond: Math.min(40, share < 1 ? whole / seconds : 0),
		}).catch(() => {});
		if (share >= 1) return;
		if (!(await pass(Math.min(arrival, now + positionSeconds * 1000)))) return;
	}
}

const meters = (a: Point, b: Point) =>
	Math.hypot((b[0] - a[0]) * Math.cos((a[1] * Math.PI) / 180), b[1] - a[1]) * 111_320;
const lengthOf = (way: readonly Point[]) =>
	way.reduce((sum, point, n) => sum + (n ? meters(way[n - 1] ?? point, point) : 0), 0);

/** The part of a line from near one point to near another; straight where the line does not help. */
export function partOf(line: readonly Point[], from: Point, to: Point): Point[] {
	const nearest = (point: Point, after: number) => {
		let best = after;
		for (let n = after; n < line.length; n++)
			if (meters(line[n] ?? point, point) < meters(line[best] ?? point, point)) best = n;
		return best;
	};
	if (line.length < 2) return [from, to];
	const start = nearest(from, 0);
	return [from, ...line.slice(start, nearest(to, start) + 1), to];
}

export function pointAlong(way: readonly Point[], distance: number): Point {
	let left = distance;
	for (let n = 1; n < way.length; n++) {
		const [a, b] = [way[n - 1], way[n]];
		if (!a || !b) break;
		const length = meters(a, b);
		if (left <= length && length > 0)
			return [a[0] + ((b[0] - a[0]) * left) / length, a[1] + ((b[1] - a[1]) * left) / length];
		left -= length;
	}
	return way.at(-1) ?? [0, 0];
}
