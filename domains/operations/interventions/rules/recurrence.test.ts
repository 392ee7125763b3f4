import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RecurrenceRule } from '../face.ts';
import { occurrences } from './recurrence.ts';
import { addDays, isDay, townDay, townInstant, weekdayOf } from './town-time.ts';

const day = fc
	.integer({ min: Date.UTC(2020, 0, 1) / 86_400_000, max: Date.UTC(2032, 0, 1) / 86_400_000 })
	.map((n) => new Date(n * 86_400_000).toISOString().slice(0, 10));
const rule: fc.Arbitrary<RecurrenceRule> = fc.record({
	every: fc.integer({ min: 1, max: 30 }),
	unit: fc.constantFrom('day', 'week', 'month', 'year'),
	startsOn: day,
	endsOn: fc.constant(null),
});

test('days come in order, none twice, none before the first, whatever part is asked for', () => {
	fc.assert(
		fc.property(rule, day, fc.integer({ min: 0, max: 900 }), (given, from, length) => {
			const until = addDays(from, length);
			const days = occurrences(given, from, until, 5000);
			expect(days).toEqual([...new Set(days)].sort());
			for (const one of days)
				expect(isDay(one) && one >= given.startsOn && one >= from && one <= until).toBe(true);
			const middle = addDays(from, Math.floor(length / 2));
			expect([
				...occurrences(given, from, middle, 5000),
				...occurrences(given, addDays(middle, 1), until, 5000),
			]).toEqual(days);
		}),
	);
});

test('weeks keep their weekday over both changes of the clocks, months the day or the last', () => {
	const weekly: RecurrenceRule = { every: 1, unit: 'week', startsOn: '2026-03-23', endsOn: null };
	expect(occurrences(weekly, '2026-03-23', '2026-04-06')).toEqual(['2026-03-23', '2026-03-30', '2026-04-06']);
	expect(occurrences(weekly, '2026-10-19', '2026-11-02').map(weekdayOf)).toEqual([0, 0, 0]);
	expect(
		occurrences(
			{ every: 1, unit: 'month', startsOn: '2026-01-31', endsOn: '2026-04-30' },
			'2026-01-01',
			'2027-01-01',
		),
	).toEqual(['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']);
	expect(
		occurrences({ every: 1, unit: 'year', startsOn: '2024-02-29', endsOn: null }, '2025-01-01', '2028-12-31'),
	).toEqual(['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']);
});

test('an hour of the town is the same on the clock whatever the season', () => {
	fc.assert(
		fc.property(day, fc.integer({ min: 3, max: 23 }), (given, hour) => {
			const at = townInstant(given, `${String(hour).padStart(2, '0')}:30`);
			expect(townDay(at)).toBe(given);
			expect(
				at.toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' }),
			).toBe(`${String(hour).padStart(2, '0')}:30`);
		}),
	);
	expect(townInstant('2026-10-25', '02:30').toISOString()).toBe('2026-10-25T00:30:00.000Z');
	expect(townInstant('2026-03-29', '02:30').toISOString()).toBe('2026-03-29T01:30:00.000Z');
});
