import { type FastifyPluginAsyncZod, type FastifyReply, type Platform, sendProblem } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Programme } from './face.ts';
import type { Shelf, Shelved } from './shelf.ts';

const meeting = z.uuid();
const recordedFile = z.object({ meeting, run: z.uuid() });
const yearSeconds = 31_536_000;

/** Anybody's player may read a public meeting. */
const anyOrigin = { 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' };

/** /api/v1: what players and other sites read of a meeting's video. Not counted by visitor: a player asks every second or two. */
export function createProgrammeApi(
	platform: Platform,
	{ db }: Pick<Context, 'db'>,
	programme: Programme,
	shelf: Shelf,
): FastifyPluginAsyncZod {
	return async (api) => {
		const unlimited = { rateLimit: false as const };
		const unknown = (request: Parameters<typeof sendProblem>[1], reply: FastifyReply) =>
			sendProblem(platform, request, reply.header('cache-control', 'no-store'), 404, 'council.video_unknown');

		api.get(
			'/meetings/:meeting/video',
			{
				config: unlimited,
				schema: {
					summary: 'The video of a meeting: whether it is live, and where its playlist is',
					tags: ['council'],
					params: z.object({ meeting }),
				},
			},
			async (request, reply) => {
				const video = await programme.video(request.params.meeting);
				return video
					? reply.headers({ ...anyOrigin, 'cache-control': 'no-cache' }).send(video)
					: unknown(request, reply);
			},
		);

		api.get(
			'/meetings/:meeting/video/chapters',
			{
				config: unlimited,
				schema: {
					summary: 'Places to jump to in the video of a meeting',
					tags: ['council'],
					params: z.object({ meeting }),
				},
			},
			async (request, reply) => {
				if (!(await programme.video(request.params.meeting))) return unknown(request, reply);
				return reply
					.headers({ ...anyOrigin, 'cache-control': 'no-cache' })
					.send({ chapters: await programme.chapters(request.params.meeting) });
			},
		);

		const playlist = (reply: FastifyReply, encoding: string | undefined, made: Shelved) => {
			reply.headers({
				...anyOrigin,
				'content-type': 'application/vnd.apple.mpegurl',
				'cache-control': 'no-cache',
				vary: 'accept-encoding',
			});
			return made.gzip && /\bgzip\b/.test(encoding ?? '')
				? reply.header('content-encoding', 'gzip').send(made.gzip)
				: reply.send(made.body);
		};

		api.get(
			'/meetings/:meeting/video/master.m3u8',
			{ config: unlimited, schema: { hide: true, params: z.object({ meeting }) } },
			async (request, reply) => {
				const made = await shelf.master(request.params.meeting);
				return made ? playlist(reply, request.headers['accept-encoding'], made) : unknown(request, reply);
			},
		);
		for (const kind of ['video', 'audio'] as const)
			api.get(
				`/meetings/:meeting/video/${kind}.m3u8`,
				{
					config: unlimited,
					schema: {
						hide: true,
						params: z.object({ meeting }),
						querystring: z.object({
							_HLS_msn: z.coerce.number().int().min(0).max(10_000_000).optional(),
							_HLS_skip: z.string().max(10).optional(),
						}),
					},
				},
				async (request, reply) => {
					const { _HLS_msn: sequence, _HLS_skip: skip } = request.query;
					if (sequence !== undefined) await shelf.until(request.params.meeting, sequence);
					const made = await shelf.playlist(request.params.meeting, {
						audio: kind === 'audio',
						skip: skip !== undefined,
					});
					return made ? playlist(reply, request.headers['accept-encoding'], made) : unknown(request, reply);
				},
			);

		const forever = (reply: FastifyReply, type: string, content: Buffer, range: string | undefined) => {
			reply.headers({
				...anyOrigin,
				'content-type': type,
				'cache-control': `public, max-age=${yearSeconds}, immutable`,
				'accept-ranges': 'bytes',
			});
			const asked = rangeOf(range, content.length);
			if (!asked) return reply.send(content);
			return reply
				.code(206)
				.header('content-range', `bytes ${asked.start}-${asked.end}/${content.length}`)
				.send(content.subarray(asked.start, asked.end + 1));
		};
		for (const kind of ['init', 'audio'] as const)
			api.get(
				`/meetings/:meeting/video/:run/${kind}.mp4`,
				{ config: unlimited, schema: { hide: true, params: recordedFile } },
				async (request, reply) => {
					const { meeting: id, run } = request.params;
					const content = await shelf.init(id, run, kind === 'audio');
					return content
						? forever(reply, kind === 'audio' ? 'audio/mp4' : 'video/mp4', content, request.headers.range)
						: unknown(request, reply);
				},
			);
		for (const [extension, type] of [
			['m4s', 'video/mp4'],
			['m4a', 'audio/mp4'],
		] as const)
			api.get(
				`/meetings/:meeting/video/:run/:file.${extension}`,
				{
					config: unlimited,
					schema: {
						hide: true,
						params: recordedFile.extend({ file: z.coerce.number().int().min(0).max(10_000_000) }),
					},
				},
				async (request, reply) => {
					const { meeting: id, run, file } = request.params;
					const content = await shelf.segment(id, run, file, extension === 'm4a');
					return content ? forever(reply, type, content, request.headers.range) : unknown(request, reply);
				},
			);

		api.get(
			'/meetings/:meeting/video/recording.mp4',
			{ config: unlimited, schema: { hide: true, params: z.object({ meeting }) } },
			async (request, reply) => {
				const { rows } = await sql<{ mp4_key: string; slug: string }>`
					SELECT mp4_key, slug FROM council.programme JOIN council.meeting ON meeting.id = meeting_id
					WHERE meeting_id = ${request.params.meeting} AND mp4_key IS NOT NULL AND deleted_at IS NULL`.execute(
					db,
				);
				const [row] = rows;
				const size = row && (await platform.files.stat(row.mp4_key))?.size;
				if (!row || size === undefined) return unknown(request, reply);
				const tag = `"${row.mp4_key.split('/').at(-1)}"`;
				const asked =
					request.headers['if-range'] === undefined || request.headers['if-range'] === tag
						? rangeOf(request.headers.range, size)
						: null;
				const content = await platform.files.get(row.mp4_key, asked ?? undefined);
				if (!content) return unknown(request, reply);
				reply.headers({
					...anyOrigin,
					'content-type': 'video/mp4',
					'content-disposition': `attachment; filename="${row.slug}.mp4"`,
					'cache-control': 'no-cache',
					'accept-ranges': 'bytes',
					etag: tag,
					'content-length': asked ? asked.end - asked.start + 1 : size,
				});
				if (asked) reply.code(206).header('content-range', `bytes ${asked.start}-${asked.end}/${size}`);
				return reply.send(content);
			},
		);
	};
}

/** One range of bytes (RFC 9110, 14.2); null for none, or for one that cannot be met: the whole is sent then. */
export function rangeOf(header: string | undefined, size: number): { start: number; end: number } | null {
	const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
	if (!first && !last) return null;
	const start = first ? Number(first) : Math.max(0, size - Number(last));
	const end = first && last ? Math.min(Number(last), size - 1) : size - 1;
	return start <= end && start < size ? { start, end } : null;
}
