import type { Platform } from '@parvis/platform';
import type { DB } from '../tables.ts';
import { mostPoints, type Roads } from './face.ts';
import { createRoadImport } from './import.ts';
import { createMatrixCache } from './matrix-cache.ts';
import { readNetworks } from './networks.ts';
import { createOwnRoads } from './own.ts';
import { createRoadServer } from './server.ts';
import { straightMatrix, straightRoute } from './straight.ts';

/** Roads, by the first who answers: the server of ROADS_URL, the town's own graph, the straight line. */
export function createRoads(platform: Platform): Roads & { stop(): Promise<void> } {
	const own = createOwnRoads(platform);
	const server = createRoadServer(platform);
	const cache = createMatrixCache();
	return {
		async matrix(points, options) {
			if (points.length > mostPoints) throw new RangeError(`more than ${mostPoints} points`);
			const answered = await server?.matrix(points, options);
			if (answered) return answered;
			return cache.get(
				(await own.current()) ?? 'straight',
				points,
				options,
				async () => (await own.matrix(points, options)) ?? straightMatrix(points, options.profile),
			);
		},
		async route(points, options) {
			return (
				(await server?.route(points, options)) ??
				(await own.route(points, options)) ??
				straightRoute(points, options.profile)
			);
		},
		async status() {
			const [network = null] = await readNetworks(platform.db<DB>(), 1);
			const failedAt = server?.failedAt() ?? null;
			return {
				provider: server && !failedAt ? server.kind : network ? 'own' : 'straight',
				network,
				server: server && { kind: server.kind, url: server.url, failedAt },
			};
		},
		import: createRoadImport(platform),
		stop: own.stop,
	};
}
