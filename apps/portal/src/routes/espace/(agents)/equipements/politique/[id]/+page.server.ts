import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { draftOf } from '#lib/server/policy-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { versions } = locals.rooms.equipment.policy;
	const [version, differences] = await Promise.all([
		versions.byId(locals.actor, params.id),
		versions.differences(locals.actor, params.id),
	]);
	return { version: expect(version), differences: expect(differences) };
};

export const actions: Actions = {
	async save(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.policy.versions.save(
			event.locals.actor,
			event.params.id,
			Number(typed.version),
			draftOf(data, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'modifier');
		done(event, event.url.pathname, 'policy.doneSaved');
	},
	async vote(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.policy.versions.vote(
			event.locals.actor,
			event.params.id,
			{
				votedOn: typed.votedOn ?? '',
				inForceFrom: typed.inForceFrom ?? '',
				deliberationNumber: typed.deliberationNumber ?? '',
				deliberationUrl: optional(typed.deliberationUrl),
			},
		);
		if (!result.ok) return refused(event.locals, result, typed, 'voter');
		done(event, event.url.pathname, 'policy.doneVoted', { number: result.value.number });
	},
	async discard(event) {
		const { versions } = event.locals.rooms.equipment.policy;
		const result = await versions.discard(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, '/espace/equipements/politique', 'policy.doneDiscarded');
	},
};
