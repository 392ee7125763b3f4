import { z } from 'zod';
import type { Position } from '../geometry.ts';
import type { RoadOptions } from './face.ts';
import { noWay, type RoadServer, RoadServerError } from './road-server.ts';

const costing = { car: 'auto', truck: 'truck', bicycle: 'bicycle', foot: 'pedestrian' } as const;
/** No path, no edge near a location, locations too far apart: valhalla.github.io/valhalla/api/turn-by-turn/api-reference. */
const meansNoWay = new Set([154, 170, 171, 441, 442, 443]);

const matrixAnswer = z.object({
	sources_to_targets: z.array(
		z.array(z.object({ distance: z.number().nullable(), time: z.number().nullable() })),
	),
});
const routeAnswer = z.object({
	trip: z.object({
		legs: z.array(z.object({ shape: z.string() })),
		summary: z.object({ length: z.number(), time: z.number() }),
	}),
});
const refusal = z.object({ error_code: z.int() });

const place = ([lon, lat]: Position) => ({ lon, lat });

function costs({ profile, heightMeters, weightTonnes, widthMeters }: RoadOptions) {
	return {
		costing: costing[profile],
		...(profile === 'truck' && {
			costing_options: {
				truck: {
					...(heightMeters && { height: heightMeters }),
					...(weightTonnes && { weight: weightTonnes }),
					...(widthMeters && { width: widthMeters }),
				},
			},
		}),
		units: 'kilometers',
	};
}

function saysNoWay(status: number, json: unknown): boolean {
	if (status === 200) return false;
	const code = refusal.safeParse(json).data?.error_code;
	if (code !== undefined && meansNoWay.has(code)) return true;
	throw new RoadServerError(`answered ${status}, ${code ?? 'without a reason'}`);
}

/** Valhalla: `/sources_to_targets` and `/route`. */
export const valhalla: RoadServer = {
	kind: 'valhalla',
	// 2,500 pairs a request are allowed unless the server is told more.
	chunk: 50,
	answers: () => true,
	async legs(ask, from, to, options) {
		const { status, json } = await ask('/sources_to_targets', {
			sources: from.map(place),
			targets: to.map(place),
			...costs(options),
			verbose: true,
		});
		if (saysNoWay(status, json)) return from.map(() => to.map(() => noWay));
		const { sources_to_targets: rows } = matrixAnswer.parse(json);
		if (rows.length !== from.length || rows.some((row) => row.length !== to.length))
			throw new RoadServerError('answered another matrix than was asked');
		return rows.map((row) =>
			row.map(({ distance, time }) =>
				distance === null || time === null ? noWay : { meters: distance * 1000, seconds: time },
			),
		);
	},
	async route(ask, points, options) {
		const { status, json } = await ask('/route', {
			locations: points.map(place),
			...costs(options),
			directions_type: 'none',
		});
		if (saysNoWay(status, json)) return { ...noWay, coordinates: [] };
		const { trip } = routeAnswer.parse(json);
		return {
			meters: trip.summary.length * 1000,
			seconds: trip.summary.time,
			coordinates: trip.legs.flatMap(({ shape }) => decodePolyline(shape)),
		};
	},
};

/** Encoded polyline with six decimals, as Valhalla writes shapes. */
export function decodePolyline(text: string): [number, number][] {
	const points: [number, number][] = [];
	let [at, latitude, longitude] = [0, 0, 0];
	const next = (): number => {
		let [value, shift, byte] = [0, 0, 0x20];
		while (byte >= 0x20) {
			byte = text.charCodeAt(at++) - 63;
			if (Number.isNaN(byte) || shift > 30) throw new RoadServerError('answered a shape that cannot be read');
			value |= (byte & 0x1f) << shift;
			shift += 5;
		}
		return value & 1 ? ~(value >> 1) : value >> 1;
	};
	while (at < text.length) {
		latitude += next();
		longitude += next();
		points.push([longitude / 1e6, latitude / 1e6]);
	}
	return points;
}
