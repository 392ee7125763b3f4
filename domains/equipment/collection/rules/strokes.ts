import { z } from 'zod';
import type { Strokes } from '../face.ts';

const unit = z.number().min(0).max(1);

/** A signature as a screen sends it: lines of points, from 0 to 1. */
const strokesInput = z
	.array(
		z
			.array(z.tuple([unit, unit]))
			.min(1)
			.max(2000),
	)
	.min(1)
	.max(60);

/** Fewer points than this are a slip of the finger, not a signature. */
const fewest = 8;

/** A drawn signature from what a form sent; null when nobody signed, or it is no drawing. */
export function readStrokes(given: unknown): Strokes | null {
	let value = given;
	if (typeof given === 'string') {
		if (given.length > 200_000) return null;
		try {
			value = JSON.parse(given);
		} catch {
			return null;
		}
	}
	const parsed = strokesInput.safeParse(value);
	if (!parsed.success) return null;
	const points = parsed.data.reduce((sum, line) => sum + line.length, 0);
	return points >= fewest ? parsed.data : null;
}
