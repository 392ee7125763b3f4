import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { containerOf } from '#lib/server/waste-form.ts';
import type { Actions, PageServerLoad } from './$types';

const day = 86_400_000;
const pastDays = 14;

export const load: PageServerLoad = async ({ locals, params }) => {
	const { operations, town } = locals.rooms;
	const { waste } = operations;
	const container = expect(await waste.containers.get(locals.actor, params.id));
	const now = new Date();
	const [levels, flows, places] = await Promise.all([
		waste.containers.levels(locals.actor, params.id, new Date(now.getTime() - pastDays * day), now),
		waste.setup.flows(),
		container.placeId ? town.places.find([container.placeId]) : new Map(),
	]);
	return {
		container,
		place: places.get(container.placeId ?? '') ?? null,
		levels: expect(levels),
		from: new Date(now.getTime() - pastDays * day),
		to: new Date(now.getTime() + 7 * day),
		now,
		flows,
		mayManage: operations.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async vider(event) {
		const { typed } = await readForm(event.request);
		const { waste } = event.locals.rooms.operations;
		const result = await waste.containers.recordPickup(event.locals.actor, event.params.id, {
			fillPercent: optionalNumber(typed.remplissage),
		});
		if (!result.ok) return refused(event.locals, result, typed);
		await waste.forecasts.run();
		done(event, event.url.pathname, 'done.wasteEmptied');
	},
	async signaler(event) {
		const opened = await event.locals.rooms.operations.waste.containers.reportSensor(
			event.locals.actor,
			event.params.id,
		);
		if (!opened.ok) return refused(event.locals, opened);
		done(event, `/espace/interventions/${opened.value.interventionId}`, 'done.wasteSensorReported');
	},
	async modifier(event) {
		const { typed } = await readForm(event.request);
		const changed = await event.locals.rooms.operations.waste.containers.change(
			event.locals.actor,
			event.params.id,
			containerOf(typed),
			Number(typed.version),
		);
		if (!changed.ok) return refused(event.locals, changed, typed, 'modifier');
		done(event, event.url.pathname, 'done.wasteSaved');
	},
};
