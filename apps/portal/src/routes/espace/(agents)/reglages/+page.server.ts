import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.rooms.town.may.changeSettings(locals.actor)) error(403, 'platform.not_allowed');
};

const fields = [
	'name',
	'tagline',
	'accent',
	'address',
	'phone',
	'email',
	'publisher',
	'host',
	'dataOfficerEmail',
	'mapStyleUrl',
] as const;

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const change = Object.fromEntries(
			fields.flatMap((field) => (typed[field] === undefined ? [] : [[field, typed[field]]])),
		);
		const result = await event.locals.rooms.town.settings.change(event.locals.actor, change);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.saved');
	},
};
