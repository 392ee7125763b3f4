import type { Compiled } from './compile.ts';
import type { Route, TimeWindow, Visit } from './problem.ts';
import type { Scheduler, Tour } from './schedule.ts';

/** Seconds by which sums taken in another order may differ. */
export const tolerance = 1e-3;

/** Writes a tour out with its times: as early as it can be without waiting longer than it must. */
export function routeOf(problem: Compiled, scheduler: Scheduler, tour: Tour, instance: number): Route {
	const { kind } = tour;
	const vehicle = problem.problem.vehicles[kind.index];
	const { labels, start } = scheduler.trace(tour);
	const stops = tour.stops.values();
	const visits: Visit[] = [];
	let time = start;
	let at = kind.start;
	let load = [...kind.load];
	let breaks = labels[0]?.breaks ?? 0;
	let meters = 0;
	let drivingSeconds = 0;
	let still = 0;
	for (const [i, label] of labels.slice(1).entries()) {
		const isEnd = i === labels.length - 2;
		const stop = isEnd || label.facility >= 0 ? -1 : (stops.next().value as number);
		const to = isEnd
			? kind.end
			: label.facility >= 0
				? (problem.facilityLocation[label.facility] as number)
				: (problem.location[stop] as number);
		const cell = at * problem.locations + to;
		const leg = at < 0 || to < 0 ? 0 : (problem.seconds[cell] as number);
		let arrival = time + leg;
		let free = time;
		for (; breaks < label.breaks; breaks++) {
			const pause = kind.breaks[breaks];
			if (!pause) throw new Error('a break is missing');
			const begin = Math.max(free, pause.from);
			free = begin + pause.seconds;
			const id = vehicle?.breaks?.[pause.index]?.id ?? '';
			visits.push({
				kind: 'break',
				id,
				location: null,
				arrival: begin,
				start: begin,
				departure: free,
				load: [...load],
			});
			arrival += pause.seconds;
			still += pause.seconds;
		}
		arrival = Math.max(arrival, free);
		drivingSeconds += leg;
		meters += at < 0 || to < 0 ? 0 : (problem.meters[cell] as number);
		time = arrival;
		at = to;
		if (isEnd) break;
		const windows = (
			stop < 0 ? problem.facilityWindows[label.facility] : problem.windows[stop]
		) as readonly TimeWindow[];
		const window = windows.find((one) => one.to >= arrival - tolerance) as TimeWindow;
		const begin = Math.max(arrival, window.from);
		const service = (stop < 0 ? problem.facilityService[label.facility] : problem.service[stop]) as number;
		time = begin + service;
		still += service;
		load = stop < 0 ? load.map(() => 0) : load.map((value, d) => value + (problem.demand[stop]?.[d] ?? 0));
		visits.push({
			kind: stop < 0 ? 'facility' : 'stop',
			id: (stop < 0
				? problem.problem.facilities?.[label.facility]?.id
				: problem.problem.stops[stop]?.id) as string,
			location: to,
			arrival,
			start: begin,
			departure: time,
			load,
		});
	}
	const whole = time - start;
	const overtimeSeconds = Math.max(0, whole - kind.overtimeAfter);
	return {
		vehicle: vehicle?.id ?? '',
		instance,
		start,
		end: time,
		visits,
		meters,
		drivingSeconds,
		waitingSeconds: Math.max(0, whole - drivingSeconds - still),
		overtimeSeconds,
		cost:
			kind.fixed + kind.perMeter * meters + kind.perSecond * whole + overtimeSeconds * kind.overtimePerSecond,
	};
}
