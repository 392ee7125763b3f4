import { TrackSource } from 'livekit-server-sdk';
import type { Publishing, Role } from './rules/microphones.ts';

/** All fields of a participant's permission: LiveKit replaces them whole, and what is left out is lost. */
export interface Permission {
	canSubscribe: boolean;
	canPublish: boolean;
	canPublishSources: TrackSource[];
	canPublishData: boolean;
	canUpdateMetadata: boolean;
	hidden: boolean;
	recorder: boolean;
	canSubscribeMetrics: boolean;
}

/** An empty list of sources would mean all of them: who may publish nothing has `canPublish: false`. */
export function permissionOf(role: Role, may: Publishing): Permission {
	const sources = [
		...(may.camera ? [TrackSource.CAMERA] : []),
		...(may.microphone ? [TrackSource.MICROPHONE] : []),
		...(may.screen ? [TrackSource.SCREEN_SHARE] : []),
	];
	return {
		canSubscribe: true,
		canPublish: sources.length > 0,
		canPublishSources: sources,
		canPublishData: may.pointer,
		canUpdateMetadata: false,
		hidden: role.kind === 'programme',
		recorder: role.kind === 'programme',
		canSubscribeMetrics: false,
	};
}

type Held = Partial<Omit<Permission, 'canPublishSources'>> & { canPublishSources?: readonly TrackSource[] };

export function samePermission(held: Held | undefined, wanted: Permission): boolean {
	if (!held) return false;
	const sources = new Set(held.canPublishSources ?? []);
	return (
		(held.canPublish ?? false) === wanted.canPublish &&
		sources.size === wanted.canPublishSources.length &&
		wanted.canPublishSources.every((source) => sources.has(source)) &&
		(held.canPublishData ?? false) === wanted.canPublishData &&
		(held.canSubscribe ?? false) === wanted.canSubscribe &&
		(held.canUpdateMetadata ?? false) === wanted.canUpdateMetadata &&
		(held.hidden ?? false) === wanted.hidden &&
		(held.recorder ?? false) === wanted.recorder
	);
}
