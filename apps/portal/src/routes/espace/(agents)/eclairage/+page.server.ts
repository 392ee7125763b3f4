import { expect } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

/** What is told of the last days, and the residents' category of it. */
const days = 30;
const category = 'light';

export const load: PageServerLoad = async ({ locals }) => {
	const { operations, town } = locals.rooms;
	const { actor } = locals;
	const [overview, segments, faults, effect, profiles, bounds, complaints] = await Promise.all([
		operations.lighting.overview(actor),
		operations.lighting.segments(actor),
		operations.lighting.faults(actor, { open: true, limit: 20 }),
		operations.lighting.effect(actor, days),
		operations.lighting.profiles.list(actor),
		town.map.bounds(),
		operations.interventions.reports.list({
			category,
			from: new Date(Date.now() - days * 86_400_000),
			pageSize: 1,
		}),
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
		complaints: { total: complaints.total, url: `/signalements?categorie=${category}` },
		mayManage: operations.may.manage(actor),
	};
};
