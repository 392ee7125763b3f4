import type { BoardRow } from '@parvis/participation';
import { error } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { centsOf } from '#lib/server/money.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const boardPage = 200;

/** All ideas of a call that the town has answered, however many. */
async function concludedIdeas(locals: App.Locals, callId: string): Promise<BoardRow[]> {
	const rows: BoardRow[] = [];
	for (let page = 1; ; page++) {
		const { items, total } = expect(
			await locals.rooms.participation.reviews.board(locals.actor, callId, {
				state: 'concluded',
				page,
				pageSize: boardPage,
			}),
		);
		rows.push(...items);
		if (!items.length || rows.length >= total) return rows;
	}
}

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { projects, may } = locals.rooms.participation;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const { call } = await parent();
	const voteBegun = call.phases.some(({ kind, state }) => kind === 'voting' && state !== 'coming');
	const [list, concluded] = await Promise.all([
		projects.list(locals.actor, { callId: call.id, page: pageNumber(url), pageSize: 50 }),
		voteBegun ? [] : concludedIdeas(locals, call.id),
	]);
	return {
		list,
		voteBegun,
		ideas: concluded
			.filter(({ verdict, projectNumber }) => verdict !== 'unfeasible' && projectNumber === null)
			.toSorted((a, b) => b.supportCount - a.supportCount),
	};
};

export const actions: Actions = {
	async choisir(event) {
		const { data } = await readForm(event.request);
		const ids = data.getAll('idee').filter((one) => typeof one === 'string');
		const result = await event.locals.rooms.participation.projects.select(event.locals.actor, ids);
		if (!result.ok) return refused(event.locals, result, {}, 'choisir');
		done(event, event.url.pathname, 'done.projectsChosen', { count: result.value.created });
	},
	async creer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.projects.create(
			event.locals.actor,
			event.params.id,
			{
				title: typed.titre ?? '',
				body: typed.texte ?? '',
				envelopeId: typed.enveloppe ?? '',
				categoryId: optional(typed.categorie),
				costCents: centsOf(typed.cout),
				address: optional(typed.adresse),
				longitude: optionalNumber(typed.longitude),
				latitude: optionalNumber(typed.latitude),
			},
		);
		if (!result.ok) return refused(event.locals, result, typed, 'creer');
		done(event, event.url.pathname, 'done.projectsChosen', { count: 1 });
	},
};
