import type { Readable } from 'node:stream';
import {
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	type Platform,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import { acceptBatch, type BatchFormat } from './ingest/http-batch.ts';
import { type Ingest, IngestBusy, type Outcome } from './ingest/ingest.ts';
import type { Parsed } from './ingest/message.ts';
import { parseChirpStack, parsePlain, parseThingsStack } from './ingest/networks.ts';
import { mayWriteObservations } from './policies.ts';

const formats: Record<string, BatchFormat> = {
	'application/json': 'json',
	'application/x-ndjson': 'ndjson',
	'application/ndjson': 'ndjson',
	'text/csv': 'csv',
};
const mostUplinkBytes = 256 * 1024;
const mostJsonBytes = 32 * 1024 * 1024;
const mostStreamBytes = 2 * 1024 * 1024 * 1024;

/** HTTP ways in. Each answers 2xx only when what it was given is committed; all need a key with `observations:write`. */
export function createIngestApi(platform: Platform, ingest: Ingest): FastifyPluginAsyncZod {
	function busy(request: FastifyRequest, reply: FastifyReply) {
		return sendProblem(platform, request, reply.header('retry-after', '5'), 503, 'sensing.ingest_busy');
	}

	async function take(
		request: FastifyRequest,
		reply: FastifyReply,
		topic: string,
		parsed: Parsed,
		payload: Buffer,
	) {
		try {
			const outcomes = await ingest.accept(parsed.messages, parsed.rejected, {
				source: topic.slice(5).split('/')[0] ?? 'http',
				topic,
				payload,
			});
			return reply
				.code(parsed.rejected.length && !outcomes.length ? 422 : 200)
				.send(summary(outcomes, parsed));
		} catch (error) {
			if (error instanceof IngestBusy) return busy(request, reply);
			throw error;
		}
	}

	return async (api) => {
		api.addHook('onRequest', async (request, reply) => {
			if (request.actor.kind === 'anonymous')
				return sendProblem(platform, request, reply, 401, 'platform.not_signed_in');
			if (!mayWriteObservations(request.actor))
				return sendProblem(platform, request, reply, 403, 'platform.not_allowed');
		});
		// Bodies are read here: a batch may be larger than memory.
		api.removeAllContentTypeParsers();
		api.addContentTypeParser('*', (_request, body, done) => done(null, body));

		const uplink = { tags: ['sensing'], security: [{ key: [] }] };
		api.post(
			'/ingest/chirpstack',
			{
				schema: {
					...uplink,
					summary: 'Event of ChirpStack v4, by its HTTP integration',
					querystring: z.object({ event: z.string().max(40).default('up') }),
				},
			},
			async (request, reply) => {
				const payload = await read(request.body as Readable | null, mostUplinkBytes);
				const { event } = request.query;
				return take(
					request,
					reply,
					`http:chirpstack/${event}`,
					parseChirpStack(event, payload, new Date()),
					payload,
				);
			},
		);
		api.post(
			'/ingest/things-stack',
			{ schema: { ...uplink, summary: 'Uplink of The Things Stack v3, by webhook' } },
			async (request, reply) => {
				const payload = await read(request.body as Readable | null, mostUplinkBytes);
				return take(request, reply, 'http:tts', parseThingsStack(payload, new Date()), payload);
			},
		);
		api.post(
			'/ingest/devices/:identifier',
			{
				schema: {
					...uplink,
					summary: 'Plain JSON of one device: { "time"?, "values": { … } }, or an array of those',
					params: z.object({ identifier: z.string().min(1).max(200) }),
				},
			},
			async (request, reply) => {
				const payload = await read(request.body as Readable | null, mostUplinkBytes);
				const { identifier } = request.params;
				return take(
					request,
					reply,
					`http:devices/${identifier}`,
					parsePlain('http', identifier, payload, new Date()),
					payload,
				);
			},
		);
		api.post(
			'/observations',
			{
				bodyLimit: mostStreamBytes,
				// A long import is one request.
				config: { rateLimit: { max: 6000 } },
				schema: {
					...uplink,
					summary: 'Many observations of many devices: JSON, NDJSON or CSV of { device, time, values }',
				},
			},
			async (request, reply) => {
				const format = formats[(request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? ''];
				if (!format) return sendProblem(platform, request, reply, 415, 'platform.unsupported_media_type');
				const body = limited(request.body as Readable, format === 'json' ? mostJsonBytes : mostStreamBytes);
				try {
					const report = await acceptBatch(ingest, body, format);
					return reply.code(report.items && report.refusedCount === report.items ? 422 : 200).send(report);
				} catch (error) {
					if (error instanceof IngestBusy) return busy(request, reply);
					throw error;
				}
			},
		);
	};
}

function summary(outcomes: readonly Outcome[], parsed: Parsed) {
	return {
		observations: outcomes.reduce(
			(sum, outcome) => sum + (outcome.kind === 'stored' ? outcome.observations : 0),
			0,
		),
		waiting: outcomes.filter(({ kind }) => kind === 'waiting').length,
		refused: [
			...parsed.rejected.map(({ reason, detail }) => ({ reason, detail })),
			...outcomes.flatMap((outcome) =>
				outcome.kind === 'rejected' ? [{ reason: outcome.reason, detail: outcome.detail }] : [],
			),
		],
	};
}

function limited(body: Readable, most: number): Readable {
	let size = 0;
	body.on('data', (chunk: Buffer) => {
		size += chunk.length;
		if (size > most) body.destroy(Object.assign(new Error('too large'), { statusCode: 413 }));
	});
	body.pause();
	return body;
}

async function read(body: Readable | null, most: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of body ?? []) {
		size += (chunk as Buffer).length;
		if (size > most) throw Object.assign(new Error('too large'), { statusCode: 413 });
		chunks.push(chunk as Buffer);
	}
	return Buffer.concat(chunks);
}
