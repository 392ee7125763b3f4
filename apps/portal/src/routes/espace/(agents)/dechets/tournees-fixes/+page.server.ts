import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { fixedRoundOf } from '#lib/server/waste-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations } = locals.rooms;
	const { waste } = operations;
	const [rounds, vehicles, containers] = await Promise.all([
		waste.fixedRounds.list(locals.actor),
		waste.vehicles.list(locals.actor),
		waste.containers.list(locals.actor),
	]);
	return {
		rounds: expect(rounds),
		vehicles: expect(vehicles),
		references: expect(containers).map(({ id, externalId }) => ({ id, reference: externalId ?? id })),
		mayManage: operations.may.manage(locals.actor),
	};
};

const here = '/espace/dechets/tournees-fixes';

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const saved = await event.locals.rooms.operations.waste.fixedRounds.save(
			event.locals.actor,
			fixedRoundOf(typed),
			typed.id || undefined,
		);
		if (!saved.ok) return refused(event.locals, saved, typed, typed.id || 'nouvelle');
		done(event, here, 'done.wasteSaved');
	},
	async supprimer(event) {
		const { typed } = await readForm(event.request);
		const removed = await event.locals.rooms.operations.waste.fixedRounds.remove(
			event.locals.actor,
			typed.id ?? '',
		);
		if (!removed.ok) return refused(event.locals, removed, typed);
		done(event, here, 'done.wasteRemoved');
	},
};
