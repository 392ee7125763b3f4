import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { dayInput } from '../day-input.ts';
import { lightUsages } from './rules/profile.ts';

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'operations.light_time_invalid');
const level = z.number().int().min(0).max(100);
const monthDay = z
	.string()
	.regex(/^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/, 'operations.light_season_invalid');
const sunMoment = z.object({
	sun: z.enum(['sunset', 'dusk', 'dawn', 'sunrise']),
	offsetMinutes: z.number().int().min(-180).max(180),
});
const evening = ['sunset', 'dusk'];

const nightPlan = z
	.object({
		season: z.object({ from: monthDay, to: monthDay }).nullable(),
		weekdays: z.array(z.number().int().min(1).max(7)).min(1).max(7).nullable(),
		dates: z.array(dayInput).min(1).max(100).nullable(),
		on: sunMoment.nullable(),
		off: sunMoment.nullable(),
		levels: z
			.array(z.object({ from: clock.nullable(), level }))
			.min(1, 'operations.light_levels_missing')
			.max(24),
	})
	.refine(({ on, off }) => (on === null) === (off === null), 'operations.light_on_and_off')
	.refine(({ on }) => on === null || evening.includes(on.sun), 'operations.light_on_in_evening')
	.refine(({ off }) => off === null || !evening.includes(off.sun), 'operations.light_off_in_morning')
	.refine(
		({ levels }) => new Set(levels.map(({ from }) => from)).size === levels.length,
		'operations.light_time_twice',
	);

export const profileInput = z.object({
	name: textInput(100, 'operations.light_profile_unnamed'),
	usage: z.enum(lightUsages),
	streetClasses: z.array(z.string().regex(/^[a-z_]{1,40}$/)).max(30),
	plans: z.array(nightPlan).min(1, 'operations.light_plan_missing').max(12),
	presence: z
		.object({
			level,
			aheadMeters: z.number().int().min(10).max(200),
			holdSeconds: z.number().int().min(5).max(900),
			riseSeconds: z.number().int().min(0).max(30),
			fallSeconds: z.number().int().min(0).max(300),
		})
		.nullable(),
	activity: z.object({ opens: clock, closes: clock }).nullable(),
	decision: z
		.string()
		.trim()
		.max(200)
		.nullable()
		.transform((text) => text || null),
});
