import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Choice, choices, tally } from './majority.ts';
import { clearDays, needsSynthesis, noticeDays } from './notice.ts';
import { meetingsInARow, votesHeld } from './proxies.ts';
import { quorumOf } from './quorum.ts';

describe('notice', () => {
	test('neither the day of sending nor that of the meeting counts, whatever the hour or the clocks', () => {
		const cases: [string, string, number][] = [
			['2026-11-02T08:00:00Z', '2026-11-06T17:30:00Z', 3],
			['2026-11-02T22:59:00Z', '2026-11-06T00:30:00Z', 3],
			// Half past midnight of the next day in France.
			['2026-11-02T23:30:00Z', '2026-11-06T17:30:00Z', 2],
			// Over the end of summer time, and over a weekend and a holiday.
			['2026-10-22T15:00:00Z', '2026-10-28T17:00:00Z', 5],
			['2027-03-25T15:00:00Z', '2027-03-31T17:00:00Z', 5],
			['2026-11-06T08:00:00Z', '2026-11-12T17:00:00Z', 5],
			['2026-11-06T08:00:00Z', '2026-11-06T17:00:00Z', 0],
		];
		for (const [sent, meeting, days] of cases)
			expect(clearDays(new Date(sent), new Date(meeting)), sent).toBe(days);
	});

	test('one more day of waiting is one more clear day, all year round', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 800 }), fc.integer({ min: 1, max: 40 }), (start, wait) => {
				const noon = (days: number) => new Date(Date.UTC(2026, 0, 1 + days, 11));
				expect(clearDays(noon(start), noon(start + wait))).toBe(wait - 1);
			}),
		);
	});

	test('three days, five from 3,500 inhabitants on, one in urgency', () => {
		expect(noticeDays({ kind: 'council', inhabitants: 3499 }, false)).toBe(3);
		expect(noticeDays({ kind: 'council', inhabitants: 3500 }, false)).toBe(5);
		expect(noticeDays({ kind: 'community', inhabitants: 900 }, false)).toBe(5);
		expect(noticeDays({ kind: 'council', inhabitants: 14_100 }, true)).toBe(1);
		expect(noticeDays({ kind: 'committee', inhabitants: 14_100 }, false)).toBe(0);
		expect(needsSynthesis({ kind: 'council', inhabitants: 3499 })).toBe(false);
		expect(needsSynthesis({ kind: 'council', inhabitants: 3500 })).toBe(true);
	});
});

test('the quorum is more than half of those in office', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 200 }), (inOffice) => {
			const quorum = quorumOf(inOffice);
			expect(quorum * 2).toBeGreaterThan(inOffice);
			expect((quorum - 1) * 2).toBeLessThanOrEqual(inOffice);
		}),
	);
});

describe('majority', () => {
	const ballots = fc.array(fc.constantFrom(...choices), { maxLength: 60 });
	test('abstentions change nothing, order changes nothing, one more vote for never hurts', () => {
		fc.assert(
			fc.property(
				ballots,
				fc.constantFrom<Choice | null>(...choices, null),
				fc.boolean(),
				(given, chair, secret) => {
					const first = tally(given, chair, secret);
					expect(tally([...given].reverse(), chair, secret)).toEqual(first);
					expect(tally([...given, 'abstention', 'not_taking_part'], chair, secret).adopted).toBe(
						first.adopted,
					);
					expect(first.for + first.against + first.abstention + first.not_taking_part).toBe(given.length);
					if (first.adopted) expect(tally([...given, 'for'], chair, secret).adopted).toBe(true);
					if (first.for > first.against) expect(first.adopted).toBe(true);
					if (first.for < first.against) expect(first.adopted).toBe(false);
				},
			),
		);
	});

	test('the chair decides an even count, not in secret', () => {
		expect(tally(['for', 'against'], 'for', false)).toMatchObject({ adopted: true, casting: true });
		expect(tally(['for', 'against'], 'against', false)).toMatchObject({ adopted: false, casting: true });
		expect(tally(['for', 'against'], 'for', true)).toMatchObject({ adopted: false, casting: false });
		expect(tally(['for', 'against'], 'abstention', false)).toMatchObject({ adopted: false, casting: false });
		expect(tally([], 'for', false)).toMatchObject({ adopted: false, casting: false });
	});
});

describe('proxies', () => {
	test('every seat votes once, by itself when present, and nobody votes who is neither present nor represented', () => {
		const seats = Array.from({ length: 12 }, (_, n) => `s${n}`);
		fc.assert(
			fc.property(
				fc.subarray(seats),
				fc.array(fc.tuple(fc.constantFrom(...seats), fc.constantFrom(...seats)), { maxLength: 12 }),
				(there, pairs) => {
					const present = new Set(there);
					const proxies = pairs.map(([giverId, holderId]) => ({ giverId, holderId }));
					const held = votesHeld(present, proxies);
					for (const [seat, caster] of held) {
						expect(present.has(caster)).toBe(true);
						if (present.has(seat)) expect(caster).toBe(seat);
						else expect(proxies.some((one) => one.giverId === seat && one.holderId === caster)).toBe(true);
					}
					for (const seat of present) expect(held.get(seat)).toBe(seat);
				},
			),
		);
	});

	test('meetings in a row end at the last one attended', () => {
		expect(meetingsInARow([])).toBe(0);
		expect(meetingsInARow([true, true, false, true])).toBe(2);
		expect(meetingsInARow([true, true, true])).toBe(3);
		expect(meetingsInARow([false, true])).toBe(0);
	});
});
