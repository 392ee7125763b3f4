/** A level as people read it: sensors err around full, and a forecast goes on past it. */
export const shownLevel = (percent: number): number => Math.min(100, Math.max(0, percent));
