import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { siteOf, vehicleOf } from '#lib/server/waste-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations } = locals.rooms;
	const { waste } = operations;
	const mayManage = operations.may.manage(locals.actor);
	const [vehicles, sites, flows, drivers] = await Promise.all([
		waste.vehicles.list(locals.actor),
		waste.sites.list(locals.actor),
		waste.setup.flows(),
		mayManage ? waste.vehicles.drivers(locals.actor) : null,
	]);
	return {
		vehicles: expect(vehicles),
		sites: expect(sites),
		flows,
		drivers: drivers?.ok ? drivers.value : [],
		today: waste.today(),
		mayManage,
	};
};

const here = '/espace/dechets/camions';

export const actions: Actions = {
	async camion(event) {
		const { typed } = await readForm(event.request);
		const { waste } = event.locals.rooms.operations;
		const input = vehicleOf(
			typed,
			(await waste.setup.flows()).map(({ code }) => code),
		);
		const result = typed.id
			? await waste.vehicles.change(event.locals.actor, typed.id, input, Number(typed.version))
			: await waste.vehicles.save(event.locals.actor, input);
		if (!result.ok) return refused(event.locals, result, typed, typed.id || 'camion');
		done(event, here, 'done.wasteSaved');
	},
	async absence(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.waste.vehicles.declareAbsence(
			event.locals.actor,
			typed.id ?? '',
			{ fromDay: typed.debut ?? '', toDay: typed.fin || typed.debut || '', reason: typed.raison ?? '' },
		);
		if (!result.ok) return refused(event.locals, result, typed, typed.id);
		done(event, here, 'done.wasteAbsent');
	},
	async retour(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.waste.vehicles.removeAbsence(
			event.locals.actor,
			typed.absence ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here, 'done.wasteBack');
	},
	async site(event) {
		const { typed } = await readForm(event.request);
		const { waste } = event.locals.rooms.operations;
		const input = siteOf(
			typed,
			(await waste.setup.flows()).map(({ code }) => code),
		);
		const result = await waste.sites.save(event.locals.actor, input, typed.id || undefined);
		if (!result.ok) return refused(event.locals, result, typed, typed.id || 'site');
		done(event, here, 'done.wasteSaved');
	},
};
