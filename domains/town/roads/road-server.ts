import type { Position } from '../geometry.ts';
import type { RoadOptions, RoadRoute } from './face.ts';

/** A routing server that speaks a known interface. What it cannot answer for a vehicle it says beforehand. */
export interface RoadServer {
	kind: 'valhalla' | 'osrm';
	answers(options: RoadOptions): boolean;
	/** Legs from some points to others: one chunk of a matrix. */
	legs(
		ask: Ask,
		from: readonly Position[],
		to: readonly Position[],
		options: RoadOptions,
	): Promise<{ meters: number; seconds: number }[][]>;
	route(ask: Ask, points: readonly Position[], options: RoadOptions): Promise<Omit<RoadRoute, 'provider'>>;
	/** Most points on each side of a chunk, within what servers allow unless they are told more. */
	chunk: number;
}

/** One request; answers of 400 come back too, since they say that there is no way. */
export type Ask = (path: string, body?: unknown) => Promise<{ status: number; json: unknown }>;

/** The server is away, slow, or answers what its interface does not say. */
export class RoadServerError extends Error {}

export const noWay = { meters: Infinity, seconds: Infinity };
