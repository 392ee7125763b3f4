import { createHash } from 'node:crypto';

/**
 * Where a wipe falls in the lot of its day, from 0 up to 1: the first 6 bytes of SHA-256(seed ‖ id of the wipe), as a
 * fraction. The SHA-256 of the seed is public during the day and the seed from the next, so nobody can foresee the draw and
 * everybody can redo it.
 * @param seed 32 bytes
 * @param wipeId as text, small letters
 */
export function drawOf(seed: Uint8Array, wipeId: string): number {
	return createHash('sha256').update(seed).update(wipeId).digest().readUIntBE(0, 6) / 2 ** 48;
}

/** What is published of a seed before the seed itself: its SHA-256, hexadecimal. */
export function commitmentOf(seed: Uint8Array): string {
	return createHash('sha256').update(seed).digest('hex');
}

/** A wipe is verified when the lot says so, and the first of each series on a day whatever the lot says. */
export function isSample(draw: number, sharePercent: number, firstOfBatch: boolean): boolean {
	return firstOfBatch || draw * 100 < sharePercent;
}
