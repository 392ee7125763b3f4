/** Data wiping and its certificates. */
export interface Wiping {
	/** Of these collected items, those that may not be handed over yet: they can hold data and none was wiped and verified. */
	notWiped(itemIds: readonly string[]): Promise<readonly string[]>;
}
