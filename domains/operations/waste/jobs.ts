import { system } from '@parvis/platform';
import type { AlarmEvent } from '@parvis/sensing';
import type { Context } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import type { CouldNotReason, Plan, Waste } from './face.ts';
import { addDays, dayOf, weekdayOf } from './rules/days.ts';

export const replanJob = 'operations.waste.replan';

interface NotEmptied {
	day: string;
	stopId: string;
	containerId: string;
	reason: CouldNotReason;
	note: string;
}

/** What a driver finds that somebody has to mend, by the code of its category. */
const faultCategories: Partial<Record<CouldNotReason, string>> = {
	damaged: 'container-fault',
	not_there: 'container-fault',
	danger: 'container-fault',
};

/** What happens by the clock, and since something happened. */
export function defineJobs(
	context: Context,
	waste: Pick<Waste, 'plans' | 'forecasts' | 'setup' | 'comparison'>,
	interventions: Pick<Interventions, 'open'>,
): void {
	const { platform, db, now } = context;
	const { jobs, events } = platform;

	jobs.define('operations.waste.forecast', { cron: '20 * * * *' }, async () => {
		await waste.forecasts.run();
	});

	jobs.define('operations.waste.plan', { cron: '0 4 * * *', retryLimit: 3 }, async () => {
		const today = dayOf(now());
		const { collectionWeekdays } = await waste.setup.settings();
		if (!collectionWeekdays.includes(weekdayOf(today))) return;
		const plan = await waste.plans.get(system, today);
		if (!plan.ok) throw new Error(plan.error);
		// Run again, or late: what was made since midnight, and perhaps put in order by hand, still fits.
		if (!plan.value || plan.value.staleReason || dayOf(plan.value.madeAt) !== today)
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

	events.subscribe<NotEmptied>(
		'operations.waste',
		'operations.waste.container_not_emptied',
		async ({ payload }) => {
			if (payload.reason === 'full_truck') await replan(payload.day, 'could_not');
			const category = faultCategories[payload.reason];
			if (!category) return;
			const container = await db
				.selectFrom('operations.waste_container')
				.select(['name', 'place_id', 'longitude', 'latitude', 'address'])
				.where('id', '=', payload.containerId)
				.executeTakeFirst();
			if (!container) return;
			const { t } = platform.messages;
			const opened = await interventions.open(system, {
				source: { kind: 'round', key: payload.stopId },
				title: t('fr', `operations.waste_fault.${payload.reason}`, { name: container.name }),
				description: payload.note,
				category,
				placeId: container.place_id,
				longitude: container.longitude,
				latitude: container.latitude,
				address: container.address,
			});
			if (!opened.ok) throw new Error(opened.error);
		},
	);

	events.subscribe<{ day: string; kind: string }>(
		'operations.waste',
		'operations.waste.round_changed',
		async ({ payload }) => {
			if (payload.kind === 'finish') await waste.comparison.measure(payload.day);
		},
	);

	// The day before, with what telephones out of reach sent late.
	jobs.define('operations.waste.measure', { cron: '10 5 * * *' }, async () => {
		await waste.comparison.measure(addDays(dayOf(now()), -1));
	});

	events.subscribe<{ fromDay: string; toDay: string }>(
		'operations.waste',
		'operations.waste.vehicle_absent',
		async ({ payload }) => {
			const today = dayOf(now());
			if (payload.fromDay <= today && today <= payload.toDay) await replan(today, 'vehicle');
		},
	);
}
