import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Policy } from './face.ts';

/** Policy as a part of the room. */
export function createPolicy(_context: Context): Part & { face: Policy } {
	return {
		face: {
			async inForce() {
				return null;
			},
		},
	};
}
