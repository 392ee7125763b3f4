/** Campaigns: drop-off, registration, lots, partners, what became of each item. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the part
export interface Collection {}
