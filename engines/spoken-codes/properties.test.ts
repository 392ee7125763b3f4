import fc from 'fast-check';
import { expect, test } from 'vitest';
import { alphabet, codeOf, isChecked, randomCode, readCode, withCheck } from './index.ts';

const character = fc.constantFrom(...alphabet);
const text = fc.string({ unit: character, minLength: 1, maxLength: 29 });

test('one wrong character is always found', () => {
	fc.assert(
		fc.property(text, fc.nat(), character, (given, at, other) => {
			const code = withCheck(given);
			const n = at % code.length;
			fc.pre(code[n] !== other);
			expect(isChecked(code)).toBe(true);
			expect(isChecked(code.slice(0, n) + other + code.slice(n + 1))).toBe(false);
		}),
		{ numRuns: 2000 },
	);
});

test('any two that changed places are found', () => {
	fc.assert(
		fc.property(text, fc.nat(), fc.nat(), (given, first, second) => {
			const code = [...withCheck(given)];
			const [a, b] = [first % code.length, second % code.length];
			fc.pre(code[a] !== code[b]);
			[code[a], code[b]] = [code[b] ?? '', code[a] ?? ''];
			expect(isChecked(code.join(''))).toBe(false);
		}),
		{ numRuns: 2000 },
	);
});

test('counts differ as their codes do, and keep their order', () => {
	fc.assert(
		fc.property(fc.nat(31 ** 4 - 1), fc.nat(31 ** 4 - 1), (a, b) => {
			expect(Math.sign(a - b)).toBe(codeOf(a, 4) < codeOf(b, 4) ? -1 : codeOf(a, 4) === codeOf(b, 4) ? 0 : 1);
		}),
	);
	expect(codeOf(0, 3)).toBe('222');
	expect(codeOf(31 ** 3, 3)).toHaveLength(4);
});

test('what people type is read, rubbish is not', () => {
	const code = withCheck('K7M4QX');
	expect(readCode(` ${code.slice(0, 3).toLowerCase()}-${code.slice(3, 6)} ${code.slice(6)}`, 7)).toBe(code);
	fc.assert(fc.property(fc.string(), (typed) => void readCode(typed, 7)));
	expect(readCode('K7M4QX', 7)).toBeNull();
	expect(readCode('', 0)).toBeNull();
});

test('every character comes as often by chance', () => {
	const counts = new Map<string, number>();
	let next = 0;
	const everyByte = (bytes: number) => Uint8Array.from({ length: bytes }, () => next++ % 256);
	for (const one of randomCode(248 * 4, everyByte)) counts.set(one, (counts.get(one) ?? 0) + 1);
	expect(new Set(counts.values())).toEqual(new Set([32]));
});
