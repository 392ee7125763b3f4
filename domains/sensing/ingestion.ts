import type { Platform, Role } from '@parvis/platform';
import type pg from 'pg';
import type { Codecs } from './codec-trial.ts';
import { createBroker } from './ingest/broker.ts';
import { createDeadLetters, type DeadLetters } from './ingest/dead-letters.ts';
import { createIngest, type Ingest } from './ingest/ingest.ts';
import { createIntegrations, type Integrations } from './ingest/integrations.ts';
import { fromJson } from './ingest/message.ts';
import { createPartitions } from './ingest/partitions.ts';
import { createRegistry } from './ingest/registry.ts';
import { createRetention } from './ingest/retention.ts';
import { createRollups, type SeriesNews } from './ingest/rollups.ts';
import {
	openRoomConnection,
	type RoomConnection,
	type RoomConnectionOptions,
} from './ingest/room-connection.ts';
import { createSubscriber } from './ingest/subscriber.ts';

export interface Ingestion {
	ingest: Ingest;
	deadLetters: DeadLetters;
	integrations: Integrations;
	/** Address for devices and network servers: the embedded broker's, or the configured one without its password. */
	brokerUrl(): string | null;
	/** See `Sensing.connectBroker`. */
	connectBroker(options: RoomConnectionOptions): RoomConnection | null;
	/** Put the kept uplinks of a waiting device in; resolves when they are committed. */
	replayWaiting(waitingDeviceId: string): Promise<void>;
	/** Bring hours, days and latest values up to what is committed now. */
	flush(): Promise<void>;
	start(roles: ReadonlySet<Role>): Promise<void>;
	stop(): Promise<void>;
}

/**
 * All ways in, and what follows a commit.
 * @param onNews told within the transaction that merges them which series have new observations
 */
export function createIngestion(
	platform: Platform,
	codecs: Codecs,
	onNews: (client: pg.PoolClient, news: readonly SeriesNews[]) => Promise<void>,
): Ingestion {
	const { config } = platform;
	const registry = createRegistry(platform);
	const partitions = createPartitions(platform);
	const rollups = createRollups(platform, onNews);
	const ingest = createIngest(platform, { registry, codecs, partitions, rollups });
	const integrations = createIntegrations(platform);
	const broker = createBroker(platform, ingest, integrations);
	const subscriber = config.mqttUrl ? createSubscriber(platform, ingest, config.mqttUrl) : null;
	const retention = createRetention(platform);
	const stops: (() => Promise<void>)[] = [];

	platform.jobs.define('sensing.retention', { cron: '20 2 * * *' }, async () => {
		await partitions.ensureAhead();
		await retention.purge();
	});

	return {
		ingest,
		deadLetters: createDeadLetters(platform, ingest),
		integrations,

		brokerUrl() {
			if (!config.mqttUrl) return broker.url;
			const url = new URL(config.mqttUrl);
			return `${url.protocol}//${url.host}`;
		},

		connectBroker(options) {
			const url = config.mqttUrl ?? broker.ownUrl;
			return url ? openRoomConnection(platform, url, options) : null;
		},

		async replayWaiting(waitingDeviceId) {
			const rows = await platform.pool.query<{ message: Record<string, unknown> }>(
				'SELECT message FROM sensing.waiting_uplink WHERE waiting_device_id = $1 ORDER BY id',
				[waitingDeviceId],
			);
			await ingest.accept(
				rows.rows.map(({ message }) => fromJson(message)),
				[],
				{ source: 'tray', topic: null, payload: new Uint8Array() },
			);
		},

		flush: () => rollups.flush(),

		async start(roles) {
			// Pages and jobs replay letters and adopt devices: every process can take messages in.
			await registry.start();
			stops.push(() => registry.stop());
			if (roles.has('ingest') || roles.has('worker')) {
				await partitions.ensureAhead();
				rollups.start();
				stops.push(() => rollups.stop());
			}
			stops.push(() => ingest.stop());
			if (subscriber && roles.has('ingest')) {
				await subscriber.start();
				stops.push(() => subscriber.stop());
			} else if (!subscriber && roles.has('broker')) {
				await broker.start();
				stops.push(() => broker.stop());
			}
		},

		async stop() {
			for (const stop of stops.splice(0).toReversed()) await stop();
		},
	};
}
