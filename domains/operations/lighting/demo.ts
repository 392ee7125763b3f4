import { system } from '@parvis/platform';
import type { Context } from '../context.ts';
import { readInstallation } from './control/installation.ts';
import type { createEffect } from './effect.ts';
import type { LightOverrides } from './face.ts';
import { wattsAt } from './rules/level.ts';
import { fullNight, type LightProfile, levelIn, nightLevels } from './rules/profile.ts';
import { dayAfter, nightOf, townDay, townInstant, weekdayOf } from './rules/town-time.ts';

const days = 31;
const stepMilliseconds = 10 * 60_000;
/** Share of the dimmed time for which somebody passes, in the invented month. */
const presenceShare = 0.12;

/** A month of energy as the profiles would have used it, said to be simulated, and an evening at the stadium. */
export async function fillLightingDemo(
	context: Context,
	effect: ReturnType<typeof createEffect>,
	overrides: LightOverrides,
): Promise<void> {
	const installation = await readInstallation(context);
	const { segments, lamps, position } = installation;
	if (!lamps.some(({ simulated }) => simulated)) return;
	const today = townDay(context.now().getTime());
	const power = segments.map(() => ({ full: 0, standby: 0 }));
	for (const { segment, watts, standbyWatts } of lamps) {
		const sum = power[segment];
		if (!sum) continue;
		sum.full += watts;
		sum.standby += standbyWatts;
	}
	for (let back = days; back >= 1; back--) {
		const day = dayAfter(today, -back);
		const shares = new Map<LightProfile, { used: number; baseline: number }>();
		const shareOf = (profile: LightProfile) => {
			const known = shares.get(profile);
			if (known) return known;
			const sum = { used: 0, baseline: 0 };
			const to = townInstant(dayAfter(day), '00:00');
			for (let at = townInstant(day, '00:00'); at < to; at += stepMilliseconds) {
				const night = nightLevels(profile, nightOf(at), position[0], position[1]);
				const base = levelIn(night, at);
				const raised = profile.presence ? Math.max(base, profile.presence.level) : base;
				const dark = profile.usage === 'tunnel' || (at >= night.sun.sunset && at < night.sun.sunrise);
				const hours = stepMilliseconds / 3_600_000;
				const level = dark ? base + (raised - base) * presenceShare : base;
				sum.used += (level / 100) * hours;
				sum.baseline += (dark ? 1 : 0) * hours;
			}
			shares.set(profile, sum);
			return sum;
		};
		const rows = segments.map(({ id, profile }, index) => {
			const { full, standby } = power[index] ?? { full: 0, standby: 0 };
			const { used, baseline } = shareOf(profile);
			const wattHours = (share: number) => wattsAt(0, full, standby) * 24 + (full - standby) * share;
			return { segment_id: id, day, watt_hours: wattHours(used), baseline_watt_hours: wattHours(baseline) };
		});
		await context.db
			.insertInto('operations.light_energy_day')
			.values(rows.map((row) => ({ ...row, simulated: true })))
			.onConflict((conflict) => conflict.doNothing())
			.execute();
		await effect.postDay(day);
	}

	let saturday = today;
	while (weekdayOf(saturday) !== 6) saturday = dayAfter(saturday);
	await overrides.create(system, {
		kind: 'event',
		label: 'Match au stade (démonstration)',
		level: 100,
		startsAt: new Date(townInstant(saturday, '20:00')),
		endsAt: new Date(townInstant(saturday, '23:00')),
		segmentIds: segments
			.filter(({ profile }) => profile.id !== fullNight.id)
			.slice(0, 8)
			.map(({ id }) => id),
	});
}
