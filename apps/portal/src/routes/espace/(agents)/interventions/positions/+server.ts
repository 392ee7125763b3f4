import { filterOf } from '#lib/server/interventions.ts';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** Open interventions for the office's map, as GeoJSON. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { interventions } = locals.rooms.operations;
	const { items } = expect(
		await interventions.list(locals.actor, { ...(await filterOf(locals, url)), open: true, pageSize: 500 }),
	);
	return Response.json({
		type: 'FeatureCollection',
		features: items.map((one) => ({
			type: 'Feature',
			geometry: { type: 'Point', coordinates: [one.longitude, one.latitude] },
			properties: { name: `${one.number} ${one.title}`, text: one.address ?? '', url: one.url },
		})),
	});
};
