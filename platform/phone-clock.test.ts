import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clockAheadSeconds, putRight } from './phone-clock.ts';

const now = new Date('2026-11-24T08:00:00Z');
const after = (seconds: number) => new Date(now.getTime() + seconds * 1000);

test('a clock that is hours wrong is put right, the time a message takes is no error', () => {
	expect(clockAheadSeconds(after(-20), now)).toBe(0);
	expect(clockAheadSeconds(after(7200), now)).toBe(7200);
	expect(putRight(after(7100), 7200, now)).toEqual(after(-100));
});

test('the order in which things were done stays, and nothing happens after it was heard of', () => {
	fc.assert(
		fc.property(
			fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 2 }),
			fc.integer({ min: -1e7, max: 1e7 }),
			(moments, offset) => {
				const ahead = clockAheadSeconds(after(offset), now);
				const done = moments.toSorted((a, b) => a - b).map((s) => putRight(after(s + offset), ahead, now));
				for (const [n, at] of done.entries()) {
					expect(at.getTime()).toBeLessThanOrEqual(now.getTime());
					expect(at.getTime()).toBeGreaterThanOrEqual(done[n - 1]?.getTime() ?? Number.NEGATIVE_INFINITY);
				}
			},
		),
	);
});
