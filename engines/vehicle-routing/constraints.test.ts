import { expect, test } from 'vitest';
import { type Infeasibility, type Problem, type Stop, solve, type Vehicle } from './index.ts';

/** Depot 0 at the origin, stops on a line 100 apart, a facility half way to the first. */
function line(stops: Partial<Stop>[], vehicle: Partial<Vehicle> = {}, over: Partial<Problem> = {}): Problem {
	const at = [0, 50, ...stops.map((_, i) => 100 * (i + 1))];
	const meters = at.flatMap((a) => at.map((b) => Math.abs(a - b)));
	return {
		locations: at.length,
		meters,
		seconds: meters,
		stops: stops.map((stop, i) => ({ id: `s${i}`, location: i + 2, ...stop })),
		vehicles: [{ id: 'v', start: 0, end: 0, ...vehicle }],
		facilities: [{ id: 'f', location: 1 }],
		...over,
	};
}

const refused = (problem: Problem): Infeasibility[] => {
	const outcome = solve(problem, { iterations: 50 });
	return outcome.ok ? [] : outcome.infeasible;
};
const planned = (problem: Problem, iterations = 200) => {
	const outcome = solve(problem, { iterations });
	if (!outcome.ok) throw new Error(JSON.stringify(outcome.infeasible));
	return outcome.solution;
};
const visits = (problem: Problem) => planned(problem).routes[0]?.visits.map(({ id }) => id);

test('says which constraint cannot be kept, and by which stop', () => {
	const shift = { from: 0, to: 1000 };
	const cases: [Infeasibility['constraint'], Problem, string?][] = [
		['capacity', line([{ demand: [1] }, { demand: [9] }], { capacity: [5] }), 's1'],
		['skills', line([{ skills: ['crane'] }]), 's0'],
		['vehicles', line([{ vehicles: [] }]), 's0'],
		['window', line([{ windows: [{ from: 2000, to: 3000 }] }], { shift }), 's0'],
		['window', line([{ windows: [{ from: 0, to: 50 }] }]), 's0'],
		['shift', line([{ serviceSeconds: 900 }], { shift }), 's0'],
		['limits', line([{}], { maximalMeters: 150 }), 's0'],
		['limits', line([{}], { maximalSeconds: 150 }), 's0'],
		[
			'break',
			line([{ serviceSeconds: 700 }], {
				shift,
				breaks: [{ id: 'b', window: { from: 200, to: 300 }, seconds: 200 }],
			}),
			's0',
		],
		['facility', line([{ demand: [1] }], { emptyAtEnd: true, facilities: [] }), 's0'],
		['order', line([{ after: ['s1'] }, { after: ['s0'] }]), 's0'],
		['order', line([{ position: 'first', after: ['s1'] }, {}]), 's0'],
		['fleet', line([{ demand: [4] }, { demand: [4] }], { capacity: [5] }, { facilities: [] })],
		['fleet', line([{}], {}, { vehicles: [] }), 's0'],
		['fleet', line([{ serviceSeconds: 550 }, { serviceSeconds: 550 }], { shift }), 's1'],
		[
			'unreachable',
			line([{}], {}, { seconds: [0, 1, Number.POSITIVE_INFINITY, 1, 0, Number.POSITIVE_INFINITY, 1, 1, 0] }),
		],
	];
	for (const [constraint, problem, stop] of cases) {
		const [first] = refused(problem);
		expect(first?.constraint, JSON.stringify(first)).toBe(constraint);
		if (stop && constraint !== 'fleet') expect(first?.stop).toBe(stop);
	}
});

