import { createEventStream, type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { Live, LiveValue } from '../face.ts';
import { mayReadObservations } from '../policies.ts';
import { idList, searchText, seriesList } from './schemas.ts';

export interface LiveLimits {
	/** Most connections from one address to this process: a school or a mobile network shares one. Default 200. */
	perAddress?: number;
	heartbeatMilliseconds?: number;
	/** A reader that takes nothing for so long is let go. Default 30 000. */
	stalledMilliseconds?: number;
}

/** Agents' connections are renewed this often, so that a revoked session ends its live values too. */
const agentsConnectionMilliseconds = 5 * 60_000;
const connectionMilliseconds = 60 * 60_000;

/** Live values by server-sent events. */
export function liveApi(platform: Platform, live: Live, limits: LiveLimits = {}): FastifyPluginAsyncZod {
	const { perAddress = 200, ...timing } = limits;
	const byAddress = new Map<string, number>();

	return async (api) => {
		// Open connections would otherwise hold the server up when it stops.
		api.addHook('preClose', async () => live.close());

		api.get(
			'/live',
			{
				schema: {
					tags: ['observations'],
					summary: 'Live values, as server-sent events',
					description:
						'Each event `values` carries a JSON array of values; the first brings what is known, later ones what changed, each series at most once a second. Name at least one place, device or series. Reconnecting with `Last-Event-ID` brings only what was missed.',
					querystring: z.object({
						place: idList.optional(),
						device: idList.optional(),
						series: seriesList.optional(),
						property: searchText(100).optional(),
					}),
				},
			},
			async (request, reply) => {
				const { place, device, series, property } = request.query;
				if (!place && !device && !series)
					return sendProblem(platform, request, reply, 400, 'sensing.live_of_what');
				const count = byAddress.get(request.ip) ?? 0;
				if (count >= perAddress)
					return sendProblem(platform, request, reply, 429, 'sensing.too_many_listeners');
				byAddress.set(request.ip, count + 1);
				const forget = () => {
					const left = (byAddress.get(request.ip) ?? 1) - 1;
					if (left > 0) byAddress.set(request.ip, left);
					else byAddress.delete(request.ip);
				};
				const stream = createEventStream<LiveValue>(reply, { ...timing, write: eventOf });
				const given = Number(request.headers['last-event-id']);
				let leave: (() => void) | null;
				try {
					leave = await live.follow(
						request.actor,
						{ placeIds: place, deviceIds: device, ids: series, property },
						{
							values: (values) => stream.push(values.map((value) => [value.series, value])),
							end: stream.end,
						},
						request.headers['last-event-id'] && Number.isFinite(given) ? given : null,
					);
				} catch (error) {
					forget();
					throw error;
				}
				if (!leave) {
					forget();
					reply.header('retry-after', '30');
					return sendProblem(platform, request, reply, 503, 'sensing.too_many_listeners');
				}
				stream.open(
					mayReadObservations(request.actor) ? agentsConnectionMilliseconds : connectionMilliseconds,
				);
				reply.raw.once('close', () => {
					leave();
					forget();
				});
			},
		);
	};
}

function eventOf(values: readonly LiveValue[]): string {
	const id = Math.max(...values.map(({ receivedAt }) => receivedAt));
	return `event: values\nid: ${id}\ndata: ${JSON.stringify(values.map(({ receivedAt: _, ...value }) => value))}`;
}
