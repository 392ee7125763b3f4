import {
	type Configuration,
	createHttp,
	createPlatform,
	migrate,
	mountApi,
	type Platform,
	platformMigrations,
	type Room,
} from '@parvis/platform';
import { mountLivekit } from './livekit-proxy.ts';
import { buildRooms, type Rooms } from './town.ts';
import { mountPortal } from './web.ts';

export interface RunningServer {
	/** Where it listens, `http://host:port`; null without the role `web` or `ingest`. */
	url: string | null;
	platform: Platform;
	rooms: Rooms;
	/** Stop taking requests, let what runs end, close everything. */
	stop(): Promise<void>;
}

/** Sources of all migrations, the ground's first. */
export function migrationSources(all: readonly Room[]) {
	return [platformMigrations, ...all.map(({ name, migrations }) => ({ room: name, folder: migrations }))];
}

/**
 * Run a town in this process, in the roles of its configuration: migrate, build the rooms, open what they keep
 * open, listen.
 * @param config with a `databaseUrl`
 * @throws when the database cannot be reached or migrated, or the port is taken
 */
export async function startServer(config: Configuration): Promise<RunningServer> {
	const platform = createPlatform(config);
	const { rooms, all } = buildRooms(platform);
	const started: Room[] = [];
	let closeHttp = async () => {};
	const stop = async () => {
		await closeHttp();
		for (const room of started.toReversed()) await room.stop?.();
		await platform.stop();
	};
	try {
		await migrate(platform.pool, migrationSources(all));
		await platform.start();
		for (const room of all) {
			started.push(room);
			await room.start?.(config.roles);
		}
		// The other roles listen too: an orchestrator asks them for health and metrics.
		const http = await createHttp(platform, { authenticate: rooms.identity.authenticate });
		closeHttp = () => http.close();
		if (config.roles.has('web') || config.roles.has('ingest'))
			await mountApi(
				http,
				all.flatMap(({ api }) => (api ? [api] : [])),
			);
		if (config.roles.has('web'))
			for (const { standards = {} } of all)
				for (const [prefix, plugin] of Object.entries(standards)) await mountApi(http, [plugin], prefix);
		if (config.roles.has('web')) await mountLivekit(http, platform);
		if (config.roles.has('web')) await mountPortal(http, platform, rooms);
		const url = await http.listen({ host: config.host, port: config.port });
		platform.log.info({ url, roles: [...config.roles] }, 'started');
		return { url, platform, rooms, stop };
	} catch (error) {
		await stop().catch(() => {});
		throw error;
	}
}