test('refuses what makes no sense', () => {
	const good = line([{}, {}]);
	const bad: Partial<Problem>[] = [
		{ locations: 3 },
		{ locations: Number.NaN },
		{ meters: [] },
		{ meters: Array.from(good.meters, () => Number.NaN) },
		{ seconds: Array.from(good.seconds, () => -1) },
		{
			stops: [
				{ id: 'a', location: 1 },
				{ id: 'a', location: 2 },
			],
		},
		{ stops: [{ id: 'a', location: 99 }] },
		{ stops: [{ id: 'a', location: 1, demand: [-1] }] },
		{ stops: [{ id: 'a', location: 1, demand: [Number.NaN] }] },
		{ stops: [{ id: 'a', location: 1, prize: Number.NaN }] },
		{ stops: [{ id: 'a', location: 1, windows: [] }] },
		{ stops: [{ id: 'a', location: 1, windows: [{ from: 2, to: 1 }] }] },
		{ stops: [{ id: 'a', location: 1, after: ['nobody'] }] },
		{ stops: [{ id: 'a', location: 1, vehicles: ['nobody'] }] },
		{ vehicles: [{ id: 'v', start: 0.5, end: 0 }] },
		{ vehicles: [{ id: 'v', start: 0, end: 0, count: -1 }] },
		{ vehicles: [{ id: 'v', start: 0, end: 0, shift: { from: 5, to: 1 } }] },
		{ vehicles: [{ id: 'v', start: 0, end: 0, capacity: [1], load: [2] }] },
		{ vehicles: [{ id: 'v', start: 0, end: 0, facilities: ['nobody'] }] },
	];
	for (const change of bad)
		expect(refused({ ...good, ...change })[0]?.constraint, JSON.stringify(change)).toBe('input');
	expect(solve({ ...good, stops: [] })).toEqual({
		ok: true,
		solution: { routes: [], unserved: [], cost: 0, meters: 0, iterations: 0 },
	});
});

test('unloads when full, on the way, and comes home empty', () => {
	const full = line(
		Array.from({ length: 6 }, () => ({ demand: [2] })),
		{ capacity: [5], emptyAtEnd: true },
	);
	const solution = planned(full);
	const [route] = solution.routes;
	expect(route?.visits.filter(({ kind }) => kind === 'facility')).toHaveLength(3);
	expect(route?.visits.at(-1)?.kind).toBe('facility');
	// Two at a time, the farthest together; the transfer station is at 50.
	expect(solution.cost).toBe(600 + 550 + 2 * 350 + 2 * 150 + 50);
});

test('keeps pins and orders, leaves out what is not worth its way', () => {
	expect(visits(line([{ position: 'last' }, {}, { position: 'first' }]))).toEqual(['s2', 's1', 's0']);
	expect(visits(line([{ after: ['s2'] }, {}, {}]))?.indexOf('s0')).toBeGreaterThan(0);
	const optional = planned(line([{}, { prize: 150 }, { prize: 350 }, { prize: 120 }]));
	expect(optional.unserved).toEqual(['s3']);
	expect(optional.cost).toBe(600 + 120);
	expect(visits(line([{}, {}], { start: null, end: null }))).toHaveLength(2);
	expect(planned(line([{}, {}], { start: null, end: null })).meters).toBe(100);
});

test('starts late rather than wait, rests within its window, on the way', () => {
	const { routes } = planned(
		line([{ windows: [{ from: 5030, to: 5050 }] }, { serviceSeconds: 100 }], {
			cost: { perSecond: 1 },
			breaks: [{ id: 'noon', window: { from: 5050, to: 5120 }, seconds: 60 }],
		}),
	);
	const [route] = routes;
	expect(route?.waitingSeconds).toBe(0);
	expect((route?.end ?? 0) - (route?.start ?? 0)).toBe(560);
	const rest = route?.visits.find(({ kind }) => kind === 'break');
	expect(rest?.start).toBeGreaterThanOrEqual(5050);
	expect(rest?.start).toBeLessThanOrEqual(5120);
});

test('overtime is paid, and shared where another vehicle is cheaper', () => {
	const cost = { fixed: 10, perMeter: 0, perSecond: 0, overtime: { afterSeconds: 1500, perSecond: 1 } };
	const stops = [{ serviceSeconds: 1000 }, { serviceSeconds: 1000 }];
	expect(planned(line(stops, { cost })).cost).toBe(10 + 900);
	expect(planned(line(stops, { cost, count: 2 })).routes).toHaveLength(2);
	expect(planned(line(stops, { cost, count: 2 })).cost).toBe(20);
});
