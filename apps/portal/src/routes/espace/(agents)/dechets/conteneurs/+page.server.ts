import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const sorts = { nom: 'name', niveau: 'level', risque: 'overflow' } as const;
type Sort = keyof typeof sorts;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations } = locals.rooms;
	const asked = query(url, 'tri') ?? '';
	const sort: Sort = Object.hasOwn(sorts, asked) ? (asked as Sort) : 'risque';
	const chosen = {
		text: query(url, 'texte'),
		flow: query(url, 'flux'),
		doubtful: query(url, 'douteux') === 'oui',
	};
	const [containers, flows] = await Promise.all([
		operations.waste.containers.list(locals.actor, { ...chosen, sort: sorts[sort], includeInactive: false }),
		operations.waste.setup.flows(),
	]);
	return {
		containers: expect(containers),
		flows,
		chosen: { ...chosen, sort },
		mayManage: operations.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async signaler(event) {
		const { typed } = await readForm(event.request);
		const opened = await event.locals.rooms.operations.waste.containers.reportSensor(
			event.locals.actor,
			typed.id ?? '',
		);
		if (!opened.ok) return refused(event.locals, opened, typed);
		done(event, `/espace/interventions/${opened.value.interventionId}`, 'done.wasteSensorReported');
	},
};
