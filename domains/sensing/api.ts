import type { FastifyPluginAsyncZod, Platform } from '@parvis/platform';
import type { Alarms } from './alarms/index.ts';
import { alarmsApi } from './api/alarms.ts';
import { deadLettersApi } from './api/dead-letters.ts';
import { deviceTypesApi } from './api/device-types.ts';
import { devicesApi } from './api/devices.ts';
import { liveApi } from './api/live.ts';
import { observationsApi } from './api/observations.ts';
import type { Devices, DeviceTypes, Live, Observations, Reading, Tray } from './face.ts';
import type { DeadLetters } from './ingest/dead-letters.ts';

/** The room's resources under /api/v1. */
export function createSensingApi(
	platform: Platform,
	room: {
		types: DeviceTypes;
		devices: Devices;
		tray: Tray;
		reading: Reading;
		observations: Observations;
		live: Live;
		deadLetters: DeadLetters;
		alarms: Alarms;
	},
): FastifyPluginAsyncZod {
	return async (api) => {
		await api.register(deviceTypesApi(platform, room.types));
		await api.register(devicesApi(platform, room.devices, room.tray));
		await api.register(observationsApi(platform, room.reading, room.observations));
		await api.register(deadLettersApi(platform, room.deadLetters));
		await api.register(alarmsApi(platform, room.alarms));
		await api.register(liveApi(platform, room.live));
	};
}
