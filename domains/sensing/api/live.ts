import type { FastifyPluginAsyncZod, FastifyReply, Platform } from '@parvis/platform';
import { sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { Live, LiveListener, LiveValue } from '../face.ts';
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
/** Messages kept for a slow reader are at most one a series, so this is about what one tick may hold. */
const largestBufferBytes = 256 * 1024;

/** Live values by server-sent events. */
export function liveApi(platform: Platform, live: Live, limits: LiveLimits = {}): FastifyPluginAsyncZod {
	const { perAddress = 200, heartbeatMilliseconds = 20_000, stalledMilliseconds = 30_000 } = limits;
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
				const stream = createEventStream(reply, { heartbeatMilliseconds, stalledMilliseconds });
				const given = Number(request.headers['last-event-id']);
				let leave: (() => void) | null;
				try {
					leave = await live.follow(
						request.actor,
						{ placeIds: place, deviceIds: device, ids: series, property },
						stream,
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
				reply.hijack();
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

/**
 * Writes values as events. A reader that falls behind gets, once it reads again, only the last value of each series:
 * nothing piles up for it.
 */
function createEventStream(
	reply: FastifyReply,
	{ heartbeatMilliseconds, stalledMilliseconds }: Required<Omit<LiveLimits, 'perAddress'>>,
): LiveListener & { open(longestMilliseconds: number): void } {
	const { raw } = reply;
	const pending = new Map<number, LiveValue>();
	let opened = false;
	let blockedSince: number | null = null;

	function flush(): void {
		if (!opened || blockedSince !== null || pending.size === 0) return;
		const values = [...pending.values()];
		pending.clear();
		const id = Math.max(...values.map(({ receivedAt }) => receivedAt));
		const data = JSON.stringify(values.map(({ receivedAt: _, ...value }) => value));
		write(`event: values\nid: ${id}\ndata: ${data}\n\n`);
	}

	function write(text: string): void {
		if (raw.destroyed || raw.writableEnded) return;
		raw.write(text);
		if (raw.writableLength > largestBufferBytes || raw.writableNeedDrain) blockedSince ??= Date.now();
	}

	return {
		values(values) {
			for (const value of values) pending.set(value.series, value);
			flush();
		},
		end() {
			if (opened) raw.end();
		},
		open(longestMilliseconds) {
			raw.writeHead(200, {
				...(reply.getHeaders() as Record<string, string>),
				'content-type': 'text/event-stream; charset=utf-8',
				'cache-control': 'no-store, no-transform',
				'x-accel-buffering': 'no',
			});
			opened = true;
			write('retry: 3000\n\n');
			flush();
			raw.on('drain', () => {
				blockedSince = null;
				flush();
			});
			const started = Date.now();
			const heartbeat = setInterval(() => {
				if (blockedSince !== null) {
					if (Date.now() - blockedSince >= stalledMilliseconds) raw.destroy();
				} else if (Date.now() - started >= longestMilliseconds) raw.end();
				else write(': here\n\n');
			}, heartbeatMilliseconds);
			raw.once('close', () => clearInterval(heartbeat));
			// It may have gone while its first values were read.
			if (raw.destroyed) raw.emit('close');
		},
	};
}
