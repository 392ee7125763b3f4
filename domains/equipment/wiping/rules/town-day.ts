const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' });

/** The day it is in the town at an instant: `2026-11-25`. */
export const townDay = (at: Date): string => day.format(at);
