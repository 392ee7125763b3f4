import fc from 'fast-check';
import { decodeQR } from 'qr/decode.js';
import { expect, test } from 'vitest';
import { drawCode } from '../labels.ts';
import { labelUrl, tagOf } from './kinds.ts';

/** The path as pixels, four to a module. */
function picture({ size, path }: { size: number; path: string }) {
	const width = size * 4;
	const data = new Uint8ClampedArray(width * width * 4).fill(255);
	for (const [, x, y, wide] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g))
		for (let dy = 0; dy < 4; dy++)
			for (let dx = 0; dx < Number(wide) * 4; dx++) {
				const at = ((Number(y) * 4 + dy) * width + Number(x) * 4 + dx) * 4;
				data.fill(0, at, at + 3);
			}
	return { width, height: width, data };
}

test('what is drawn on a label is read again, and leads to its tag', () => {
	fc.assert(
		fc.property(
			fc
				.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
				.filter((tag) => /^\P{C}+$/u.test(tag) && tag.trim() === tag && tag.isWellFormed()),
			(tag) => {
				const url = labelUrl('https://parvis.ville.example/', tag);
				expect(decodeQR(picture(drawCode(url)), { effort: 9, timeLimit: 5000 })).toBe(url);
				expect(tagOf(url)).toBe(tag);
			},
		),
		{ numRuns: 40 },
	);
});

test('a typed tag, a label of an older address, rubbish', () => {
	expect(tagOf('  P-00042\n')).toBe('P-00042');
	expect(tagOf('http://ancien.example:8080/t/M%2F12?x=1')).toBe('M/12');
	expect(tagOf('https://parvis.example/t/%E0%A4%A')).toBe('%E0%A4%A');
	expect(tagOf('https://parvis.example/autre')).toBe('https://parvis.example/autre');
});
