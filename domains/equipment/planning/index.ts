import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Planning } from './face.ts';

/** When each device is to be replaced, and what another policy would change. As a part of the room. */
export function createPlanning(_context: Context): Part & { face: Planning } {
	return { face: {} };
}
