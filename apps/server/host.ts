import { join } from 'node:path';
import { type Configuration, createLogger } from '@parvis/platform';
import {
	type EmbeddedPostgres,
	startEmbeddedPostgres,
	urlOfRunning,
} from '@parvis/platform/embedded-postgres';
import { type EmbeddedLivekit, startEmbeddedLivekit } from './embedded-livekit.ts';
import { holderOf, lockData } from './lock.ts';
import { type RunningServer, startServer } from './main.ts';

export interface Host extends RunningServer {
	postgres: EmbeddedPostgres | null;
	livekit: EmbeddedLivekit | null;
}

/** The configuration with a database behind it: the given one, or the embedded one, started. */
export async function openDatabase(
	config: Configuration,
): Promise<{ config: Configuration; postgres: EmbeddedPostgres | null }> {
	if (config.databaseUrl) return { config, postgres: null };
	const postgres = await startEmbeddedPostgres({
		dataDir: join(config.dataDir, 'postgres'),
		log: createLogger(config.logLevel),
	});
	return { config: { ...config, databaseUrl: postgres.url }, postgres };
}

/** The configuration with a LiveKit behind it: the given one, or the embedded one; without, the rest runs. */
async function openLivekit(
	config: Configuration,
	program: string | null,
): Promise<{ config: Configuration; livekit: EmbeddedLivekit | null }> {
	if (config.livekit || !program || !config.roles.has('web')) return { config, livekit: null };
	const log = createLogger(config.logLevel);
	try {
		const livekit = await startEmbeddedLivekit(config, program, log);
		return { config: { ...config, livekit: livekit.settings }, livekit };
	} catch (error) {
		log.error({ reason: (error as Error).message }, 'meetings have no sound and picture');
		return { config, livekit: null };
	}
}

/**
 * A town with everything embedded that its settings do not name: the database and LiveKit first, then the server;
 * stopped in reverse.
 * @param livekitProgram path of `livekit-server`; null for meetings without sound and picture
 */
export async function startHost(
	settings: Configuration,
	{ livekitProgram = null }: { livekitProgram?: string | null } = {},
): Promise<Host> {
	const opened = await openDatabase(settings);
	const { postgres } = opened;
	let livekit: EmbeddedLivekit | null = null;
	try {
		const withRoom = await openLivekit(opened.config, livekitProgram);
		livekit = withRoom.livekit;
		const server = await startServer(withRoom.config);
		return {
			...server,
			postgres,
			livekit,
			async stop() {
				await server.stop();
				await livekit?.stop();
				await postgres?.stop();
			},
		};
	} catch (error) {
		await livekit?.stop();
		await postgres?.stop();
		throw error;
	}
}

/**
 * Work on a town's database beside the town, or without it: the given one, the embedded one that a live process
 * runs, or the embedded one started for this.
 */
export async function withDatabase<T>(
	settings: Configuration,
	work: (config: Configuration) => Promise<T>,
): Promise<T> {
	if (!settings.databaseUrl && holderOf(settings.dataDir)) {
		const url = await urlOfRunning(join(settings.dataDir, 'postgres'));
		if (url) return work({ ...settings, databaseUrl: url });
	}
	const lock = settings.databaseUrl ? null : lockData(settings.dataDir);
	try {
		const { config, postgres } = await openDatabase(settings);
		try {
			return await work(config);
		} finally {
			await postgres?.stop();
		}
	} finally {
		lock?.release();
	}
}
