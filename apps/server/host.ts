import { join } from 'node:path';
import { type Configuration, createLogger } from '@parvis/platform';
import {
	type EmbeddedPostgres,
	startEmbeddedPostgres,
	urlOfRunning,
} from '@parvis/platform/embedded-postgres';
import { holderOf, lockData } from './lock.ts';
import { type RunningServer, startServer } from './main.ts';

export interface Host extends RunningServer {
	postgres: EmbeddedPostgres | null;
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

/** A town with everything embedded that its settings do not name: the database first, then the server; stopped in reverse. */
export async function startHost(settings: Configuration): Promise<Host> {
	const { config, postgres } = await openDatabase(settings);
	try {
		const server = await startServer(config);
		return {
			...server,
			postgres,
			async stop() {
				await server.stop();
				await postgres?.stop();
			},
		};
	} catch (error) {
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
