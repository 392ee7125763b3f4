import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { query } from '#lib/server/pages.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { follows } = locals.rooms.council;
	const kind = query(url, 'suivre') ?? '';
	const subject = (query(url, 'sujet') ?? '').slice(0, 200);
	const [list, known] = await Promise.all([
		follows.list(locals.actor),
		kind && subject ? follows.describe(kind, subject) : null,
	]);
	return { follows: list, asked: known && { kind, subject, label: known.label } };
};

export const actions: Actions = {
	async suivre(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.follows.add(event.locals.actor, {
			kind: typed.genre,
			subject: typed.sujet,
			cadence: typed.rythme,
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.saved');
	},
	async retirer(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.follows.remove(event.locals.actor, typed.suivi ?? '');
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.saved');
	},
};
