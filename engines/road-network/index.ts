export { type BuildOptions, type BuildReport, buildNetwork } from './build.ts';
export type { Network } from './network.ts';
export { NetworkFormatError, networkFromBytes, networkToBytes } from './network-bytes.ts';
export { OsmError, type OsmFault, type OsmHandler, type OsmLimits } from './osm.ts';
export { readOsm } from './osm-file.ts';
export { type Profile, profiles } from './profiles.ts';
export { type IgnoredReason, ignoredReasons } from './restriction.ts';
export {
	createRouter,
	type Matrix,
	type Position,
	type Router,
	type RouterOptions,
	type Way,
} from './router.ts';
export { createRouterThread, type RouterThread } from './router-thread.ts';
export type { Snap } from './snap.ts';
export type { Vehicle } from './vehicle.ts';
