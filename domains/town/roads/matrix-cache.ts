import type { Position } from '../geometry.ts';
import type { RoadMatrix, RoadOptions } from './face.ts';

const mostBytes = 64 * 1024 * 1024;

/** Matrices asked lately, so that a planner that asks again is served from memory; who asks at once shares one answer. */
export interface MatrixCache {
	get(
		state: string,
		points: readonly Position[],
		options: RoadOptions,
		compute: () => Promise<RoadMatrix>,
	): Promise<RoadMatrix>;
}

export function createMatrixCache(most = mostBytes): MatrixCache {
	const held = new Map<string, { matrix: Promise<RoadMatrix>; bytes: number }>();
	let bytes = 0;
	const drop = (key: string) => {
		bytes -= held.get(key)?.bytes ?? 0;
		held.delete(key);
	};
	return {
		async get(state, points, { profile, heightMeters, weightTonnes, widthMeters }, compute) {
			// About ten centimetres: nearer points are one.
			const places = points.map(([x, y]) => `${x.toFixed(6)} ${y.toFixed(6)}`).join();
			const size = profile === 'truck' ? [heightMeters, weightTonnes, widthMeters].join() : '';
			const key = `${state} ${profile} ${size} ${places}`;
			let entry = held.get(key);
			if (entry) held.delete(key);
			else {
				entry = { matrix: compute(), bytes: points.length ** 2 * 16 + key.length * 2 };
				bytes += entry.bytes;
				entry.matrix.catch(() => drop(key));
			}
			held.set(key, entry);
			for (const oldest of held.keys()) {
				if (bytes <= most || oldest === key) break;
				drop(oldest);
			}
			const { meters, seconds, provider } = await entry.matrix;
			if (entry.bytes > most) drop(key);
			return { meters: meters.slice(), seconds: seconds.slice(), provider };
		},
	};
}
