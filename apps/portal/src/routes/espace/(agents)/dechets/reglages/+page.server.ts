import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { eventOf, flowOf, settingsOf } from '#lib/server/waste-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations } = locals.rooms;
	const { setup } = operations.waste;
	const [settings, flows, events] = await Promise.all([
		setup.settings(),
		setup.flows(),
		setup.events(locals.actor),
	]);
	return { settings, flows, events: expect(events), mayManage: operations.may.manage(locals.actor) };
};

const here = '/espace/dechets/reglages';

export const actions: Actions = {
	async regler(event) {
		const { typed } = await readForm(event.request);
		const { setup } = event.locals.rooms.operations.waste;
		const changed = await setup.changeSettings(event.locals.actor, settingsOf(typed));
		if (!changed.ok) return refused(event.locals, changed, typed, 'regler');
		done(event, here, 'done.wasteSaved');
	},
	async flux(event) {
		const { typed } = await readForm(event.request);
		const saved = await event.locals.rooms.operations.waste.setup.saveFlow(event.locals.actor, flowOf(typed));
		if (!saved.ok) return refused(event.locals, saved, typed, 'flux');
		done(event, here, 'done.wasteSaved');
	},
	async evenement(event) {
		const { typed } = await readForm(event.request);
		const { waste } = event.locals.rooms.operations;
		const added = await waste.setup.addEvent(event.locals.actor, eventOf(typed));
		if (!added.ok) return refused(event.locals, added, typed, 'evenement');
		await waste.forecasts.run();
		done(event, here, 'done.wasteSaved');
	},
	async oublier(event) {
		const { typed } = await readForm(event.request);
		const removed = await event.locals.rooms.operations.waste.setup.removeEvent(
			event.locals.actor,
			typed.id ?? '',
		);
		if (!removed.ok) return refused(event.locals, removed, typed);
		done(event, here, 'done.wasteRemoved');
	},
};
