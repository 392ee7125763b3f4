import {
	anonymous,
	createEventStream,
	type FastifyPluginAsyncZod,
	type Platform,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Council, LiveState } from './face.ts';

const connectionMilliseconds = 60 * 60_000;

const eventOf = ([state]: readonly LiveState[]) =>
	`event: state\nid: ${state?.version ?? 0}\ndata: ${JSON.stringify(state)}`;

const paging = {
	page: z.coerce.number().int().min(1).max(100_000).default(1),
	pageSize: z.coerce.number().int().min(1).max(100).default(20),
};

/** /api/v1: meetings as everybody may see them, as they happen too, and their calendar files. */
export function createCouncilApi(
	platform: Platform,
	{ meetings, live }: Pick<Council, 'meetings' | 'live'>,
): FastifyPluginAsyncZod {
	return async (api) => {
		// Open connections would otherwise hold the server up when it stops.
		api.addHook('preClose', async () => live.close());
		api.get(
			'/meetings',
			{
				schema: {
					summary: 'Meetings, newest first',
					tags: ['council'],
					querystring: z.object({ ...paging, body: z.uuid().optional() }),
				},
			},
			async ({ query: { body, ...query } }) =>
				meetings.list(anonymous, { ...query, ...(body && { bodyId: body }) }),
		);
		api.get(
			'/meetings/:meeting',
			{
				schema: {
					summary: 'One meeting with its agenda',
					tags: ['council'],
					params: z.object({ meeting: z.string().max(200) }),
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				return meeting
					? reply.send(meeting)
					: sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
			},
		);
		api.get(
			'/meetings/:meeting/calendar.ics',
			{
				schema: {
					summary: 'A meeting for calendars',
					tags: ['council'],
					params: z.object({ meeting: z.string().max(200) }),
				},
			},
			async (request, reply) => {
				const text = await meetings.calendar(anonymous, request.params.meeting);
				return text
					? reply.type('text/calendar; charset=utf-8').send(text)
					: sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
			},
		);
		api.get(
			'/meetings/:meeting/live',
			{
				schema: {
					summary: 'What happens in a meeting, as server-sent events',
					description:
						'Each event `state` carries the public state of the meeting as JSON: the first what it is, later ones what it became.',
					tags: ['council'],
					params: z.object({ meeting: z.string().max(200) }),
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				if (!meeting) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				const stream = createEventStream<LiveState>(reply, { write: eventOf });
				const leave = await live.follow(meeting.id, {
					state: (state) => stream.push([['state', state]]),
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
