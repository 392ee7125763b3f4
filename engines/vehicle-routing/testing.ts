import fc from 'fast-check';
import type { Break, Facility, Problem, Stop, TimeWindow, Vehicle } from './problem.ts';

const coordinate = fc.integer({ min: 0, max: 30 });
const window = (span: number): fc.Arbitrary<TimeWindow> =>
	fc
		.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 5, max: span }))
		.map(([from, length]) => ({ from, to: from + length }));
const seldom = <T>(value: fc.Arbitrary<T>, weight = 4) => fc.option(value, { nil: undefined, freq: weight });

/** Small random problems in which any constraint may stand, alone or with others; some cannot be solved. */
export function problems(size: { stops: number; vehicles: number }): fc.Arbitrary<Problem> {
	const drawn = fc.record({
		timed: fc.boolean(),
		ordered: fc.boolean(),
		loaded: fc.boolean(),
		unloading: fc.boolean(),
		asymmetric: fc.boolean(),
		broken: fc.constantFrom(false, false, false, true),
	});
	return drawn.chain((kind) => {
		const maybe = <T>(is: boolean, value: fc.Arbitrary<T>, weight?: number) =>
			is ? seldom(value, weight) : fc.constant(undefined);
		const stop = fc.record({
			demand: maybe(kind.loaded, fc.tuple(fc.integer({ min: 0, max: 6 })), 1),
			serviceSeconds: maybe(kind.timed, fc.integer({ min: 0, max: 10 })),
			windows: maybe(kind.timed, fc.array(window(80), { minLength: 1, maxLength: 2 })),
			skills: seldom(fc.constantFrom(['a'], ['b'], ['a', 'b']), 9),
			prize: seldom(fc.integer({ min: 0, max: 60 })),
			position: maybe(kind.ordered, fc.constantFrom('first' as const, 'last' as const)),
			after: maybe(kind.ordered, fc.tuple(fc.nat(size.stops - 1))),
		});
		const pause = fc.record({ window: window(40), seconds: fc.integer({ min: 1, max: 15 }) });
		const vehicle = fc.record({
			count: seldom(fc.integer({ min: 1, max: 2 })),
			capacity: maybe(kind.loaded, fc.tuple(fc.integer({ min: 6, max: 14 })), 1),
			load: maybe(kind.loaded && kind.unloading, fc.tuple(fc.integer({ min: 0, max: 5 })), 9),
			open: fc.constantFrom(0, 0, 0, 1, 2, 3),
			shift: maybe(
				kind.timed,
				fc
					.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 60, max: 240 }))
					.map(([from, length]) => ({ from, to: from + length })),
			),
			maximalSeconds: maybe(kind.timed, fc.integer({ min: 60, max: 240 })),
			maximalMeters: seldom(fc.integer({ min: 80, max: 250 }), 9),
			maximalStops: seldom(fc.integer({ min: 2, max: 6 }), 9),
			breaks: maybe(kind.timed, fc.array(pause, { minLength: 1, maxLength: 2 })),
			skills: fc.constantFrom(['a', 'b'], ['a', 'b'], ['a'], undefined),
			emptyAtEnd: maybe(kind.unloading, fc.boolean(), 2),
			cost: seldom(
				fc.record({
					fixed: seldom(fc.integer({ min: 0, max: 40 })),
					perMeter: seldom(fc.constantFrom(1, 0.5)),
					perSecond: seldom(fc.constantFrom(0, 1, 0.25)),
					overtime: seldom(
						fc.record({
							afterSeconds: fc.integer({ min: 30, max: 120 }),
							perSecond: fc.constantFrom(1, 2.5),
						}),
					),
				}),
			),
		});
		return fc
			.record({
				points: fc.array(fc.tuple(coordinate, coordinate), {
					minLength: size.stops + 3,
					maxLength: size.stops + 3,
				}),
				slant: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 7, maxLength: 7 }),
				stops: fc.array(stop, { minLength: 1, maxLength: size.stops }),
				vehicles: fc.array(vehicle, { minLength: 1, maxLength: size.vehicles }),
				facilities: fc.array(fc.record({ windows: maybe(kind.timed, fc.tuple(window(200)), 4) }), {
					minLength: kind.unloading ? 1 : 0,
					maxLength: kind.unloading ? 2 : 0,
				}),
			})
			.map(({ points, slant, stops, vehicles, facilities }): Problem => {
				const locations = points.length;
				const distance = (a: number, b: number) => {
					const [ax, ay] = points[a] ?? [0, 0];
					if (kind.broken && slant[(a * 5 + b) % 7] === 5) return Number.POSITIVE_INFINITY;
					const [bx, by] = points[b] ?? [0, 0];
					const extra = kind.asymmetric && a !== b ? (slant[(a * 3 + b) % 7] ?? 0) : 0;
					return Math.round(Math.hypot(ax - bx, ay - by)) + extra;
				};
				const meters = Float64Array.from({ length: locations ** 2 }, (_, i) =>
					distance(Math.floor(i / locations), i % locations),
				);
				return {
					locations,
					meters,
					seconds: kind.asymmetric ? meters.map((value, i) => value + (slant[i % 7] ?? 0)) : meters,
					stops: stops.map(
						(one, i): Stop => ({
							...one,
							id: `s${i}`,
							location: i + 3,
							// Mostly earlier stops of the problem, seldom a circle.
							after: one.after && stops.length > 1 ? [`s${one.after[0] % stops.length}`] : undefined,
						}),
					),
					vehicles: vehicles.map(
						({ open, breaks, load, ...one }, i): Vehicle => ({
							...one,
							id: `v${i}`,
							load: one.capacity ? load : undefined,
							start: open & 1 ? null : 0,
							end: open & 2 ? null : 0,
							breaks: breaks?.map((rest, at): Break => ({ ...rest, id: `b${at}` })),
						}),
					),
					facilities: facilities.map(
						(one, i): Facility => ({ ...one, id: `f${i}`, location: 1 + i, serviceSeconds: 3 }),
					),
				};
			});
	});
}
