import { radiusOf } from '#lib/map/extent.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { operations, town } = locals.rooms;
	const segment = expect(await operations.lighting.segment(locals.actor, params.id));
	const extent = radiusOf({ type: 'LineString', coordinates: segment.coordinates });
	const [profiles, around] = await Promise.all([
		operations.lighting.profiles.list(locals.actor),
		town.map.around(extent.centre, extent.across * 0.6),
	]);
	return {
		segment,
		extent,
		around,
		profiles: expect(profiles)
			.filter(({ usage }) => usage === segment.usage)
			.map(({ id, name }) => ({ id, name })),
		mayManage: operations.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async default(event) {
		const { locals, params } = event;
		const { typed } = await readForm(event.request);
		const result = await locals.rooms.operations.lighting.profiles.assign(
			locals.actor,
			[params.id],
			typed.profil || null,
		);
		if (!result.ok) return refused(locals, result, typed);
		done(event, `/espace/eclairage/troncons/${params.id}`, 'light.assigned');
	},
};
