import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Collection } from './face.ts';

/** Campaigns: drop-off, registration, lots, partners, what became of each item. As a part of the room. */
export function createCollection(_context: Context): Part & { face: Collection } {
	return { face: {} };
}
