import type { Room } from '@parvis/platform';
import type { Devices, DeviceTypes, Reading, Tray } from './face.ts';

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
}
