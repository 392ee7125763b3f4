import type { Profile } from './profiles.ts';

/** Who travels, and how large a truck is. */
export interface Vehicle {
	profile: Profile;
	/** Of a truck, with its load. Roads with a lower limit are left out; absent or 0: not known, no limit counts. */
	heightMeters?: number | undefined;
	weightTonnes?: number | undefined;
	widthMeters?: number | undefined;
}

/** Seconds that turning takes where three roads or more meet, from the angle of the turn: left is positive. */
export function turnSeconds(profile: Profile, degrees: number, signals: boolean): number {
	const base = signals ? 8 : 0;
	if (profile === 'foot') return signals ? 12 : 0;
	const sharp = Math.abs(degrees);
	const turn = sharp < 45 ? 0 : degrees > 0 ? 5 : 3;
	return base + turn * (profile === 'truck' ? 1.6 : profile === 'bicycle' ? 0.6 : 1);
}

/** Seconds to turn round at the end of a road. */
export const turnRoundSeconds: Record<Profile, number> = { car: 15, truck: 40, bicycle: 3, foot: 0 };

/** What entering a road without through traffic weighs, in seconds that are not driven. */
export const localEntryWeight = 300;

/** The same text for vehicles that may use the same roads. */
export function vehicleKey({
	profile,
	heightMeters = 0,
	weightTonnes = 0,
	widthMeters = 0,
}: Vehicle): string {
	return profile === 'truck' ? `truck ${heightMeters} ${weightTonnes} ${widthMeters}` : profile;
}
