import type { Actor, Platform, Room } from '@parvis/platform';
import { type Alarms, createAlarms } from './alarms/index.ts';
import type { TimelineWriter } from './alarms/watch.ts';
import { createSensingApi } from './api.ts';
import { createIngestApi } from './api-ingest.ts';
import { createCodecRuntime } from './codecs/runtime.ts';
import type { Context, PlaceFacts } from './context.ts';
import { sensingDatasets } from './datasets.ts';
import { refreshPlaces } from './device-places.ts';
import { createDeviceTypes } from './device-types.ts';
import { createDevices } from './devices.ts';
import type { Devices, DeviceTypes, Live, Observations, Reading, Tray } from './face.ts';
import { createForecasts, type Forecasts } from './forecasts/index.ts';
import type { DeadLetters } from './ingest/dead-letters.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { Integrations } from './ingest/integrations.ts';
import type { RoomConnection, RoomConnectionOptions } from './ingest/room-connection.ts';
import { createIngestion } from './ingestion.ts';
import { createLive } from './live.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createObservations } from './observations.ts';
import { mayHandleAlarms, mayManageDevices, maySeeDevices, sensingRoles, sensingScopes } from './policies.ts';
import { describeProperty, type Property, properties, unitSymbol } from './properties.ts';
import { createReading } from './reading.ts';
import type { DB } from './tables.ts';
import { createTray, settleTray } from './tray.ts';

export type { Alarm, AlarmFilter, Alarms } from './alarms/index.ts';
export type { AlarmRule, AlarmRuleInput, Severity } from './alarms/rules.ts';
export type { AlarmEvent } from './alarms/watch.ts';
export { runCodecCommand } from './codecs/command.ts';
export type * from './face.ts';
export type { Forecast, Forecasts, Outlier } from './forecasts/index.ts';
export type { DeadLetters, DeadLetterView } from './ingest/dead-letters.ts';
export type { Integration, Integrations } from './ingest/integrations.ts';
export type { RoomConnection, RoomConnectionOptions } from './ingest/room-connection.ts';
export { type Mapping, mappingSchema, quality } from './mapping.ts';
export * from './policies.ts';
export { describeProperty, type Property, properties, unitSymbol, type Visibility } from './properties.ts';

/** What the town's sensors say, and the devices that say it. */
export interface Sensing {
	room: Room;
	types: DeviceTypes;
	devices: Devices;
	tray: Tray;
	reading: Reading;
	observations: Observations;
	live: Live;
	deadLetters: DeadLetters;
	integrations: Integrations;
	ingest: Ingest;
	alarms: Alarms;
	forecasts: Forecasts;
	/** Where devices and network servers connect by MQTT; null where no broker is reached from here. */
	brokerUrl(): string | null;
	/** A connection for a room that speaks to devices itself; null in a process from which no broker is reached. Once started. */
	connectBroker(options: RoomConnectionOptions): RoomConnection | null;
	/** What an actor may see and do, for pages, which import types only. */
	may: {
		seeDevices(actor: Actor): boolean;
		manageDevices(actor: Actor): boolean;
		handleAlarms(actor: Actor): boolean;
	};
	/** Words of observed properties, for pages. */
	words: {
		properties: readonly Property[];
		describe(name: string): Property;
		unitSymbol(unit: string): string;
	};
	/** Bring hours, days and latest values up to what is committed now; it happens by itself within a second. */
	flush(): Promise<void>;
}

/** What this room asks of its neighbours. */
export interface SensingNeighbours {
	town: {
		timeline: TimelineWriter;
		places: {
			/** Places by id, slug or external id; unknown references are absent from the answer. */
			find(references: readonly string[]): Promise<Map<string, PlaceFacts>>;
		};
	};
	identity?: object;
}

export function createSensing(platform: Platform, { town }: SensingNeighbours): Sensing {
	const context: Context = {
		platform,
		db: platform.db<DB>(),
		findPlaces: (references) => town.places.find(references),
	};
	const codecs = createCodecRuntime();
	const alarms = createAlarms(platform, town.timeline);
	const ingestion = createIngestion(platform, codecs, alarms.watch.noteNews);
	const reading = createReading(context);
	const settle = () => settleTray(context, ingestion.replayWaiting);
	const devices = createDevices(context, reading, settle);
	platform.jobs.define('sensing.tidy_devices', { cron: '*/10 * * * *' }, async () => {
		await refreshPlaces(context);
		// What a process that died in the middle left in the tray.
		await settle();
	});
	const parts = {
		types: createDeviceTypes(context, codecs),
		devices,
		tray: createTray(context, devices),
		reading,
		observations: createObservations(context, reading),
		live: createLive(context, reading),
		deadLetters: ingestion.deadLetters,
		integrations: ingestion.integrations,
		ingest: ingestion.ingest,
		alarms,
		forecasts: createForecasts(platform, reading),
		brokerUrl: ingestion.brokerUrl,
		connectBroker: ingestion.connectBroker,
		flush: ingestion.flush,
		words: { properties: [...properties.values()], describe: describeProperty, unitSymbol },
		may: { seeDevices: maySeeDevices, manageDevices: mayManageDevices, handleAlarms: mayHandleAlarms },
	};
	for (const dataset of sensingDatasets(context, reading)) platform.datasets.offer('sensing', dataset);
	const pages = createSensingApi(platform, parts);
	const ways = createIngestApi(platform, ingestion.ingest);
	return {
		...parts,
		room: {
			name: 'sensing',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			roles: sensingRoles,
			scopes: sensingScopes,
			async api(api) {
				await api.register(pages);
				await api.register(ways);
			},
			async start(roles) {
				await ingestion.start(roles);
				alarms.start(roles);
			},
			async stop() {
				parts.live.close();
				await alarms.stop();
				await ingestion.stop();
				await codecs.close();
			},
		},
	};
}
