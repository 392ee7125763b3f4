import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Wiping } from './face.ts';

/** Wiping as a part of the room. */
export function createWiping(_context: Context): Part & { face: Wiping } {
	return {
		face: {
			async notWiped(itemIds) {
				return itemIds;
			},
		},
	};
}
