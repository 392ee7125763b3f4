import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Policy } from './face.ts';
import { createVersions, readInForce } from './versions.ts';

/** Policy as a part of the room. */
export function createPolicy(context: Context): Part & { face: Policy } {
	return {
		face: {
			inForce: (day) => readInForce(context, day),
			versions: createVersions(context),
		},
	};
}
