import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations, town } = locals.rooms;
	const { actor } = locals;
	const [overview, segments, faults, effect, profiles, bounds] = await Promise.all([
		operations.lighting.overview(actor),
		operations.lighting.segments(actor),
		operations.lighting.faults(actor, { open: true, limit: 20 }),
		operations.lighting.effect(actor, 30),
		operations.lighting.profiles.list(actor),
		town.map.bounds(),
	]);
	const names = new Map(expect(profiles).map(({ id, name }) => [id, name]));
	return {
		overview: expect(overview),
		segments: expect(segments).map(({ profileId, ...segment }) => ({
			...segment,
			profile: profileId ? (names.get(profileId) ?? null) : null,
		})),
		faults: expect(faults),
		effect: expect(effect),
		bounds,
		mayManage: operations.may.manage(actor),
	};
};
