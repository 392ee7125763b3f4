import type { Platform, Room } from '@parvis/platform';
import { createSensingApi } from './api.ts';
import type { CodecTrialRunner } from './codec-trial.ts';
import type { Context, PlaceFacts } from './context.ts';
import { createDeviceTypes } from './device-types.ts';
import { createDevices } from './devices.ts';
import type { Devices, DeviceTypes, Live, Observations, Reading, Tray } from './face.ts';
import { createLive } from './live.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createObservations } from './observations.ts';
import { createReading } from './reading.ts';
import type { DB } from './tables.ts';
import { createTray, settleTray } from './tray.ts';

export type * from './face.ts';
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
}

/** What this room asks of its neighbours. */
export interface SensingNeighbours {
	town: {
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
	const codecs: CodecTrialRunner = {
		check: async () => ({ ok: true, value: null }),
		decode: async () => [],
	};
	const reading = createReading(context);
	const devices = createDevices(context, reading, () => settleTray(context, async () => {}));
	const parts = {
		types: createDeviceTypes(context, codecs),
		devices,
		tray: createTray(context, devices),
		reading,
		observations: createObservations(context, reading),
		live: createLive(context, reading),
	};
	return {
		...parts,
		room: {
			name: 'sensing',
			migrations: new URL('./migrations/', import.meta.url),
			messages: { fr, en },
			api: createSensingApi(platform, parts),
			async stop() {
				parts.live.close();
			},
		},
	};
}
