import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { equipment, town } = locals.rooms;
	const [campaigns, totals, bounds] = await Promise.all([
		equipment.collection.campaigns.list(locals.actor),
		equipment.collection.totals(),
		town.map.bounds(),
	]);
	const open = campaigns.filter(({ moment }) => moment !== 'over').slice(0, 12);
	const details = await Promise.all(
		open.map(({ slug }) => equipment.collection.campaigns.get(locals.actor, slug)),
	);
	return {
		campaigns,
		totals,
		bounds,
		points: details.flatMap((one) =>
			one.ok ? one.value.points.map(({ longitude, latitude }) => ({ longitude, latitude })) : [],
		),
	};
};
