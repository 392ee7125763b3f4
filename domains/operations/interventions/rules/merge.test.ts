import fc from 'fast-check';
import { expect, test } from 'vitest';
import { differences, mergeEdit, summed } from './merge.ts';

const fields = fc.record({
	title: fc.constantFrom('a', 'b', 'c'),
	priority: fc.constantFrom('low', 'high'),
	assigneeIds: fc.array(fc.constantFrom('n', 'k'), { maxLength: 2 }),
});

test('an edit either clashes on a field that both changed differently, or keeps what both did', () => {
	fc.assert(
		fc.property(fields, fields, fields, (seen, theirs, input) => {
			const since = differences(seen, theirs);
			const { mine, clashes } = mergeEdit(theirs, since, input);
			const changedByThem = since.map(({ field }) => field);
			for (const field of clashes) expect(changedByThem).toContain(field);
			const merged: Record<string, unknown> = { ...theirs };
			for (const { field, after } of mine) if (!clashes.includes(field)) merged[field] = after;
			for (const { field } of since)
				if (!clashes.includes(field)) expect(merged[field]).toEqual(theirs[field as 'title']);
			if (!clashes.length)
				for (const { field, after } of differences(seen, input))
					if (!changedByThem.includes(field)) expect(merged[field]).toEqual(after);
		}),
	);
});

test('changes one after the other are summed to the first and the last value', () => {
	expect(
		summed([
			{ field: 'title', before: 'a', after: 'b' },
			{ field: 'priority', before: 'low', after: 'high' },
			{ field: 'title', before: 'b', after: 'c' },
			{ field: 'priority', before: 'high', after: 'low' },
		]),
	).toEqual([{ field: 'title', before: 'a', after: 'c' }]);
});
