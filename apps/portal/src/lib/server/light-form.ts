import type { LightProfile } from '@parvis/operations';
import { optional, optionalNumber, type Typed } from './forms.ts';

/** Most plans and lines of levels that the form shows: always a few empty ones more than are filled. */
const mostPlans = 12;
const mostLines = 24;
const emptyLines = 3;

/** A profile as the fields of its form. */
export function typedProfile(profile: Omit<LightProfile, 'id'> & { streetClasses: string[] }): Typed {
	const typed: Typed = {
		nom: profile.name,
		usage: profile.usage,
		decision: profile.decision ?? '',
		ouverture: profile.activity?.opens ?? '',
		fermeture: profile.activity?.closes ?? '',
		presence: profile.presence ? 'on' : '',
		presenceNiveau: String(profile.presence?.level ?? 100),
		presenceMetres: String(profile.presence?.aheadMeters ?? 60),
		presenceTenue: String(profile.presence?.holdSeconds ?? 30),
		presenceMontee: String(profile.presence?.riseSeconds ?? 1),
		presenceDescente: String(profile.presence?.fallSeconds ?? 20),
		plans: String(profile.plans.length),
	};
	for (const name of profile.streetClasses) typed[`classe-${name}`] = 'on';
	for (const [index, plan] of profile.plans.entries()) {
		const at = (name: string) => `p${index}-${name}`;
		typed[at('debut')] = dayMonth(plan.season?.from);
		typed[at('fin')] = dayMonth(plan.season?.to);
		typed[at('dates')] = plan.dates?.join(', ') ?? '';
		for (const day of plan.weekdays ?? []) typed[at(`jour${day}`)] = 'on';
		typed[at('toujours')] = plan.on ? '' : 'on';
		typed[at('allumage')] = plan.on?.sun ?? 'sunset';
		typed[at('allumageMinutes')] = String(plan.on?.offsetMinutes ?? 0);
		typed[at('extinction')] = plan.off?.sun ?? 'sunrise';
		typed[at('extinctionMinutes')] = String(plan.off?.offsetMinutes ?? 0);
		for (const [line, { from, level }] of plan.levels.entries()) {
			typed[at(`heure${line}`)] = from ?? '';
			typed[at(`niveau${line}`)] = String(level);
		}
	}
	return typed;
}

/** What a new profile starts from. */
export const blankProfile: Typed = typedProfile({
	name: '',
	usage: 'road',
	streetClasses: [],
	plans: [
		{
			season: null,
			weekdays: null,
			dates: null,
			on: { sun: 'sunset', offsetMinutes: 0 },
			off: { sun: 'sunrise', offsetMinutes: 0 },
			levels: [
				{ from: null, level: 100 },
				{ from: '22:00', level: 60 },
				{ from: '23:30', level: 30 },
				{ from: '05:30', level: 60 },
			],
		},
	],
	presence: null,
	activity: null,
	decision: null,
});

/** How many plans, and lines in each, a form shows. */
export function shapeOf(typed: Typed): { lines: number }[] {
	const plans = Math.min(mostPlans, Math.max(1, Number(typed.plans) || 1));
	return Array.from({ length: plans }, (_, plan) => {
		let filled = 0;
		for (let line = 0; line < mostLines; line++)
			if (optional(typed[`p${plan}-niveau${line}`]) !== null) filled = line + 1;
		return { lines: Math.min(mostLines, filled + emptyLines) };
	});
}

/** What the room is given; it says itself what does not fit. */
export function profileOf(typed: Typed): Record<string, unknown> {
	const number = (name: string) => optionalNumber(typed[name]) ?? Number.NaN;
	const opens = optional(typed.ouverture);
	const closes = optional(typed.fermeture);
	return {
		name: typed.nom ?? '',
		usage: typed.usage,
		streetClasses: Object.keys(typed).flatMap((name) =>
			name.startsWith('classe-') && typed[name] ? [name.slice(7)] : [],
		),
		decision: optional(typed.decision),
		activity: opens === null && closes === null ? null : { opens: opens ?? '', closes: closes ?? '' },
		presence: typed.presence
			? {
					level: number('presenceNiveau'),
					aheadMeters: number('presenceMetres'),
					holdSeconds: number('presenceTenue'),
					riseSeconds: number('presenceMontee'),
					fallSeconds: number('presenceDescente'),
				}
			: null,
		// A plan without any level is one that was taken out.
		plans: shapeOf(typed).flatMap(({ lines }, index) => {
			const plan = planOf(typed, index, lines);
			return plan.levels.length || index === 0 ? [plan] : [];
		}),
	};
}

function planOf(typed: Typed, index: number, lines: number) {
	const field = (name: string) => optional(typed[`p${index}-${name}`]);
	const moment = (name: string) => ({
		sun: field(name),
		offsetMinutes: optionalNumber(typed[`p${index}-${name}Minutes`]) ?? 0,
	});
	const from = field('debut');
	const to = field('fin');
	const weekdays = [1, 2, 3, 4, 5, 6, 7].filter((day) => field(`jour${day}`));
	const dates = field('dates')?.split(/[\s,;]+/);
	const always = field('toujours') !== null;
	return {
		season: from === null && to === null ? null : { from: monthDay(from), to: monthDay(to) },
		weekdays: weekdays.length ? weekdays : null,
		dates: dates ?? null,
		on: always ? null : moment('allumage'),
		off: always ? null : moment('extinction'),
		levels: Array.from({ length: lines }, (_, line) => line).flatMap((line) => {
			const level = optionalNumber(typed[`p${index}-niveau${line}`]);
			return level === null ? [] : [{ from: field(`heure${line}`), level }];
		}),
	};
}

function dayMonth(monthAndDay: string | undefined): string {
	return monthAndDay ? monthAndDay.split('-').toReversed().join('/') : '';
}

function monthDay(text: string | null): string {
	return (text ?? '')
		.split('/')
		.map((part) => part.padStart(2, '0'))
		.toReversed()
		.join('-');
}
