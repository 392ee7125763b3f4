import type { BoardQuery } from '@parvis/participation';
import { fail } from '@sveltejs/kit';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import { chosenFiles } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

const states = ['unassigned', 'asked', 'answered', 'concluded', 'appealed'] as const;

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { call } = await parent();
	const { reviews } = locals.rooms.participation;
	const [text, service, categoryId] = [query(url, 'mots'), query(url, 'service'), query(url, 'categorie')];
	const state = states.find((one) => one === query(url, 'etat'));
	const [mine, late] = [query(url, 'moi') !== undefined, query(url, 'retard') !== undefined];
	const asked: BoardQuery = {
		page: pageNumber(url),
		pageSize: 50,
		mine,
		late,
		...(text && { text }),
		...(service && { service }),
		...(state && { state }),
		...(categoryId && { categoryId }),
	};
	const [board, reviewers] = await Promise.all([
		reviews.board(locals.actor, call.id, asked),
		reviews.reviewers(locals.actor),
	]);
	return {
		board: expect(board),
		reviewers: expect(reviewers),
		states,
		chosen: {
			text: text ?? '',
			service: service ?? '',
			state: state ?? '',
			categoryId: categoryId ?? '',
			mine,
			late,
		},
	};
};

/** The query without the name of the action. */
function filtersOf(url: URL): string {
	const kept = new URLSearchParams([...url.searchParams].filter(([name]) => !name.startsWith('/')));
	return kept.size ? `?${kept}` : '';
}

const mostCsvBytes = 4 * 1024 * 1024;

export const actions: Actions = {
	async demander(event) {
		const { data, typed } = await readForm(event.request);
		const ids = data.getAll('idee').filter((one) => typeof one === 'string');
		const result = await event.locals.rooms.participation.reviews.assign(event.locals.actor, ids, {
			service: typed.service ?? '',
			reviewerId: optional(typed.agent),
			dueOn: optional(typed.delai),
		});
		if (!result.ok)
			return fail(422, {
				form: 'demander',
				problem: event.locals.platform.messages.t(event.locals.locale, result.error, result.detail),
				typed,
				ideas: ids,
			});
		done(event, event.url.pathname + filtersOf(event.url), 'done.assigned', { count: result.value.assigned });
	},
	async importer(event) {
		const { data } = await readForm(event.request);
		const [file] = chosenFiles(data, 'fichier');
		if (!file || file.size > mostCsvBytes)
			return refused(event.locals, { ok: false, error: 'platform.invalid_input' }, {}, 'importer');
		const result = await event.locals.rooms.participation.reviews.importCsv(
			event.locals.actor,
			event.params.id,
			await file.text(),
		);
		if (!result.ok) return refused(event.locals, result, {}, 'importer');
		const { changed, faults } = result.value;
		if (!faults.length) done(event, event.url.pathname, 'done.reviewsImported', { count: changed });
		const { messages } = event.locals.platform;
		return {
			faults: faults.map(({ line, error }) => ({ line, why: messages.t(event.locals.locale, error) })),
		};
	},
};
