import { error } from '@sveltejs/kit';
import { readForm, refused, type Typed } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { programme, may } = locals.rooms.council;
	if (!may.prepare(locals.actor)) error(403, 'platform.not_allowed');
	return { destinations: expect(await programme.destinations.list(locals.actor)) };
};

const inputOf = (typed: Typed) => ({
	name: typed.nom ?? '',
	url: typed.adresse ?? '',
	key: typed.secret ?? '',
	enabled: typed.active === 'on',
});

export const actions: Actions = {
	async ajouter(event) {
		const { typed } = await readForm(event.request);
		const { destinations } = event.locals.rooms.council.programme;
		const result = await destinations.create(event.locals.actor, inputOf(typed));
		if (!result.ok) return refused(event.locals, result, typed, 'ajouter');
		done(event, event.url.pathname, 'done.saved');
	},
	async modifier(event) {
		const { typed } = await readForm(event.request);
		const { destinations } = event.locals.rooms.council.programme;
		const result = await destinations.change(event.locals.actor, typed.id ?? '', inputOf(typed));
		if (!result.ok) return refused(event.locals, result, typed, typed.id);
		done(event, event.url.pathname, 'done.saved');
	},
	async essayer(event) {
		const { typed } = await readForm(event.request);
		const { destinations } = event.locals.rooms.council.programme;
		const result = await destinations.test(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result, {}, typed.id);
		done(event, event.url.pathname, 'done.destinationWorks');
	},
	async supprimer(event) {
		const { typed } = await readForm(event.request);
		const { destinations } = event.locals.rooms.council.programme;
		const result = await destinations.remove(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result, {}, typed.id);
		done(event, event.url.pathname, 'done.saved');
	},
};
