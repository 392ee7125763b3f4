import { buffer } from 'node:stream/consumers';
import type { Platform } from '@parvis/platform';
import {
	createRouterThread,
	NetworkFormatError,
	networkFromBytes,
	type RouterThread,
} from '@parvis/road-network';
import type { Position } from '../geometry.ts';
import type { DB } from '../tables.ts';
import type { RoadMatrix, RoadOptions, RoadRoute } from './face.ts';
import { fileKey } from './networks.ts';

export interface OwnRoads {
	/** Id of the newest network, or null. */
	current(): Promise<string | null>;
	/** @returns null where there is no network to ask */
	matrix(points: readonly Position[], options: RoadOptions): Promise<RoadMatrix | null>;
	route(points: readonly Position[], options: RoadOptions): Promise<RoadRoute | null>;
	stop(): Promise<void>;
}

/**
 * The town's own graph, loaded into a thread at the first question. Each question looks which network is the newest, so
 * an import counts at once in every process.
 */
export function createOwnRoads(platform: Platform): OwnRoads {
	const db = platform.db<DB>();
	let loaded: { id: string; thread: Promise<RouterThread | null> } | null = null;

	async function current(): Promise<string | null> {
		const row = await db
			.selectFrom('town.road_network')
			.select('id')
			.orderBy('imported_at', 'desc')
			.orderBy('id', 'desc')
			.limit(1)
			.executeTakeFirst();
		return row?.id ?? null;
	}

	async function load(id: string): Promise<RouterThread | null> {
		const file = await platform.files.get(fileKey(id));
		if (!file) {
			platform.log.error({ network: id }, 'the file of the road network is missing: import the roads again');
			return null;
		}
		const bytes = await buffer(file);
		try {
			networkFromBytes(bytes);
		} catch (error) {
			if (!(error instanceof NetworkFormatError)) throw error;
			platform.log.error(
				{ err: error, network: id },
				'the road network cannot be read: import the roads again',
			);
			return null;
		}
		return createRouterThread(bytes);
	}

	async function thread(): Promise<RouterThread | null> {
		const id = await current();
		const before = loaded;
		if (before?.id === id) {
			const running = await before?.thread;
			if (running?.alive || running === null) return running;
		}
		if (loaded === before) {
			void before?.thread.then((old) => old?.stop()).catch(() => {});
			const next = id === null ? null : { id, thread: load(id) };
			next?.thread.catch(() => {
				if (loaded === next) loaded = null;
			});
			loaded = next;
		}
		return (await loaded?.thread) ?? null;
	}

	return {
		current,
		async matrix(points, options) {
			const running = await thread();
			return running ? { ...(await running.matrix(points, options)), provider: 'own' } : null;
		},
		async route(points, options) {
			const running = await thread();
			return running ? { ...(await running.way(points, options)), provider: 'own' } : null;
		},
		async stop() {
			const running = await loaded?.thread.catch(() => null);
			loaded = null;
			await running?.stop();
		},
	};
}
