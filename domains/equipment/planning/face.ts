/** When each device is to be replaced, and what another policy would change. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the part
export interface Planning {}
