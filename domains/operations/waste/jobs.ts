import { system } from '@parvis/platform';
import type { AlarmEvent } from '@parvis/sensing';
import type { Context } from '../context.ts';
import type { Plan, Waste } from './face.ts';
import { dayOf, weekdayOf } from './rules/days.ts';

export const replanJob = 'operations.waste.replan';

/** What happens by the clock, and since something happened. */
export function defineJobs(context: Context, waste: Pick<Waste, 'plans' | 'forecasts' | 'setup'>): void {
	const { platform, db, now } = context;
	const { jobs, events } = platform;

	jobs.define('operations.waste.forecast', { cron: '20 * * * *' }, async () => {
		await waste.forecasts.run();
	});

	jobs.define('operations.waste.plan', { cron: '0 4 * * *', retryLimit: 3 }, async () => {
		const today = dayOf(now());
		const { collectionWeekdays } = await waste.setup.settings();
		if (collectionWeekdays.includes(weekdayOf(today)))
			await waste.plans.make(system, today, { cause: 'nightly' });
	});

	jobs.define<{ day: string; cause: Plan['cause'] }>(replanJob, { retryLimit: 2 }, async ({ day, cause }) => {
		// Of a day that nobody planned nothing has to be planned anew.
		const plan = await waste.plans.get(system, day);
		if (plan.ok && plan.value) await waste.plans.make(system, day, { cause });
	});
	const replan = (day: string, cause: Plan['cause']) =>
		jobs.send(replanJob, { day, cause }, { singletonKey: `${day} ${cause}` });

	events.subscribe<AlarmEvent>('operations.waste', 'sensing.alarm.raised', async ({ payload }) => {
		if (payload.property !== 'fillingLevel') return;
		const today = dayOf(now());
		const container = await db
			.selectFrom('operations.waste_container as container')
			.leftJoin('operations.waste_round_stop as stop', (join) =>
				join
					.onRef('stop.container_id', '=', 'container.id')
					.on('stop.day', '=', today)
					.on('stop.state', '!=', 'removed'),
			)
			.select(['container.id', 'stop.state'])
			.where('container.device_id', '=', payload.deviceId)
			.where('container.active', '=', true)
			.executeTakeFirst();
		// In the plan already, or collected today: nothing changes.
		if (container && !container.state) await replan(today, 'alarm');
	});

	events.subscribe<{ day: string; reason: string }>(
		'operations.waste',
		'operations.waste.container_not_emptied',
		async ({ payload }) => {
			if (payload.reason === 'full_truck') await replan(payload.day, 'could_not');
		},
	);

	events.subscribe<{ fromDay: string; toDay: string }>(
		'operations.waste',
		'operations.waste.vehicle_absent',
		async ({ payload }) => {
			const today = dayOf(now());
			if (payload.fromDay <= today && today <= payload.toDay) await replan(today, 'vehicle');
		},
	);
}
