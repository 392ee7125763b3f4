import { getTimes } from 'suncalc';
import { dayAfter } from './town-time.ts';

/** When the sun goes and comes around one night, in milliseconds since 1970. */
export interface NightSun {
	/** Upper limb at the horizon, refraction counted (−0.833°). */
	sunset: number;
	/** End of civil twilight: the sun 6° below the horizon. */
	dusk: number;
	/** Start of civil twilight in the morning after. */
	dawn: number;
	sunrise: number;
}

/** @param night day of its evening. Metropolitan France only: further north or south the sun may not set. */
export function nightSun(night: string, longitude: number, latitude: number): NightSun {
	const evening = getTimes(new Date(`${night}T12:00:00Z`), latitude, longitude);
	const morning = getTimes(new Date(`${dayAfter(night)}T12:00:00Z`), latitude, longitude);
	const instant = (at: Date | null) => {
		if (!at) throw new Error(`the sun does not cross the horizon at ${latitude}, ${longitude} on ${night}`);
		return at.getTime();
	};
	return {
		sunset: instant(evening.sunset),
		dusk: instant(evening.dusk),
		dawn: instant(morning.dawn),
		sunrise: instant(morning.sunrise),
	};
}
