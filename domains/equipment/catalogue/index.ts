import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Catalogue } from './face.ts';

/** Catalogue as a part of the room. */
export function createCatalogue(_context: Context): Part & { face: Catalogue } {
	return {
		face: {
			async footprintOf() {
				return null;
			},
		},
	};
}
