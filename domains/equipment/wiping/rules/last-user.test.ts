import fc from 'fast-check';
import { expect, test } from 'vitest';
import { lastUser, sameUser } from './last-user.ts';

const to = (changes: Record<string, unknown>) =>
	Object.fromEntries(Object.entries(changes).map(([field, value]) => [field, [null, value] as const]));

test('the last user is who had it when it was last in use, whatever came after', () => {
	const user = fc.record({
		holderId: fc.option(fc.uuid(), { nil: null }),
		service: fc.option(fc.constantFrom('Voirie', 'Accueil'), { nil: null }),
	});
	const stored = fc.constantFrom(
		to({ status: 'in_stock', holderId: null, service: null }),
		to({ status: 'leaving', holderId: null }),
		to({ condition: 'good' }),
	);
	const before = fc.array(
		fc.tuple(user, fc.constantFrom('in_use', 'on_loan')).map(([who, status]) => to({ ...who, status })),
	);
	fc.assert(
		fc.property(before, user, fc.array(stored), (earlier, who, later) => {
			const back = to({ status: 'in_stock', holderId: null, service: null });
			expect(lastUser([...earlier, to({ ...who, status: 'in_use' }), back, ...later])).toEqual(who);
			expect(lastUser([back, ...later])).toBeNull();
		}),
	);
});

test('the same person is the same, the same service only where nobody is named, the unknown never', () => {
	const is = (one: [string | null, string | null], other: [string | null, string | null]) =>
		sameUser({ holderId: one[0], service: one[1] }, { holderId: other[0], service: other[1] });
	expect(is(['a', 'Voirie'], ['a', 'Accueil'])).toBe(true);
	expect(is(['a', 'Voirie'], ['b', 'Voirie'])).toBe(false);
	expect(is([null, 'Voirie'], ['b', 'Voirie'])).toBe(false);
	expect(is([null, 'Voirie'], [null, ' voirie'])).toBe(true);
	expect(is([null, 'Voirie'], [null, 'Accueil'])).toBe(false);
	expect(is([null, null], [null, null])).toBe(false);
});
