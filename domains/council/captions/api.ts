import {
	anonymous,
	createEventStream,
	type FastifyPluginAsyncZod,
	type Platform,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Council } from '../face.ts';
import type { Caption, TranscriptFormat } from './face.ts';

const connectionMilliseconds = 60 * 60_000;

const eventOf = ([captions]: readonly Caption[][]) => `event: captions\ndata: ${JSON.stringify(captions)}`;

const mediaTypes: Record<TranscriptFormat, string> = {
	vtt: 'text/vtt; charset=utf-8',
	srt: 'application/x-subrip; charset=utf-8',
	txt: 'text/plain; charset=utf-8',
};

/** /api/v1/meetings/…: what was said, as lines, as files, as it is said. */
export function createCaptionsApi(
	platform: Platform,
	{ meetings, captions }: Pick<Council, 'meetings' | 'captions'>,
): FastifyPluginAsyncZod {
	const params = z.object({ meeting: z.string().max(200) });
	return async (api) => {
		// Open connections would otherwise hold the server up when it stops.
		api.addHook('preClose', async () => captions.close());
		api.get(
			'/meetings/:meeting/captions',
			{
				schema: {
					summary: 'What was said in a meeting, line by line',
					tags: ['council'],
					params,
					querystring: z.object({
						after: z.iso.datetime({ offset: true }).optional(),
						limit: z.coerce.number().int().min(1).max(20_000).default(20_000),
					}),
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				if (!meeting) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				const { after, limit } = request.query;
				const [status, lines] = await Promise.all([
					captions.status(meeting.id),
					captions.list(meeting.id, { limit, ...(after && { after: new Date(after) }) }),
				]);
				// Why it fails is for the desk.
				const { error: _error, ...shown } = status;
				return reply.send({ status: shown, captions: lines });
			},
		);
		for (const format of ['vtt', 'srt', 'txt'] as const)
			api.get(
				`/meetings/:meeting/transcript.${format}`,
				{ schema: { summary: `The transcript of a meeting as .${format}`, tags: ['council'], params } },
				async (request, reply) => {
					const text = await captions.file(request.params.meeting, format);
					if (text === null) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
					return reply
						.type(mediaTypes[format])
						.header('cache-control', 'no-cache')
						.header('content-disposition', `inline; filename="transcription.${format}"`)
						.send(text);
				},
			);
		api.get(
			'/meetings/:meeting/captions/live',
			{
				schema: {
					summary: 'What is said in a meeting, as server-sent events',
					description:
						'Each event `captions` carries the newest lines as JSON, the last one last; a corrected line comes again with a higher version.',
					tags: ['council'],
					params,
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				if (!meeting) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				const stream = createEventStream<Caption[]>(reply, { write: eventOf });
				const leave = await captions.follow(meeting.id, {
					captions: (newest) => stream.push([['captions', newest]]),
					end: stream.end,
				});
				if (!leave) {
					reply.header('retry-after', '30');
					return sendProblem(platform, request, reply, 503, 'council.too_many_listeners');
				}
				reply.raw.once('close', leave);
				stream.open(connectionMilliseconds);
			},
		);
	};
}
