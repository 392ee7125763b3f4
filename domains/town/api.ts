import { csvLine, type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import { mapLayerNames } from './base-map.ts';
import { importKinds } from './import.ts';
import type { Town } from './index.ts';
import { createRoadsApi } from './roads/api.ts';
import { settingsSchema } from './settings.ts';

const place = z.object({
	id: z.uuid(),
	slug: z.string(),
	kind: z.string(),
	name: z.string(),
	address: z.string().nullable(),
	longitude: z.number(),
	latitude: z.number(),
});
const fragment = z.object({ text: z.string(), marked: z.boolean() });
const formats = z.enum(['json', 'geojson', 'csv']).default('json');

/** /api/v1: places, districts, streets, search, the map's layers, and imports by key. */
export function createTownApi(platform: Platform, town: Omit<Town, 'room'>): FastifyPluginAsyncZod {
	return async (api) => {
		await api.register(createRoadsApi(platform, town.roads));
		api.get(
			'/places',
			{
				schema: {
					summary: 'Places of the town',
					tags: ['town'],
					querystring: z.object({
						kind: z.string().optional(),
						district: z.string().optional(),
						text: z.string().max(100).optional(),
						page: z.coerce.number().int().min(1).default(1),
						pageSize: z.coerce.number().int().min(1).max(1000).default(100),
						format: formats,
					}),
				},
			},
			async (request, reply) => {
				const { format, kind, district, text, page, pageSize } = request.query;
				const list = await town.places.list({
					page,
					pageSize,
					...(kind !== undefined && { kind }),
					...(district !== undefined && { district }),
					...(text !== undefined && { text }),
				});
				if (format === 'csv') {
					const columns = ['id', 'slug', 'kind', 'name', 'address', 'longitude', 'latitude'] as const;
					return reply
						.type('text/csv; charset=utf-8')
						.send(
							csvLine(columns) +
								list.items.map((item) => csvLine(columns.map((name) => item[name]))).join(''),
						);
				}
				if (format === 'geojson')
					return reply.type('application/geo+json').send(
						JSON.stringify({
							type: 'FeatureCollection',
							features: list.items.map(({ longitude, latitude, ...properties }) => ({
								type: 'Feature',
								id: properties.id,
								properties,
								geometry: { type: 'Point', coordinates: [longitude, latitude] },
							})),
						}),
					);
				return list;
			},
		);

		api.get(
			'/places/nearest',
			{
				schema: {
					summary: 'Places nearest to a position',
					tags: ['town'],
					querystring: z.object({
						longitude: z.coerce.number().min(-180).max(180),
						latitude: z.coerce.number().min(-90).max(90),
						kind: z.string().optional(),
						limit: z.coerce.number().int().min(1).max(200).default(10),
					}),
					response: { 200: z.object({ items: z.array(place.extend({ distanceMeters: z.number() })) }) },
				},
			},
			async ({ query: { longitude, latitude, kind, limit } }) => ({
				items: await town.places.nearest([longitude, latitude], {
					limit,
					...(kind !== undefined && { kind }),
				}),
			}),
		);

		api.get(
			'/places/:slug',
			{
				schema: {
					summary: 'One place, with what is known of it',
					tags: ['town'],
					params: z.object({ slug: z.string() }),
					response: { 200: z.looseObject(place.shape) },
				},
			},
			async (request, reply) => {
				const found = await town.places.get(request.params.slug);
				if (!found) return sendProblem(platform, request, reply, 404, 'town.place_unknown');
				return reply.send({ ...found });
			},
		);

		api.post(
			'/imports/:kind',
			{
				bodyLimit: 32 * 1024 * 1024,
				schema: {
					summary: 'Take in places, streets, districts or a layer of the map (scope places:write)',
					tags: ['town'],
					security: [{ key: [] }],
					params: z.object({ kind: z.enum(importKinds) }),
					querystring: z.object({ dryRun: z.enum(['true', 'false']).default('false') }),
				},
			},
			async (request, reply) => {
				const text = typeof request.body === 'string' ? request.body : JSON.stringify(request.body ?? '');
				const result = await town.import(request.actor, request.params.kind, text, {
					dryRun: request.query.dryRun === 'true',
				});
				if (result.ok) return result.value;
				const status = result.error === 'platform.not_allowed' ? 403 : 400;
				return sendProblem(platform, request, reply, status, result.error, result.detail);
			},
		);
		for (const type of ['text/csv', 'application/geo+json'])
			api.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));

		api.patch(
			'/settings',
			{
				schema: {
					summary: 'Change the town’s settings; those not given stay (scope settings:write)',
					tags: ['town'],
					security: [{ key: [] }],
					body: z.strictObject(settingsSchema.partial().shape),
				},
			},
			async (request, reply) => {
				const given = Object.fromEntries(
					Object.entries(request.body).filter(([, value]) => value !== undefined),
				);
				const result = await town.settings.change(request.actor, given);
				if (result.ok) return result.value;
				const status = result.error === 'platform.not_allowed' ? 403 : 400;
				return sendProblem(platform, request, reply, status, result.error, result.detail);
			},
		);

		api.get('/districts', { schema: { summary: 'Districts', tags: ['town'] } }, async () => ({
			items: await town.areas.districts(),
		}));
		api.get(
			'/streets',
			{
				schema: {
					summary: 'Streets by name',
					tags: ['town'],
					querystring: z.object({
						district: z.string().optional(),
						text: z.string().max(100).optional(),
						limit: z.coerce.number().int().min(1).max(2000).default(500),
					}),
				},
			},
			async ({ query: { district, text, limit } }) => ({
				items: await town.areas.streets({
					limit,
					...(district !== undefined && { district }),
					...(text !== undefined && { text }),
				}),
			}),
		);

		api.get(
			'/search',
			{
				schema: {
					summary: 'Search everything public, in French',
					tags: ['town'],
					querystring: z.object({
						q: z.string().max(200),
						kind: z.string().optional(),
						limit: z.coerce.number().int().min(1).max(100).default(20),
						offset: z.coerce.number().int().min(0).max(1000).default(0),
					}),
					response: {
						200: z.object({
							hits: z.array(
								z.object({
									kind: z.string(),
									id: z.string(),
									url: z.string(),
									title: z.array(fragment),
									excerpt: z.array(fragment),
								}),
							),
							total: z.int(),
							kinds: z.array(z.object({ kind: z.string(), count: z.int() })),
							suggestion: z.string().nullable(),
							corrected: z.boolean(),
						}),
					},
				},
			},
			async ({ query: { q, kind, limit, offset } }) =>
				town.search.find(q, { limit, offset, ...(kind !== undefined && { kind }) }),
		);

		api.get(
			'/map/:layer',
			{
				schema: {
					summary: 'A layer of the map, as GeoJSON',
					tags: ['town'],
					params: z.object({ layer: z.enum(mapLayerNames) }),
				},
			},
			async (request, reply) => {
				const { geojson, version } = await town.map.layer(request.params.layer);
				reply.headers({ etag: `"${version}"`, 'cache-control': 'public, max-age=60' });
				if (request.headers['if-none-match'] === `"${version}"`) return reply.code(304).send();
				return reply.type('application/geo+json').send(geojson);
			},
		);
	};
}
