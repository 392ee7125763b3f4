import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { lineOf } from '#lib/server/order-form.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const townToday = () => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris' }).format(new Date());

export const load: PageServerLoad = async ({ locals, params }) => {
	const { policy } = locals.rooms.equipment;
	const order = expect(await policy.orders.get(locals.actor, params.id));
	const [effect, models, inForce] = await Promise.all([
		policy.orders.effect(locals.actor, params.id),
		policy.orders.models(locals.actor),
		policy.inForce(townToday()),
	]);
	return {
		order,
		effect: expect(effect),
		models: expect(models),
		needs: inForce?.rules.needs ?? [],
		today: townToday(),
	};
};

const here = ({ params }: RequestEvent) => `/espace/equipements/commandes/${params.id}`;

export const actions: Actions = {
	async add(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const result = await orders.addLine(event.locals.actor, event.params.id, lineOf(typed));
		if (!result.ok) return refused(event.locals, result, typed, 'ajout');
		done(event, here(event), 'policy.doneLine');
	},
	async save(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const line = typed.line ?? '';
		const result = await orders.saveLine(event.locals.actor, event.params.id, line, lineOf(typed));
		if (!result.ok) return refused(event.locals, result, typed, `ligne-${line}`);
		done(event, here(event), 'policy.doneLine');
	},
	async remove(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const result = await orders.removeLine(event.locals.actor, event.params.id, typed.line ?? '');
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event), 'policy.doneLine');
	},
	async place(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const result = await orders.place(event.locals.actor, event.params.id, Number(typed.version), {
			orderedOn: typed.orderedOn ?? '',
			supplier: typed.supplier ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'passer');
		done(event, here(event), 'policy.donePlaced');
	},
	async receive(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const result = await orders.receive(event.locals.actor, event.params.id, Number(typed.version), {
			receivedOn: typed.receivedOn ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'recevoir');
		done(event, here(event), 'policy.doneReceived', { count: result.value.devices });
	},
	async cancel(event) {
		const { typed } = await readForm(event.request);
		const { orders } = event.locals.rooms.equipment.policy;
		const result = await orders.cancel(event.locals.actor, event.params.id, Number(typed.version));
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, here(event), 'policy.doneCancelled');
	},
};
