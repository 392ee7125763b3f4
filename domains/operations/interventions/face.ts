/** The shapes that pages, API and the room's other parts see. Instants are UTC; days are the town's, `2026-11-24`. */
export type * from './face/common.ts';
export type * from './face/interventions.ts';
export type * from './face/photos.ts';
export type * from './face/planning.ts';
export type * from './face/recurring.ts';
export type * from './face/reports.ts';
export type * from './face/settings.ts';
