import { error } from '@sveltejs/kit';
import { priorityNames } from '#lib/interventions.ts';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { interventions, may } = locals.rooms.operations;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const [categories, services] = await Promise.all([
		interventions.categories.list({ archived: true }),
		interventions.services.list(),
	]);
	return {
		category:
			params.categorie === 'nouvelle'
				? null
				: found(categories.find(({ code }) => code === params.categorie)),
		parents: categories.filter(({ parentId, code }) => parentId === null && code !== params.categorie),
		services,
	};
};

const list = (text: string | undefined, separator: string) =>
	(text ?? '')
		.split(separator)
		.map((line) => line.trim())
		.filter(Boolean);

export const actions: Actions = {
	async default(event) {
		const { locals, params } = event;
		const { typed } = await readForm(event.request);
		const { categories } = locals.rooms.operations.interventions;
		const former = params.categorie === 'nouvelle' ? null : found(await categories.get(params.categorie));
		const result = await categories.save(
			locals.actor,
			{
				code: typed.reference ?? '',
				nameFr: typed.nameFr ?? '',
				nameEn: typed.nameEn ?? '',
				parentId: optional(typed.parentId),
				serviceId: typed.serviceId ?? '',
				icon: typed.icon || 'other',
				priority: priorityNames.find((name) => name === typed.priority) ?? 'normal',
				dueHours: optionalNumber(typed.dueHours) ?? Number.NaN,
				durationMinutes: optionalNumber(typed.durationMinutes) ?? Number.NaN,
				public: typed.public === 'on',
				checklist: list(typed.checklist, '\n'),
				skills: list(typed.skills, ','),
				archived: typed.archived === 'on',
			},
			former?.id,
		);
		if (!result.ok) return refused(locals, result, typed);
		done(event, '/espace/interventions/reglages', 'done.saved');
	},
};
