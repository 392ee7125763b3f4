/** When a point is open, and how one may book there. */
export interface OpeningHours {
	startsAt: Date;
	endsAt: Date;
	/** Null: one just comes. */
	slotMinutes: number | null;
}

/**
 * The slots of an opening, one after the other; what is left at its end is none, so that nobody books a slot after the desk
 * closed.
 */
export function slotsOf({ startsAt, endsAt, slotMinutes }: OpeningHours): { startsAt: Date; endsAt: Date }[] {
	if (slotMinutes === null) return [];
	const length = slotMinutes * 60_000;
	const slots: { startsAt: Date; endsAt: Date }[] = [];
	for (let at = startsAt.getTime(); at + length <= endsAt.getTime(); at += length)
		slots.push({ startsAt: new Date(at), endsAt: new Date(at + length) });
	return slots;
}
