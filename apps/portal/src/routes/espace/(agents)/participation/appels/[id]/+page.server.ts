import { error } from '@sveltejs/kit';
import { callFields, callInput } from '#lib/server/call-form.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { callOf } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	if (!locals.rooms.participation.may.manage(locals.actor)) error(403, 'platform.not_allowed');
	const { call } = await parent();
	const districts = await locals.rooms.town.areas.districts();
	return {
		fields: callFields(call),
		districts: districts.map(({ id, name }) => ({ id, name })),
		voteBegun:
			call.status !== 'draft' &&
			call.phases.some(({ kind, state }) => kind === 'voting' && state !== 'coming'),
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const { calls } = event.locals.rooms.participation;
		const call = await callOf(event.locals, event.params.id);
		const changed = await calls.change(event.locals.actor, call.id, callInput(typed, call));
		if (!changed.ok) return refused(event.locals, changed, typed);
		done(event, event.url.pathname, 'done.saved');
	},
	async publier(event) {
		const result = await event.locals.rooms.participation.calls.publish(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, undefined, 'publier');
		done(event, event.url.pathname, 'done.callPublished');
	},
	async archiver(event) {
		const result = await event.locals.rooms.participation.calls.archive(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, undefined, 'archiver');
		done(event, '/espace/participation', 'done.callArchived');
	},
};
