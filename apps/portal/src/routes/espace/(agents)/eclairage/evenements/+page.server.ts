import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parisInstant } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations } = locals.rooms;
	const [overrides, segments] = await Promise.all([
		operations.lighting.overrides.list(locals.actor),
		operations.lighting.segments(locals.actor),
	]);
	const streets = new Map<string, string[]>();
	for (const { id, streetName } of expect(segments))
		streets.set(streetName, [...(streets.get(streetName) ?? []), id]);
	return {
		overrides: expect(overrides),
		streets: [...streets].map(([name, ids]) => ({ name, value: ids.join(',') })),
		mayManage: operations.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async ajouter(event) {
		const { locals } = event;
		const { data, typed } = await readForm(event.request);
		const result = await locals.rooms.operations.lighting.overrides.create(locals.actor, {
			kind: typed.nature,
			label: typed.nom ?? '',
			level: optionalNumber(typed.niveau) ?? Number.NaN,
			startsAt: parisInstant(typed.debut) ?? new Date(Number.NaN),
			endsAt: parisInstant(typed.fin) ?? new Date(Number.NaN),
			decision: optional(typed.decision),
			everything: typed.partout === 'on',
			segmentIds: data
				.getAll('rues')
				.flatMap((value) => (typeof value === 'string' ? value.split(',') : []))
				.filter(Boolean),
		});
		if (!result.ok) return refused(locals, result, typed);
		done(event, '/espace/eclairage/evenements', 'light.overrideSaved');
	},

	async annuler(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.lighting.overrides.cancel(
			event.locals.actor,
			typed.id ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, '/espace/eclairage/evenements', 'light.overrideCancelled');
	},
};
