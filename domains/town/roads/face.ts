import type { Position } from '../geometry.ts';

export const roadProfiles = ['car', 'truck', 'bicycle', 'foot'] as const;
export type RoadProfile = (typeof roadProfiles)[number];

/** Who answered: the town's own graph, a server by ROADS_URL, or the straight line where there is neither. */
export type RoadProvider = 'own' | 'valhalla' | 'osrm' | 'straight';

export interface RoadOptions {
	profile: RoadProfile;
	/** Of the truck with its load; roads with a lower limit are left out. Other profiles ignore all three. */
	heightMeters?: number | undefined;
	weightTonnes?: number | undefined;
	widthMeters?: number | undefined;
}

export interface RoadMatrix {
	/** n × n, row by row: from × n + to. Infinity where there is no way. Not symmetric. */
	meters: Float64Array;
	seconds: Float64Array;
	provider: RoadProvider;
}

export interface RoadRoute {
	/** Infinity, with no coordinates, where there is no way. */
	meters: number;
	seconds: number;
	coordinates: [longitude: number, latitude: number][];
	provider: RoadProvider;
}

export interface Roads {
	/** Distances and durations among all points. A point more than a kilometre from any road has no way to others. */
	matrix(points: readonly Position[], options: RoadOptions): Promise<RoadMatrix>;
	/** The way through all points in their order. */
	route(points: readonly Position[], options: RoadOptions): Promise<RoadRoute>;
}
