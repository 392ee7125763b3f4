import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import { parisDay } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

const shift = (day: string, days: number) =>
	new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

export const load: PageServerLoad = async ({ locals, url }) => {
	const asked = query(url, 'jour') ?? '';
	const day =
		/^\d{4}-\d{2}-\d{2}$/.test(asked) && !Number.isNaN(Date.parse(asked)) ? asked : parisDay(new Date());
	return {
		plan: expect(await locals.rooms.operations.interventions.dayPlan.day(locals.actor, day)),
		before: shift(day, -1),
		after: shift(day, 1),
	};
};

export const actions: Actions = {
	async ordonner(event) {
		const { locals, url } = event;
		const { data, typed } = await readForm(event.request);
		const agentIds = data.getAll('agents').map(String);
		const result = await locals.rooms.operations.interventions.dayPlan.plan(
			locals.actor,
			query(url, 'jour') ?? typed.jour ?? '',
			{ ...(agentIds.length && { agentIds }), withUnplanned: typed.tout === 'on' },
		);
		if (!result.ok) return refused(locals, result, typed, 'ordonner');
		return { form: 'ordonner', outcome: result.value };
	},
	async placer(event) {
		const { locals, url } = event;
		const { typed } = await readForm(event.request);
		const day = query(url, 'jour') ?? '';
		const result = await locals.rooms.operations.interventions.dayPlan.place(
			locals.actor,
			typed.id ?? '',
			typed.agent ? { day, agentId: typed.agent, turn: Number(typed.rang) || 1000 } : null,
		);
		if (!result.ok) return refused(locals, result, typed, 'placer');
		done(event, `${url.pathname}?jour=${day}`, 'done.saved');
	},
};
