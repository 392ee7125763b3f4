import { ok, type Result, refuse } from '@parvis/platform';

/** Grounds that the accent is read on, the hardest of each mode: keep them as --paper and --raised of the portal's tokens. */
const backgrounds = { light: '#fffdfa', dark: '#1c2025' } as const;
/** WCAG 2.2, success criterion 1.4.3: contrast of text of normal size. */
const leastContrast = 4.5;

/** Relative luminance of an sRGB colour `#rrggbb` (WCAG 2.2, definition). */
function luminance(colour: string): number {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
		const channel = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
		return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two `#rrggbb` colours, from 1 to 21 (WCAG 2.2, definition). */
export function contrastRatio(one: string, other: string): number {
	const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (light + 0.05) / (dark + 0.05);
}

export interface Accent {
	/** On light pages, as the town chose it. */
	light: string;
	/** On dark pages: the same hue, lightened until it can be read. */
	dark: string;
}

/** The accent as both modes show it; refused where it cannot be read on a light page. */
export function accentOf(colour: string): Result<Accent, 'town.colour_unreadable' | 'town.colour_contrast'> {
	const light = colour.toLowerCase();
	if (!/^#[0-9a-f]{6}$/.test(light)) return refuse('town.colour_unreadable');
	const ratio = contrastRatio(light, backgrounds.light);
	if (ratio < leastContrast)
		return refuse('town.colour_contrast', { ratio: Math.round(ratio * 10) / 10, least: leastContrast });
	let dark = light;
	for (let share = 0; contrastRatio(dark, backgrounds.dark) < leastContrast; share += 0.02)
		dark = towardsWhite(light, share);
	return ok({ light, dark });
}

function towardsWhite(colour: string, share: number): string {
	const channels = [1, 3, 5].map((start) => {
		const value = Number.parseInt(colour.slice(start, start + 2), 16);
		return Math.round(value + (255 - value) * Math.min(share, 1))
			.toString(16)
			.padStart(2, '0');
	});
	return `#${channels.join('')}`;
}
