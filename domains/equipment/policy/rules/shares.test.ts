import fc from 'fast-check';
import { expect, test } from 'vitest';
import { categories } from '../../kinds.ts';
import { lineOf, obligationsOf } from './obligations.ts';
import { missingCents, type Spent, shareOf } from './shares.ts';

const over = { passed: null };
const it = (year: number) => {
	const found = obligationsOf(year).find(({ line }) => line === 'it');
	if (!found) throw new Error(`nothing is asked in ${year}`);
	return found;
};
const spent = (cents: number, more: Partial<Spent> = {}): Spent => ({
	line: 'it',
	cents,
	reused: false,
	recycledContent: false,
	donated: false,
	...more,
});

test('a year that a person reckons by hand', () => {
	// 100 000 € of which 14 000 € refurbished: 14 % of 20 %; 7 500 € more make 21 500 of 107 500, which is 20 %.
	const year = [
		spent(8_600_000),
		spent(1_400_000, { reused: true }),
		spent(99_900_000, { line: 'printing' }),
	];
	expect(shareOf(it(2025), year, 0, over)).toMatchObject({
		totalCents: 10_000_000,
		reuseCents: 1_400_000,
		reusePercent: 14,
		targetPercent: 20,
		ownTarget: false,
		reached: false,
		missingCents: 750_000,
		projection: null,
	});
	expect(shareOf(it(2025), [...year, spent(750_000, { reused: true })], 0, over)).toMatchObject({
		reusePercent: 20,
		reached: true,
		missingCents: 0,
	});
	expect(shareOf(it(2025), [...year, spent(750_000, { donated: true })], 0, over)).toMatchObject({
		reached: true,
		donatedCents: 750_000,
	});
	expect(shareOf(it(2025), [], 0, over)).toMatchObject({
		reusePercent: null,
		reached: null,
		missingCents: 0,
	});
	// The town asks 30 % of itself; half of the year has passed.
	expect(shareOf(it(2026), year, 30, { passed: 0.5 })).toMatchObject({
		targetPercent: 30,
		ownTarget: true,
		projection: { totalCents: 20_000_000, reuseCents: 2_800_000, missingCents: 4_571_429 },
	});
	expect(it(2021).reusePercent).toBe(20);
	expect(it(2028).reusePercent).toBe(25);
	expect(it(2035).reusePercent).toBe(30);
	expect(obligationsOf(2020)).toEqual([]);
});

test('each year has each line once at most, and each category one line', () => {
	fc.assert(
		fc.property(fc.integer({ min: 2015, max: 2060 }), (year) => {
			const found = obligationsOf(year);
			expect(new Set(found.map(({ line }) => line)).size).toBe(found.length);
			const listed = found.flatMap((one) => one.categories);
			expect(new Set(listed).size).toBe(listed.length);
			for (const { line, categories: own } of found)
				for (const category of own) expect(lineOf(category)).toBe(line);
			// What could not be verified says so.
			for (const { reusePercent, caveat } of found) if (reusePercent === null) expect(caveat).not.toBeNull();
		}),
	);
	expect(categories.filter((category) => lineOf(category) === null)).toEqual(['network', 'other']);
});

const orders = fc.array(
	fc.record({
		line: fc.constantFrom('it', 'printing'),
		cents: fc.integer({ min: 0, max: 50_000_000 }),
		reused: fc.boolean(),
		recycledContent: fc.boolean(),
		donated: fc.boolean(),
	}),
	{ maxLength: 30 },
);

test('what is missing is exactly what is missing', () => {
	fc.assert(
		fc.property(orders, fc.integer({ min: 0, max: 99 }), (year, own) => {
			const share = shareOf(it(2026), year, own, over);
			expect(share.reuseCents).toBeLessThanOrEqual(share.totalCents);
			expect(share.totalCents).toBe(
				year.filter(({ line }) => line === 'it').reduce((sum, { cents }) => sum + cents, 0),
			);
			expect(share.reached).toBe(share.totalCents === 0 ? null : share.missingCents === 0);
			const after = shareOf(it(2026), [...year, spent(share.missingCents, { reused: true })], own, over);
			expect(after.missingCents).toBe(0);
			if (share.missingCents > 0) {
				const less = [...year, spent(share.missingCents - 1, { reused: true })];
				expect(shareOf(it(2026), less, own, over).reached).toBe(false);
			}
		}),
	);
});

test('one more reused device never makes it worse, one more new device never better', () => {
	fc.assert(
		fc.property(orders, fc.integer({ min: 1, max: 5_000_000 }), (year, cents) => {
			const before = shareOf(it(2026), year, 0, over);
			if (before.reusePercent === null) return;
			const reused = shareOf(it(2026), [...year, spent(cents, { reused: true })], 0, over);
			const fresh = shareOf(it(2026), [...year, spent(cents)], 0, over);
			expect(reused.reusePercent ?? 0).toBeGreaterThanOrEqual(before.reusePercent - 1e-9);
			expect(fresh.reusePercent ?? 0).toBeLessThanOrEqual(before.reusePercent + 1e-9);
			expect(missingCents(before.totalCents, before.reuseCents, 100)).toBe(
				before.totalCents - before.reuseCents,
			);
		}),
	);
});
