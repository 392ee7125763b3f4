import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { call } = await parent();
	const { ideas, projects, follows } = locals.rooms.participation;
	const [newest, selected, followed, news] = await Promise.all([
		call.ideaCount ? ideas.list(locals.actor, call.id, { pageSize: 6 }) : null,
		call.projectCount ? projects.list(locals.actor, { callId: call.id, pageSize: 6 }) : null,
		follows.has(locals.actor, { kind: 'call', id: call.id }),
		follows.news({ callId: call.id, limit: 8 }),
	]);
	return {
		ideas: newest?.items ?? [],
		projects: selected?.items ?? [],
		follows: followed,
		news,
		manages: locals.rooms.participation.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async suivre(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const call = await callOf(event.locals, event.params.appel);
		const wanted = typed.voulu === 'oui';
		const result = await event.locals.rooms.participation.follows.set(
			event.locals.actor,
			{ kind: 'call', id: call.id },
			wanted,
		);
		if (!result.ok) return refused(event.locals, result, typed, 'suivre');
		done(event, event.url.pathname, wanted ? 'done.followed' : 'done.unfollowed');
	},
};
