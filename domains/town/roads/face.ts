import type { Actor, Result } from '@parvis/platform';
import type { BuildReport } from '@parvis/road-network';
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

/** What an import found, and how many roads are cut off from the rest for each profile. */
export interface RoadReport extends BuildReport {
	cutOff: Record<RoadProfile, number>;
}

export interface RoadNetwork {
	id: string;
	/** Name of the file it was made from. */
	source: string;
	/** Whose data it is; empty: OpenStreetMap's contributors, under ODbL. */
	attribution: string;
	extractBytes: number;
	graphBytes: number;
	importedBy: string;
	importedAt: Date;
	report: RoadReport;
}

export interface RoadStatus {
	/** Who answers now, for a car. */
	provider: RoadProvider;
	/** Null: nothing was imported yet. */
	network: RoadNetwork | null;
	/** Null: none is configured. */
	server: { kind: 'valhalla' | 'osrm'; url: string; failedAt: Date | null } | null;
}

export interface RoadImportOptions {
	/** Name of the file, as people know it. */
	source: string;
	/** Whose data it is, where it is not OpenStreetMap's. */
	attribution?: string | undefined;
}

/** Most bytes of an extract. */
export const mostExtractBytes = 512 * 1024 * 1024;
/** Most points of one matrix. */
export const mostPoints = 1500;

export interface Roads {
	/**
	 * Distances and durations among all points, at most 1,500. A point more than a kilometre from any road has no way to
	 * others. The same question is answered from memory.
	 */
	matrix(points: readonly Position[], options: RoadOptions): Promise<RoadMatrix>;
	/** The way through all points in their order. */
	route(points: readonly Position[], options: RoadOptions): Promise<RoadRoute>;
	status(): Promise<RoadStatus>;
	/**
	 * Take in an OpenStreetMap extract (`.osm.pbf`, `.osm.gz`, `.osm`, at most 512 MB) in place of what was there. All of
	 * it or nothing; it counts everywhere from the next question on.
	 */
	import(
		actor: Actor,
		content: AsyncIterable<Uint8Array>,
		options: RoadImportOptions,
	): Promise<Result<RoadNetwork>>;
}
