import { z } from 'zod';
import type { Position } from '../geometry.ts';
import { noWay, type RoadServer, RoadServerError } from './road-server.ts';

const cells = z.array(z.array(z.number().nullable()));
const tableAnswer = z.object({ code: z.literal('Ok'), durations: cells, distances: cells });
const routeAnswer = z.object({
	code: z.literal('Ok'),
	routes: z
		.array(
			z.object({
				distance: z.number(),
				duration: z.number(),
				geometry: z.object({ coordinates: z.array(z.tuple([z.number(), z.number()])) }),
			}),
		)
		.min(1),
});
const refusal = z.object({ code: z.string() });

const places = (points: readonly Position[]) =>
	points.map(([longitude, latitude]) => `${longitude.toFixed(6)},${latitude.toFixed(6)}`).join(';');

function saysNoWay(status: number, json: unknown): boolean {
	if (status === 200) return false;
	const code = refusal.safeParse(json).data?.code;
	if (code === 'NoRoute' || code === 'NoTable' || code === 'NoSegment') return true;
	throw new RoadServerError(`answered ${status}, ${code ?? 'without a reason'}`);
}

/** OSRM: `/table` and `/route`. A server is built for one profile: here the car's. */
export const osrm: RoadServer = {
	kind: 'osrm',
	// 100 coordinates a request are allowed unless the server is told more.
	chunk: 50,
	answers: ({ profile }) => profile === 'car',
	async legs(ask, from, to) {
		const indices = (count: number, offset: number) =>
			Array.from({ length: count }, (_, i) => i + offset).join(';');
		const { status, json } = await ask(
			`/table/v1/driving/${places([...from, ...to])}?annotations=duration,distance&sources=${indices(from.length, 0)}&destinations=${indices(to.length, from.length)}`,
		);
		if (saysNoWay(status, json)) return from.map(() => to.map(() => noWay));
		const { durations, distances } = tableAnswer.parse(json);
		if (
			[durations, distances].some(
				(rows) => rows.length !== from.length || rows.some((row) => row.length !== to.length),
			)
		)
			throw new RoadServerError('answered another table than was asked');
		return durations.map((row, i) =>
			row.map((seconds, j) => {
				const meters = distances[i]?.[j] ?? null;
				return seconds === null || meters === null ? noWay : { meters, seconds };
			}),
		);
	},
	async route(ask, points) {
		const { status, json } = await ask(
			`/route/v1/driving/${places(points)}?overview=full&geometries=geojson`,
		);
		if (saysNoWay(status, json)) return { ...noWay, coordinates: [] };
		const [best] = routeAnswer.parse(json).routes;
		if (!best) throw new RoadServerError('answered no route');
		return { meters: best.distance, seconds: best.duration, coordinates: best.geometry.coordinates };
	},
};
