import { redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, parent }) => {
	const { call } = await parent();
	const { projects, follows, may } = locals.rooms.participation;
	const project = found(await projects.get(locals.actor, call.id, params.numero));
	if (String(project.number) !== params.numero) redirect(303, project.url);
	const subject = { kind: 'project', id: project.id } as const;
	const at =
		project.longitude !== null && project.latitude !== null
			? ([project.longitude, project.latitude] as const)
			: null;
	const [followed, news, around] = await Promise.all([
		follows.has(locals.actor, subject),
		follows.news({ subject, limit: 20 }),
		at ? locals.rooms.town.map.around(at, 280) : [],
	]);
	return { project, follows: followed, news, map: at && { at, around }, manages: may.manage(locals.actor) };
};

export const actions: Actions = {
	async suivre(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const call = await callOf(event.locals, event.params.appel);
		const { projects, follows } = event.locals.rooms.participation;
		const project = found(await projects.get(event.locals.actor, call.id, event.params.numero));
		const wanted = typed.voulu === 'oui';
		const result = await follows.set(event.locals.actor, { kind: 'project', id: project.id }, wanted);
		if (!result.ok) return refused(event.locals, result, typed, 'suivre');
		done(event, project.url, wanted ? 'done.followed' : 'done.unfollowed');
	},
};
