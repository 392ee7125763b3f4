import { type NightSun, nightSun } from './sun.ts';
import { dayAfter, nightOf, townInstant, weekdayOf } from './town-time.ts';

/** What is lit, as article 1 of the arrêté of 27 December 2018 tells installations apart. */
export const lightUsages = [
	'road',
	'business',
	'heritage',
	'park',
	'sports',
	'building',
	'shop_window',
	'car_park',
	'tunnel',
] as const;
export type LightUsage = (typeof lightUsages)[number];

/** A moment given by the sun. */
export interface SunMoment {
	sun: 'sunset' | 'dusk' | 'dawn' | 'sunrise';
	/** Minutes after it; negative: before. */
	offsetMinutes: number;
}

/** What a profile does in some nights. */
export interface NightPlan {
	/** `MM-DD`, both included, over the end of the year too; null: all year. */
	season: { from: string; to: string } | null;
	/** ISO weekdays of the evening, 1 Monday to 7 Sunday; null: all. */
	weekdays: readonly number[] | null;
	/** These evenings only, `2026-12-24`; null: no list. */
	dates: readonly string[] | null;
	/** Null with `off`: lit day and night, as a tunnel is. */
	on: SunMoment | null;
	off: SunMoment | null;
	/** Level in percent from a time of the town's clocks on; the first, without a time, from the switch-on. */
	levels: readonly { from: string | null; level: number }[];
}

/** How somebody who comes raises the light. */
export interface PresenceSettings {
	level: number;
	/** How far ahead along the streets. */
	aheadMeters: number;
	/** How long a lamp stays up after the last moment at which it is needed. */
	holdSeconds: number;
	riseSeconds: number;
	/** The fall back to the night's level. */
	fallSeconds: number;
}

export interface LightProfile {
	id: string;
	name: string;
	usage: LightUsage;
	/** The first plan that fits an evening is followed; none: dark. */
	plans: readonly NightPlan[];
	presence: PresenceSettings | null;
	/** Opening and end of the activity that the light serves, `08:00`; null: none, or not known. */
	activity: { opens: string; closes: string } | null;
	/** The municipal decision, or the derogation, that it rests on. */
	decision: string | null;
}

/** Levels through one night, noon to noon: each holds from its instant until the next. */
export interface NightLevels {
	night: string;
	from: number;
	to: number;
	sun: NightSun;
	plan: NightPlan | null;
	/** First at `from`, in order. */
	steps: readonly { at: number; level: number }[];
}

export function planOf(profile: Pick<LightProfile, 'plans'>, night: string): NightPlan | null {
	return profile.plans.find((plan) => fits(plan, night)) ?? null;
}

function fits({ season, weekdays, dates }: NightPlan, night: string): boolean {
	if (dates && !dates.includes(night)) return false;
	if (weekdays && !weekdays.includes(weekdayOf(night))) return false;
	if (!season) return true;
	const day = night.slice(5);
	return season.from <= season.to
		? day >= season.from && day <= season.to
		: day >= season.from || day <= season.to;
}

/** What a profile does through one night at a place. Deterministic. */
export function nightLevels(
	profile: Pick<LightProfile, 'plans'>,
	night: string,
	longitude: number,
	latitude: number,
): NightLevels {
	const sun = nightSun(night, longitude, latitude);
	const from = townInstant(night, '12:00');
	const to = townInstant(dayAfter(night), '12:00');
	const plan = planOf(profile, night);
	const steps: { at: number; level: number }[] = [{ at: from, level: 0 }];
	if (plan) {
		const moment = ({ sun: name, offsetMinutes }: SunMoment) => sun[name] + offsetMinutes * 60_000;
		const on = plan.on ? moment(plan.on) : from;
		const off = plan.off ? moment(plan.off) : to;
		const timed = plan.levels
			.flatMap(({ from: time, level }) => (time === null ? [] : [{ at: instantOf(night, time), level }]))
			.sort((a, b) => a.at - b.at);
		const first = plan.levels.find((step) => step.from === null)?.level ?? timed[0]?.level ?? 0;
		const atOn = timed.findLast(({ at }) => at <= on)?.level ?? first;
		if (on < off) {
			add(steps, on, atOn);
			for (const { at, level } of timed) if (at > on && at < off) add(steps, at, level);
			if (off < to) add(steps, off, 0);
		}
	}
	return { night, from, to, sun, plan, steps };
}

/** A time before noon is of the morning after the evening. */
function instantOf(night: string, time: string): number {
	return townInstant(time < '12:00' ? dayAfter(night) : night, time);
}

function add(steps: { at: number; level: number }[], at: number, level: number): void {
	const last = steps.at(-1);
	if (last && last.at >= at) last.level = level;
	else if (last?.level !== level) steps.push({ at, level });
}

/** Level in percent at an instant of that night. */
export function levelIn(levels: NightLevels, at: number): number {
	return levels.steps.findLast((step) => step.at <= at)?.level ?? 0;
}

/** Level in percent at any instant. */
export function levelAt(
	profile: Pick<LightProfile, 'plans'>,
	at: number,
	longitude: number,
	latitude: number,
): number {
	return levelIn(nightLevels(profile, nightOf(at), longitude, latitude), at);
}

/** Full light from sunset to sunrise: what the town did before, with which effects are compared, and where no profile is set. */
export const fullNight: LightProfile = {
	id: 'full-night',
	name: 'Pleine nuit',
	usage: 'road',
	plans: [
		{
			season: null,
			weekdays: null,
			dates: null,
			on: { sun: 'sunset', offsetMinutes: 0 },
			off: { sun: 'sunrise', offsetMinutes: 0 },
			levels: [{ from: null, level: 100 }],
		},
	],
	presence: null,
	activity: null,
	decision: null,
};
