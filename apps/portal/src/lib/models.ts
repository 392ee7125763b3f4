import type { DeviceFootprint } from '@parvis/equipment';

export const footprintPhases = ['manufacture', 'transport', 'endOfLife', 'useKwhPerYear'] as const;

/** Two or three digits that mean something. */
export function figure(value: number, locale: string): string {
	return value.toLocaleString(locale, value === 0 ? {} : { maximumSignificantDigits: 3 });
}

/** `170 [122 – 439]`, in kg CO2e. */
export function makingOf(footprint: DeviceFootprint | null, locale: string): string {
	if (!footprint) return '';
	const { low, mid, high } = footprint.manufacture;
	return `${figure(mid, locale)} [${figure(low, locale)} – ${figure(high, locale)}]`;
}
