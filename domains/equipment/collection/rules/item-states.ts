import type { ItemEnd, ItemState, LotStatus } from '../face.ts';

/** What may happen to an item, by where it is. */
export const itemSteps: Readonly<
	Record<ItemState, readonly ('put_in_lot' | 'taken_out' | 'handed_over' | 'ended' | 'end_corrected')[]>
> = {
	received: ['put_in_lot', 'ended'],
	in_lot: ['taken_out', 'handed_over'],
	handed_over: ['ended'],
	ended: ['end_corrected'],
};

/**
 * Ends that the desk may tell itself, without a partner: given back to who brought it, not found any more, or given a second
 * life by the town itself. `parts` and `recycled` ask for a partner with a slip, for waste leaves with proof only.
 */
export const endsWithoutPartner: readonly ItemEnd[] = ['returned', 'missing', 'reused', 'repaired'];

/** Ends at which the item has passed into other hands: its data must be wiped before. */
export const endsInOtherHands: readonly ItemEnd[] = ['reused', 'repaired'];

/** What a lot is once its items stand so. */
export function lotStatusAfter(status: LotStatus, items: readonly { state: ItemState }[]): LotStatus {
	if (status !== 'handed_over' && status !== 'settled') return status;
	return items.every(({ state }) => state === 'ended') ? 'settled' : 'handed_over';
}

/** Kinds of devices in which data of a person may be, if nobody said otherwise. */
export const mayHoldData = (category: string): boolean => !['monitor', 'projector'].includes(category);
