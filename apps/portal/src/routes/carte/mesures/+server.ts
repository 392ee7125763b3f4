import { publicMeasures } from '#lib/server/public-measures.ts';
import type { RequestHandler } from './$types';

/** Latest values of one property where they are measured, as GeoJSON for the map. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const property = url.searchParams.get('mesure') ?? '';
	const measured = await publicMeasures(locals);
	const features = measured.flatMap(({ name, longitude, latitude, values }) => {
		const value = values.find(({ series }) => series.property === property);
		if (!value) return [];
		const number = new Intl.NumberFormat(locals.locale === 'fr' ? 'fr-FR' : 'en-GB', {
			maximumFractionDigits: value.series.decimals,
		});
		return [
			{
				type: 'Feature',
				properties: {
					name,
					value: value.value,
					text: `${number.format(value.value)} ${value.series.symbol}`,
					stale: value.stale,
				},
				geometry: { type: 'Point', coordinates: [longitude, latitude] },
			},
		];
	});
	return Response.json(
		{ type: 'FeatureCollection', features },
		{ headers: { 'cache-control': 'private, max-age=10' } },
	);
};
