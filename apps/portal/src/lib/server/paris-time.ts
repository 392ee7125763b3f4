const parts = new Intl.DateTimeFormat('sv-SE', {
	timeZone: 'Europe/Paris',
	dateStyle: 'short',
	timeStyle: 'medium',
});

/** An instant as the town's clocks show it, for a date-and-time field: `2026-05-01T08:00`. */
export function parisLocal(at: Date | null): string {
	return at ? parts.format(at).replace(' ', 'T').slice(0, 16) : '';
}

/**
 * The instant of a date-and-time field, read by the town's clocks; of the hour that comes twice in autumn the first, and
 * of the one that spring leaves out the one after.
 * @returns null when empty, an invalid date when it cannot be read
 */
export function parisInstant(text: string | undefined): Date | null {
	const local = (text ?? '').trim();
	if (!local) return null;
	if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local)) return new Date(Number.NaN);
	const asUtc = Date.parse(`${local}:00Z`);
	if (Number.isNaN(asUtc)) return new Date(Number.NaN);
	for (const hours of [2, 1]) {
		const at = new Date(asUtc - hours * 3_600_000);
		if (parisLocal(at) === local) return at;
	}
	return new Date(asUtc - 3_600_000);
}

/** The day in the town: `2026-05-01`. */
export function parisDay(at: Date): string {
	return parisLocal(at).slice(0, 10);
}
