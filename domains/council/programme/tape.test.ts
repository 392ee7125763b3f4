import fc from 'fast-check';
import { expect, test } from 'vitest';
import { instantOf, positionOf, type Run } from './tape.ts';

const tapes = fc
	.array(fc.record({ gap: fc.integer({ min: 1, max: 600 }), seconds: fc.integer({ min: 1, max: 600 }) }), {
		minLength: 1,
		maxLength: 6,
	})
	.map((parts) => {
		let at = Date.UTC(2026, 10, 24, 18);
		return parts.map(({ gap, seconds }, n): Run => {
			at += gap * 1000;
			const run = { id: String(n), startedAt: new Date(at), seconds };
			at += seconds * 1000;
			return run;
		});
	});
const total = (tape: readonly Run[]) => tape.reduce((sum, { seconds }) => sum + seconds, 0);

test('a position and its instant lead to each other, and later is never before', () => {
	fc.assert(
		fc.property(tapes, fc.double({ min: 0, max: 0.999, noNaN: true }), (tape, share) => {
			const position = Math.floor(share * total(tape) * 1000) / 1000;
			const at = instantOf(tape, position);
			expect(at).not.toBeNull();
			expect(positionOf(tape, at ?? new Date(0))).toBeCloseTo(position, 2);
			const later = new Date((at?.getTime() ?? 0) + 90_000);
			expect(positionOf(tape, later)).toBeGreaterThanOrEqual(position - 0.002);
		}),
	);
});

test('what was not recorded is where the next run begins, outside is the beginning or the end', () => {
	const start = Date.UTC(2026, 10, 24, 18);
	const tape = [
		{ id: 'a', startedAt: new Date(start), seconds: 60 },
		{ id: 'b', startedAt: new Date(start + 120_000), seconds: 30 },
	];
	expect(positionOf(tape, new Date(start - 5000))).toBe(0);
	expect(positionOf(tape, new Date(start + 90_000))).toBe(60);
	expect(positionOf(tape, new Date(start + 130_000))).toBe(70);
	expect(positionOf(tape, new Date(start + 999_000))).toBe(90);
	expect(instantOf(tape, 1000)?.getTime()).toBe(start + 150_000);
	expect(positionOf([], new Date())).toBeNull();
	expect(instantOf([], 3)).toBeNull();
});
