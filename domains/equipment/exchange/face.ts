/** Imports from GLPI, Snipe-IT and others, and the export. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by the part
export interface Exchange {}
