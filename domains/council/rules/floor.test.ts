import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { roundResult } from './election.ts';
import { cutAt, FloorClock, floorRules, queueOf, secondsBy } from './floor.ts';
import { type Choice, choices, tally } from './majority.ts';
import { publicNeeds, secretNeeds } from './requests.ts';

const start = Date.UTC(2026, 9, 1, 18);
const at = (seconds: number) => new Date(start + seconds * 1000);
const seats = ['a', 'b', 'c', 'd'];
const step = fc.record({
	kind: fc.constantFrom('give', 'order', 'back', 'suspend', 'leave', 'doors', 'clear'),
	seat: fc.constantFrom(...seats),
	after: fc.integer({ min: 0, max: 120 }),
	closed: fc.boolean(),
});

describe('clock of the floor', () => {
	test('seconds of everybody are those in which somebody had the floor, never negative, never two at once', () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const clock = new FloorClock();
				let now = 0;
				let held = 0;
				for (const { kind, seat, after, closed } of steps) {
					if (clock.current) held += after;
					now += after;
					if (kind === 'give' || kind === 'order') clock.give(seat, at(now), 180, kind === 'order');
					else if (kind === 'back') clock.takeBack(at(now));
					else if (kind === 'suspend') clock.suspend(at(now));
					else if (kind === 'leave') clock.leave(seat, at(now));
					else if (kind === 'doors') clock.doors(closed, at(now));
					else clock.clear(at(now));
				}
				const seconds = secondsBy(clock.speeches, ({ seatId }) => seatId, at(now));
				for (const each of seconds.values()) expect(each).toBeGreaterThanOrEqual(0);
				expect([...seconds.values()].reduce((sum, each) => sum + each, 0)).toBe(held);
				expect(clock.speeches.filter(({ until }) => until === null).length).toBe(clock.current ? 1 : 0);
				for (const [n, speech] of clock.speeches.entries())
					if (n > 0)
						expect(speech.from.getTime()).toBeGreaterThanOrEqual(
							clock.speeches[n - 1]?.until?.getTime() ?? 0,
						);
			}),
		);
	});

	test('who is interrupted by a point of order, or a suspension, keeps the time that was left', () => {
		const clock = new FloorClock();
		clock.give('a', at(0), 120, false);
		clock.give('b', at(50), 120, true);
		expect(clock.current).toMatchObject({ seatId: 'b', pointOfOrder: true, usedSeconds: 0 });
		clock.takeBack(at(90));
		clock.give('a', at(95), 120, false);
		expect(clock.current).toMatchObject({ seatId: 'a', usedSeconds: 50, limitSeconds: 120 });
		clock.suspend(at(105));
		expect(clock.current).toBeNull();
		clock.give('a', at(1000), 120, false);
		expect(clock.current).toMatchObject({ usedSeconds: 60 });
		expect(cutAt(clock.current, { cutsAtLimit: true })).toEqual(at(1060));
		expect(cutAt(clock.current, { cutsAtLimit: false })).toBeNull();
		clock.clear(at(1010));
		clock.give('a', at(1020), 120, false);
		expect(clock.current).toMatchObject({ usedSeconds: 0 });
	});
});

test('the queue holds every hand once: points of order, then who the chair placed, then the others by rule', () => {
	fc.assert(
		fc.property(
			fc.uniqueArray(fc.constantFrom(...seats)),
			fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
			fc.subarray(seats),
			fc.constantFrom(...floorRules),
			fc.dictionary(fc.constantFrom(...seats), fc.integer({ min: 0, max: 600 })),
			(up, orders, placed, rule, spoken) => {
				const hands = up.map((seatId, n) => ({ seatId, pointOfOrder: orders[n] ?? false }));
				const queue = queueOf(hands, rule, {
					placed,
					seconds: (seat) => spoken[seat] ?? 0,
					groupSeconds: (group) => spoken[group] ?? 0,
					groupOf: (seat) => seat,
				});
				expect(queue.toSorted()).toEqual(up.toSorted());
				const orderly = hands.filter(({ pointOfOrder }) => pointOfOrder).map(({ seatId }) => seatId);
				expect(queue.slice(0, orderly.length)).toEqual(orderly);
				const others = queue.slice(orderly.length);
				const byHand = others.filter((seat) => placed.includes(seat));
				expect(others.slice(0, byHand.length)).toEqual(placed.filter((seat) => byHand.includes(seat)));
				const rest = others.slice(byHand.length);
				const before = (a: string, b: string) =>
					rule === 'first_come' || (spoken[a] ?? 0) === (spoken[b] ?? 0)
						? up.indexOf(a) < up.indexOf(b)
						: (spoken[a] ?? 0) < (spoken[b] ?? 0);
				for (const [n, seat] of rest.entries()) if (n > 0) expect(before(rest[n - 1] ?? '', seat)).toBe(true);
			},
		),
	);
});

test('a third asks for a secret vote, a quarter for one by names', () => {
	fc.assert(
		fc.property(fc.integer({ min: 1, max: 300 }), (present) => {
			expect(secretNeeds(present) * 3).toBeGreaterThanOrEqual(present);
			expect((secretNeeds(present) - 1) * 3).toBeLessThan(present);
			expect(publicNeeds(present) * 4).toBeGreaterThanOrEqual(present);
			expect((publicNeeds(present) - 1) * 4).toBeLessThan(present);
		}),
	);
});

test('closed doors need more than half of those present or represented; to do without secrecy nobody may be against', () => {
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom(...choices), { maxLength: 40 }),
			fc.integer({ min: 0, max: 20 }),
			fc.constantFrom<Choice | null>(...choices, null),
			(ballots, silent, chair) => {
				const voters = ballots.length + silent;
				const yes = ballots.filter((one) => one === 'for').length;
				expect(tally(ballots, chair, false, 'present', voters).adopted).toBe(yes * 2 > voters);
				const unanimous = tally(ballots, chair, false, 'unanimous', voters).adopted;
				expect(unanimous).toBe(yes > 0 && !ballots.includes('against') && !ballots.includes('abstention'));
			},
		),
	);
});

describe('elections', () => {
	const votes = fc.uniqueArray(
		fc.record({ name: fc.constantFrom('Ana', 'Bo', 'Cléo', 'Dan'), votes: fc.integer({ min: 0, max: 30 }) }),
		{ selector: ({ name }) => name },
	);
	test('blank and void papers are not cast; two rounds ask more than half, the third elects who has most', () => {
		fc.assert(
			fc.property(
				votes,
				fc.integer({ min: 0, max: 9 }),
				fc.integer({ min: 0, max: 9 }),
				fc.integer({ min: 1, max: 3 }),
				(given, blank, spoilt, round) => {
					const counted = { votes: given, blank, void: spoilt };
					const result = roundResult(round, counted);
					expect(result.cast).toBe(given.reduce((sum, one) => sum + one.votes, 0));
					expect(roundResult(round, { ...counted, blank: blank + 5 }).elected).toBe(result.elected);
					const most = Math.max(0, ...given.map((one) => one.votes));
					const first = given.filter((one) => one.votes === most && most > 0);
					if (round < 3) {
						expect(result.elected).toBe(most * 2 > result.cast ? first[0]?.name : null);
					} else if (first.length === 1) expect(result.elected).toBe(first[0]?.name);
					else {
						expect(result.elected).toBeNull();
						const eldest = first.at(-1)?.name ?? null;
						expect(roundResult(round, counted, eldest).elected).toBe(eldest);
						expect(roundResult(round, counted, 'Nobody').elected).toBeNull();
					}
				},
			),
		);
	});
});
