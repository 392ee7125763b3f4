import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

function dayOf(url: URL, today: string): string {
	const asked = query(url, 'jour') ?? '';
	return dayPattern.test(asked) && !Number.isNaN(Date.parse(asked)) ? asked : today;
}

export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations, town } = locals.rooms;
	const { waste, field } = operations;
	const today = waste.today();
	const day = dayOf(url, today);
	const mayManage = operations.may.manage(locals.actor);
	const [plan, preview, vehicles, bounds, drivers, trucks] = await Promise.all([
		waste.plans.get(locals.actor, day),
		waste.plans.preview(locals.actor),
		waste.vehicles.list(locals.actor),
		town.map.bounds(),
		mayManage ? waste.vehicles.drivers(locals.actor) : null,
		day === today ? field.positions(locals.actor) : [],
	]);
	const shift = (days: number) =>
		new Date(Date.parse(`${day}T12:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
	const made = expect(plan);
	return {
		today,
		day,
		before: shift(-1),
		after: shift(1),
		plan: made,
		preview: expect(preview),
		vehicles: expect(vehicles).filter(({ active }) => active),
		drivers: drivers?.ok ? drivers.value : [],
		trucks,
		bounds,
		chosen: made?.rounds.find(({ id }) => id === query(url, 'tournee'))?.id,
		mayChange: mayManage && day >= today,
	};
};

/** Back to the same place of the same day, so that nobody looks for it again. */
const back = (day: string, anchor = '') => `/espace/dechets/plan?jour=${day}${anchor ? `#${anchor}` : ''}`;

export const actions: Actions = {
	async planifier(event) {
		const { typed } = await readForm(event.request);
		const day = typed.jour ?? '';
		const made = await event.locals.rooms.operations.waste.plans.make(event.locals.actor, day, {
			cause: 'hand',
			...(typed.version && { version: Number(typed.version) }),
		});
		if (!made.ok) return refused(event.locals, made, typed);
		done(event, back(day), 'done.wastePlanned');
	},

	async souhaiter(event) {
		const { typed } = await readForm(event.request);
		const day = typed.jour ?? '';
		const kind = typed.geste === 'epingler' ? 'pin' : typed.geste === 'exclure' ? 'exclude' : null;
		const made = await event.locals.rooms.operations.waste.plans.wish(event.locals.actor, day, {
			containerId: typed.conteneur ?? '',
			kind,
			vehicleId: typed.camion || null,
			first: typed.premier === 'on',
			reason: typed.raison ?? '',
			version: Number(typed.version),
		});
		if (!made.ok) return refused(event.locals, made, typed, typed.conteneur);
		done(event, back(day), kind === null ? 'done.wasteReleased' : `done.waste.${kind}`);
	},

	/** By drag the whole order comes; by button which stop goes up, down, or to another truck. */
	async ordonner(event) {
		const { typed } = await readForm(event.request);
		const day = typed.jour ?? '';
		const order = (typed.ordre ?? '').split(' ').filter(Boolean);
		const [gesture, stop = '', round] = (typed.geste ?? '').split(' ');
		const at = order.indexOf(stop);
		const to = gesture === 'monter' ? at - 1 : at + 1;
		if (at >= 0 && to >= 0 && to < order.length && (gesture === 'monter' || gesture === 'descendre')) {
			order.splice(at, 1);
			order.splice(to, 0, stop);
		}
		const made = await event.locals.rooms.operations.waste.plans.reorder(event.locals.actor, day, {
			roundId: round ?? typed.tournee ?? '',
			stopIds: gesture === 'donner' ? [stop] : order,
			version: Number(typed.version),
		});
		if (!made.ok) return refused(event.locals, made, typed);
		done(event, back(day, stop ? `arret-${stop}` : ''), 'done.wasteReordered');
	},

	async confier(event) {
		const { typed } = await readForm(event.request);
		const assigned = await event.locals.rooms.operations.waste.rounds.assign(
			event.locals.actor,
			typed.tournee ?? '',
			typed.chauffeur || null,
		);
		if (!assigned.ok) return refused(event.locals, assigned, typed);
		done(event, back(typed.jour ?? ''), 'done.wasteAssigned');
	},
};
