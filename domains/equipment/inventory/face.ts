/** Devices, their holders and history, labels, loans, audits. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the part
export interface Inventory {}
