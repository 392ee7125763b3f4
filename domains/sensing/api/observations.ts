import { Readable } from 'node:stream';
import type { FastifyPluginAsyncZod, Platform } from '@parvis/platform';
import { csvLine, problem, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { Observations, Reading, ReadObservation } from '../face.ts';
import { refusal } from './answer.ts';
import {
	aggregate,
	cursor,
	cursorPage,
	idList,
	instant,
	searchText,
	series,
	seriesList,
	value,
	writeCursor,
} from './schemas.ts';

const tags = ['observations'];
const dayMilliseconds = 86_400_000;

const which = {
	series: seriesList.optional(),
	device: idList.optional(),
	place: idList.optional(),
	property: searchText(100).optional(),
};
const period = {
	from: instant.optional().describe('Included; a day before `to` unless told'),
	to: instant.optional().describe('Excluded; now unless told'),
};

/** What anybody may read, and with a key or as an agent everything. */
export function observationsApi(
	platform: Platform,
	reading: Reading,
	observations: Observations,
): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/series',
			{
				schema: {
					tags,
					summary: 'Series: one property of one device each',
					querystring: z.object(which),
					response: { 200: z.object({ items: z.array(series) }), 400: problem },
				},
			},
			async (request) => ({ items: await reading.series(request.actor, filterOf(request.query)) }),
		);

		api.get(
			'/values',
			{
				schema: {
					tags,
					summary: 'Latest values',
					querystring: z.object(which),
					response: { 200: z.object({ items: z.array(value) }), 400: problem },
				},
			},
			async (request) => ({ items: await reading.latest(request.actor, filterOf(request.query)) }),
		);

		api.get(
			'/values/nearest',
			{
				schema: {
					tags,
					summary: 'Latest values around a point, nearest first',
					querystring: z.object({
						longitude: z.coerce.number().min(-180).max(180),
						latitude: z.coerce.number().min(-90).max(90),
						property: searchText(100).optional(),
						withinMeters: z.coerce.number().min(1).max(50_000).default(2000),
						limit: z.coerce.number().int().min(1).max(200).default(20),
					}),
					response: {
						200: z.object({ items: z.array(value.extend({ distanceMeters: z.number() })) }),
						400: problem,
					},
				},
			},
			async (request) => ({ items: await reading.nearest(request.actor, request.query) }),
		);

		api.get(
			'/observations',
			{
				schema: {
					tags,
					summary: 'Observations, oldest first, as JSON by pages or as CSV in one stream',
					description:
						'Name series, devices, places or a property. CSV by `format=csv` or `Accept: text/csv`: all observations of the period at once.',
					querystring: z.object({
						...which,
						...period,
						cursor: cursor.optional(),
						limit: z.coerce.number().int().min(1).max(10_000).default(1000),
						format: z.enum(['json', 'csv']).optional(),
					}),
					response: {
						200: cursorPage(
							z.object({
								series: z.int(),
								device: z.uuid(),
								property: z.string(),
								unit: z.string(),
								observedAt: z.date(),
								value: z.number(),
								receivedAt: z.date(),
								quality: z.int(),
							}),
						),
						400: problem,
					},
				},
			},
			async (request, reply) => {
				const { cursor: after, limit, format } = request.query;
				const filter = filterOf(request.query);
				if (Object.values(filter).every((given) => given === undefined))
					return sendProblem(platform, request, reply, 400, 'sensing.observations_of_what');
				const query = { filter, ...periodOf(request.query) };
				const csv = format ? format === 'csv' : /\btext\/csv\b/.test(request.headers.accept ?? '');
				if (csv) {
					const stream = Readable.from(csvOf(observations.stream(request.actor, query)));
					return reply
						.type('text/csv; charset=utf-8')
						.header('content-disposition', 'attachment; filename="observations.csv"')
						.header('vary', 'accept')
						.send(stream as never);
				}
				const { items, next } = await observations.read(request.actor, { ...query, after, limit });
				return reply.header('vary', 'accept').send({
					items: items.map(({ series: one, ...rest }) => ({
						series: one.id,
						device: one.deviceId,
						property: one.property,
						unit: one.unit,
						...rest,
					})),
					next: next && writeCursor(next.at, next.id),
				});
			},
		);

		api.get(
			'/aggregates',
			{
				schema: {
					tags,
					summary: 'Hour or day aggregates of one series; days are those of Europe/Paris',
					querystring: z.object({
						series: z.coerce.number().int().min(1).max(2_147_483_647),
						step: z.enum(['hour', 'day']).default('hour'),
						...period,
					}),
					response: {
						200: z.object({ series, items: z.array(aggregate) }),
						400: problem,
						404: problem,
					},
				},
			},
			async (request, reply) => {
				const { series: id, step } = request.query;
				const { from, to } = periodOf(request.query);
				if (to.getTime() - from.getTime() > (step === 'hour' ? 366 : 36_600) * dayMilliseconds)
					return sendProblem(platform, request, reply, 400, 'sensing.period_too_long');
				const result = await reading.aggregates(request.actor, id, step, from, to);
				if (!result.ok) return refusal(platform, request, reply, result, ['sensing.series_unknown']);
				return reply.send({ series: result.value.series, items: result.value.aggregates });
			},
		);
	};
}

function filterOf(query: {
	series?: number[] | undefined;
	device?: string[] | undefined;
	place?: string[] | undefined;
	property?: string | undefined;
}) {
	return { ids: query.series, deviceIds: query.device, placeIds: query.place, property: query.property };
}

function periodOf({ from, to }: { from?: Date | undefined; to?: Date | undefined }): {
	from: Date;
	to: Date;
} {
	const end = to ?? new Date();
	return { from: from ?? new Date(end.getTime() - dayMilliseconds), to: end };
}

async function* csvOf(batches: AsyncIterable<ReadObservation[]>): AsyncGenerator<string> {
	yield csvLine(['series', 'device', 'deviceName', 'property', 'unit', 'observedAt', 'value', 'quality']);
	for await (const batch of batches)
		yield batch
			.map(({ series: one, observedAt, value: observed, quality }) =>
				csvLine([
					one.id,
					one.deviceId,
					one.deviceName,
					one.property,
					one.unit,
					observedAt.toISOString(),
					observed,
					quality,
				]),
			)
			.join('');
}
