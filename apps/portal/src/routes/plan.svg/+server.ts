import type { Geometry } from '@parvis/town';
import { type Projection, pathOf, projectionAround } from '#lib/map/drawing.ts';
import { townProjection } from '#lib/map/town-plan.ts';
import type { RequestHandler } from './$types';

type Bounds = [number, number, number, number];
const kept = new Map<'middle' | 'whole', { version: string; svg: string }>();

/** The town's own streets as one drawing: the ground of the home page, and with `?entier` of maps of the whole town. */
export const GET: RequestHandler = async ({ locals, request, url }) => {
	const { map } = locals.rooms.town;
	const part = url.searchParams.has('entier') ? 'whole' : 'middle';
	const [{ geojson, version }, bounds] = await Promise.all([map.layer('streets'), map.bounds()]);
	let drawn = kept.get(part);
	if (drawn?.version !== version) {
		const projection = part === 'whole' ? townProjection : middleOf;
		drawn = { version, svg: bounds ? draw(geojson, projection(bounds)) : blank };
		kept.set(part, drawn);
	}
	const etag = `"${version}"`;
	const headers = { etag, 'cache-control': 'public, max-age=3600', 'content-type': 'image/svg+xml' };
	if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
	return new Response(drawn.svg, { headers });
};

const blank = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"></svg>';

function middleOf([west, south, east, north]: Bounds): Projection {
	const centre = [(west + east) / 2, (south + north) / 2] as const;
	const across = (east - west) * 111_320 * Math.cos((centre[1] * Math.PI) / 180);
	return projectionAround(centre, across * 0.75, across * 0.45);
}

function draw(geojson: string, project: Projection): string {
	const { features } = JSON.parse(geojson) as {
		features: { properties: { class?: string }; geometry: Geometry }[];
	};
	const large = new Set(['primary', 'secondary', 'tertiary']);
	const path = (wanted: boolean) =>
		features
			.filter(({ properties }) => large.has(properties.class ?? '') === wanted)
			.map(({ geometry }) => coarse(pathOf(geometry, project)))
			.join('');
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${Math.round(project.width)} ${Math.round(project.height)}" fill="none" stroke="#000" stroke-linecap="round" stroke-linejoin="round"><path stroke-width="9" d="${path(false)}"/><path stroke-width="20" d="${path(true)}"/></svg>`;
}

/** Whole metres are enough for a ground, and shorter. */
function coarse(path: string): string {
	return path.replace(/\.5/g, '');
}
