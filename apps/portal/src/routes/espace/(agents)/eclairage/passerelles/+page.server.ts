import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/espace/eclairage/passerelles';

export const load: PageServerLoad = async ({ locals }) => {
	const { lighting, may } = locals.rooms.operations;
	const [gateways, cabinets] = await Promise.all([
		lighting.gateways.list(locals.actor),
		lighting.gateways.cabinets(locals.actor),
	]);
	return {
		gateways: expect(gateways),
		cabinets: expect(cabinets),
		reportsUrl: `${locals.platform.config.publicUrl}/api/v1/lighting/talq/`,
		mayManage: may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async ajouter({ locals, request }) {
		const { typed } = await readForm(request);
		const result = await locals.rooms.operations.lighting.gateways.create(locals.actor, {
			name: typed.nom ?? '',
			url: typed.url ?? '',
			apiVersion: typed.version ?? '',
			lampFunction: typed.fonction ?? '',
			bearerToken: typed.secret ?? '',
		});
		if (!result.ok) return refused(locals, result, typed);
		return { token: result.value.token, gatewayId: result.value.id };
	},

	async renouveler({ locals, request }) {
		const { typed } = await readForm(request);
		const id = typed.id ?? '';
		const result = await locals.rooms.operations.lighting.gateways.renewToken(locals.actor, id);
		if (!result.ok) return refused(locals, result);
		return { token: result.value, gatewayId: id };
	},

	async armoires(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.lighting.gateways.assign(
			event.locals.actor,
			typed.id ?? '',
			data.getAll('armoires').map(String),
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, here, 'light.gatewaySaved');
	},

	async supprimer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.lighting.gateways.remove(
			event.locals.actor,
			typed.id ?? '',
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, here, 'light.gatewayRemoved');
	},
};
