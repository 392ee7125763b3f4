import { fileURLToPath } from 'node:url';

const stepMilliseconds = 10;
const range = 2 ** 16;

/** Script by which a page's camera becomes a clock. */
export const clockCamera = fileURLToPath(new URL('./clock-camera.js', import.meta.url));
/** Expression by which a page with a video reads that clock, as the brightness of its cells or null. */
export const clockReader = fileURLToPath(new URL('./clock-reader.js', import.meta.url));

/** How old a picture is, in seconds, by the cells of its clock; null when they are no clear black and white. */
export function ageOf(cells: readonly number[], now: number): number | null {
	if (cells.some((brightness) => brightness > 70 && brightness < 160)) return null;
	const shown = cells.reduce((sum, brightness, n) => sum + (brightness >= 160 ? 2 ** n : 0), 0);
	const ticks = (Math.floor(now / stepMilliseconds) - shown) % range;
	return (((ticks + range) % range) * stepMilliseconds) / 1000;
}
