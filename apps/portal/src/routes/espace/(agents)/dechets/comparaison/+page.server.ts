import type { ComparedDay, Side } from '@parvis/operations';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const measures = ['kilometers', 'hours', 'liters', 'pickups', 'overflowDays', 'kilograms'] as const;

function sum(sides: readonly Side[]) {
	return Object.fromEntries(
		measures.map((name) => [
			name,
			sides.some((side) => side[name] === null)
				? null
				: sides.reduce((total, side) => total + (side[name] ?? 0), 0),
		]),
	) as Record<(typeof measures)[number], number | null>;
}

const total = (days: readonly ComparedDay[]) => ({
	days: days.length,
	fixed: sum(days.map(({ fixed }) => fixed)),
	planned: sum(days.map(({ planned }) => planned)),
});

export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations } = locals.rooms;
	const kind = query(url, 'vue') === 'reel' ? 'actual' : 'simulation';
	const days = expect(await operations.waste.comparison.days(locals.actor, kind));
	return {
		kind,
		measures,
		all: total(days),
		months: [...Map.groupBy(days, ({ day }) => day.slice(0, 7))].map(([month, of]) => ({
			month,
			...total(of),
		})),
		days: days.slice(-31),
		isDemo: locals.platform.config.demo,
		mayManage: operations.may.manage(locals.actor),
	} as const;
};

export const actions: Actions = {
	async simuler(event) {
		const { typed } = await readForm(event.request);
		const days = Number(typed.jours ?? 30);
		const simulated = await event.locals.rooms.operations.waste.comparison.simulate(event.locals.actor, {
			days: Number.isFinite(days) ? days : 30,
			iterations: 400,
		});
		if (!simulated.ok) return refused(event.locals, simulated, typed);
		done(event, event.url.pathname, 'done.wasteSimulated', {
			days: simulated.value.days,
			containers: simulated.value.containers,
		});
	},
};
