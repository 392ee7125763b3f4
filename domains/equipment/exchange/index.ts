import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Exchange } from './face.ts';

/** Imports from GLPI, Snipe-IT and others, and the export. As a part of the room. */
export function createExchange(_context: Context): Part & { face: Exchange } {
	return { face: {} };
}
