/** Why a lamp is at its level; the first that applies is followed, in this order. */
export const levelReasons = ['emergency', 'test', 'event', 'presence', 'profile'] as const;
export type LevelReason = (typeof levelReasons)[number];

export interface LevelWishes {
	/** The profile's, already within the law. */
	base: number;
	/** Of overrides in force, each kind's level; -1: none. */
	emergency: number;
	test: number;
	/** Already within the law, or with a derogation. */
	event: number;
	/** Raised by presence, within the law; -1: nobody there. */
	presence: number;
	safeLevel: number;
	dimmable: boolean;
}

/**
 * The level of a lamp: emergency over test over event over presence over profile. Presence only ever raises: never below
 * the profile's level nor, while somebody is there, the safe level. A lamp that cannot be dimmed is on or off.
 */
export function chooseLevel(wishes: LevelWishes): { level: number; reason: LevelReason } {
	const { base, presence, safeLevel, dimmable } = wishes;
	const [level, reason]: [number, LevelReason] =
		wishes.emergency >= 0
			? [wishes.emergency, 'emergency']
			: wishes.test >= 0
				? [wishes.test, 'test']
				: wishes.event >= 0
					? [wishes.event, 'event']
					: presence >= 0 && Math.max(presence, safeLevel) > base
						? [Math.max(presence, safeLevel), 'presence']
						: [base, 'profile'];
	return { level: dimmable ? level : level > 0 ? 100 : 0, reason };
}

/** Watts at a level: those of its electronics and, in proportion, of its light. Led lamps are a few percent off that line. */
export function wattsAt(level: number, watts: number, standbyWatts: number): number {
	return level <= 0 ? standbyWatts : standbyWatts + ((watts - standbyWatts) * level) / 100;
}
