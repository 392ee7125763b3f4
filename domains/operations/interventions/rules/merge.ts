import type { FieldChange } from '../face.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** Alike as JSON, an absent value as null; instants by their moment, lists by their order. */
export function alike(a: unknown, b: unknown): boolean {
	return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

/** What differs between two states, among the fields of the second. */
export function differences(before: Fields, after: Fields): FieldChange[] {
	return Object.keys(after)
		.filter((field) => after[field] !== undefined && !alike(before[field], after[field]))
		.map((field) => ({ field, before: before[field] ?? null, after: after[field] ?? null }));
}

/** Changes one after the other, as one: the first value of each field and the last. What came back to where it was is left out. */
export function summed(changes: readonly FieldChange[]): FieldChange[] {
	const fields = new Map<string, FieldChange>();
	for (const change of changes) {
		const known = fields.get(change.field);
		fields.set(change.field, known ? { ...known, after: change.after } : change);
	}
	return [...fields.values()].filter(({ before, after }) => !alike(before, after));
}

export interface Merge {
	/** What was really changed by hand: differs from what was seen and from what is there now. */
	mine: FieldChange[];
	/** Fields that both changed, to different values: nothing is written while there are any. */
	clashes: string[];
}

/**
 * Bring an edit, made on an older state, together with what others changed since.
 * @param current all fields as they are now
 * @param since what was changed since the older state, `before` being the value that was seen
 * @param input fields as they were sent; those absent are not touched
 */
export function mergeEdit(current: Fields, since: readonly FieldChange[], input: Fields): Merge {
	const theirs = new Map(summed(since).map((change) => [change.field, change]));
	const mine = differences(current, input).filter(({ field, after }) => {
		const changed = theirs.get(field);
		return !changed || !alike(changed.before, after);
	});
	return { mine, clashes: mine.map(({ field }) => field).filter((field) => theirs.has(field)) };
}
