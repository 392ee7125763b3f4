import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Inventory } from './face.ts';

/** Devices, their holders and history, labels, loans, audits. As a part of the room. */
export function createInventory(_context: Context): Part & { face: Inventory } {
	return { face: {} };
}
