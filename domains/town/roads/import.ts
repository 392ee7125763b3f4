import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Worker } from 'node:worker_threads';
import { type Actor, newId, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { mayEditPlaces } from '../policies.ts';
import type { DB } from '../tables.ts';
import type { Built } from './build-thread.ts';
import { mostExtractBytes, type RoadImportOptions, type RoadNetwork } from './face.ts';
import { fileKey, readNetworks } from './networks.ts';

/** Enough for a region; a file that takes longer was made to. */
const mostBuildMilliseconds = 20 * 60_000;
const mostHeapMegabytes = 3000;
/** Older graphs stay this long for who still reads them. */
const keptNetworks = 3;
const lockName = 'town.roads.import';

class TooLarge extends Error {}

/** Keep the extract beside the data, build its graph in a thread, and put that in the place of what was there. */
export function createRoadImport(platform: Platform) {
	const db = platform.db<DB>();
	return async function importRoads(
		actor: Actor,
		content: AsyncIterable<Uint8Array>,
		{ source, attribution = '' }: RoadImportOptions,
	): Promise<Result<RoadNetwork>> {
		if (!mayEditPlaces(actor)) return refuse('platform.not_allowed');
		const id = newId();
		const folder = join(platform.config.dataDir, 'temporary');
		await mkdir(folder, { recursive: true });
		const path = join(folder, `roads-${id}`);
		// One at a time in the whole town: it takes a core and much memory.
		const lock = await platform.pool.connect();
		try {
			const { rows } = await lock.query<{ got: boolean }>(
				'SELECT pg_try_advisory_lock(hashtext($1)) AS got',
				[lockName],
			);
			if (!rows[0]?.got) return refuse('town.roads_busy');
			let extractBytes = 0;
			try {
				await pipeline(
					Readable.from(content),
					async function* (chunks: AsyncIterable<Uint8Array>) {
						for await (const chunk of chunks) {
							extractBytes += chunk.length;
							if (extractBytes > mostExtractBytes) throw new TooLarge();
							yield chunk;
						}
					},
					createWriteStream(path, { mode: 0o600 }),
				);
			} catch (error) {
				if (error instanceof TooLarge)
					return refuse('town.roads_file_too_large', { megabytes: mostExtractBytes / 1024 ** 2 });
				throw error;
			}
			const built = await buildApart(path);
			if (!built.ok) {
				platform.log.warn({ fault: built.fault, detail: built.detail }, 'roads were refused');
				return refuse(`town.roads_${built.fault}`, { detail: built.detail });
			}
			const { bytes, report } = built;
			await platform.files.put(fileKey(id), Readable.from([Buffer.from(bytes.buffer)]));
			await db.transaction().execute(async (trx) => {
				await trx
					.insertInto('town.road_network')
					.values({
						id,
						source: source.slice(0, 200),
						attribution: attribution.trim().slice(0, 200),
						extract_bytes: extractBytes,
						graph_bytes: bytes.length,
						report: JSON.stringify(report),
						imported_by: actor.displayName,
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'town.roads.imported',
					subject: id,
					detail: { source, ways: report.ways, nodes: report.nodes },
				});
			});
			await dropOld();
			const [network] = await readNetworks(db, 1);
			if (!network) throw new Error('the network that was written is not there');
			return ok(network);
		} finally {
			await rm(path, { force: true });
			// Ending the session's hold by name, so that the connection can serve others.
			await lock.query('SELECT pg_advisory_unlock(hashtext($1))', [lockName]).catch(() => {});
			lock.release();
		}
	};

	async function dropOld(): Promise<void> {
		const old = (await readNetworks(db, 100)).slice(keptNetworks);
		for (const { id } of old) {
			await db.deleteFrom('town.road_network').where('id', '=', id).execute();
			await platform.files.delete(fileKey(id));
		}
	}
}

/** In a thread: seconds of computing must keep nobody waiting, and input that eats memory must not take the process down. */
function buildApart(path: string): Promise<Built> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./build-thread.ts', import.meta.url), {
			workerData: path,
			resourceLimits: { maxOldGenerationSizeMb: mostHeapMegabytes },
		});
		const tooMuch: Built = { ok: false, fault: 'too_large', detail: 'time or memory' };
		const timer = setTimeout(() => {
			resolve(tooMuch);
			void worker.terminate();
		}, mostBuildMilliseconds);
		worker.once('message', resolve);
		worker.once('error', (error: NodeJS.ErrnoException) =>
			error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? resolve(tooMuch) : reject(error),
		);
		worker.once('exit', (code) => {
			clearTimeout(timer);
			reject(new Error(`the thread that builds roads ended with ${code}`));
		});
	});
}
