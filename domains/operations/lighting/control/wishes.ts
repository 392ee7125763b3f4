import { isLegal, type LegalHours, legalHours, presenceMayExceed } from '../rules/law.ts';
import { chooseLevel, type LevelReason } from '../rules/level.ts';
import { levelIn, type NightLevels, nightLevels, type PresenceSettings } from '../rules/profile.ts';
import type { NightSun } from '../rules/sun.ts';
import { nightOf } from '../rules/town-time.ts';
import type { Installation } from './installation.ts';

interface SegmentNow {
	base: number;
	legal: boolean;
	presence: PresenceSettings | null;
}

interface Tonight {
	levels: NightLevels;
	hours: LegalHours | null;
}

/**
 * What each lamp should do now: by profile, law, overrides and presence. Presence is kept here, by lamp, and asks
 * nobody when it changes; profiles and overrides are looked at again with each `refresh`.
 */
export function createWishes(installation: Installation) {
	const { lamps, segments, overrides, position } = installation;
	const tonight = new Map<string, Tonight>();
	let night = '';
	const now: SegmentNow[] = segments.map(() => ({ base: 0, legal: true, presence: null }));
	/** By lamp; -1: no override of the kind. */
	const held = {
		emergency: new Int8Array(lamps.length).fill(-1),
		test: new Int8Array(lamps.length).fill(-1),
		event: new Int8Array(lamps.length).fill(-1),
	};
	const heldUntil = new Float64Array(lamps.length);

	function tonightOf(profile: Installation['segments'][number]['profile'], at: number): Tonight {
		const current = nightOf(at);
		if (current !== night) {
			night = current;
			tonight.clear();
		}
		// A profile may serve several usages only where none is set: then the usage is part of what is known.
		const key = `${profile.id} ${profile.usage}`;
		let known = tonight.get(key);
		if (!known) {
			const levels = nightLevels(profile, night, position[0], position[1]);
			known = { levels, hours: legalHours(profile.usage, levels, profile.activity) };
			tonight.set(key, known);
		}
		return known;
	}

	return {
		heldUntil,

		/** Look at the clock. */
		refresh(at: number): void {
			for (const [index, { profile }] of segments.entries()) {
				const { levels, hours } = tonightOf(profile, at);
				const legal = isLegal(hours, at);
				// A derogation lets the profile itself be lit beyond the hours.
				const base = legal || profile.decision !== null ? levelIn(levels, at) : 0;
				now[index] = {
					base,
					legal: legal || presenceMayExceed.includes(profile.usage),
					// Nobody needs light by day, but in a tunnel.
					presence:
						levels.plan?.on === null || (at >= levels.sun.sunset && at < levels.sun.sunrise)
							? profile.presence
							: null,
				};
			}
			for (const levels of Object.values(held)) levels.fill(-1);
			for (const { kind, level, from, to, allowed, lamps: reached } of overrides) {
				if (at < from || at >= to) continue;
				for (const lamp of reached) {
					const segment = now[lamps[lamp]?.segment ?? 0];
					held[kind][lamp] = kind === 'event' && !allowed && !segment?.legal ? 0 : level;
				}
			}
		},

		/** Null where presence raises nothing now. */
		presenceOf(lamp: number): PresenceSettings | null {
			const segment = now[lamps[lamp]?.segment ?? 0];
			return segment?.legal ? segment.presence : null;
		},

		/** Keep a lamp up. */
		hold(lamp: number, until: number): void {
			if (until > (heldUntil[lamp] ?? 0)) heldUntil[lamp] = until;
		},

		levelOf(lamp: number, at: number): { level: number; reason: LevelReason } {
			const { segment, safeLevel, dimmable } = lamps[lamp] ?? { segment: 0, safeLevel: 0, dimmable: true };
			const here = now[segment];
			const presence = (heldUntil[lamp] ?? 0) > at && here?.legal ? (here.presence?.level ?? -1) : -1;
			return chooseLevel({
				base: here?.base ?? 0,
				emergency: held.emergency[lamp] ?? -1,
				test: held.test[lamp] ?? -1,
				event: held.event[lamp] ?? -1,
				presence,
				safeLevel,
				dimmable,
			});
		},

		/** Sun of the night that was last looked at, for the baseline. */
		sunAt(at: number): NightSun {
			const [first] = segments;
			if (!first) throw new Error('there are no segments');
			return tonightOf(first.profile, at).levels.sun;
		},
	};
}

export type Wishes = ReturnType<typeof createWishes>;
