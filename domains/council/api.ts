import {
	anonymous,
	createEventStream,
	type FastifyPluginAsyncZod,
	type Platform,
	sendProblem,
} from '@parvis/platform';
import { z } from 'zod';
import type { Council, LiveState } from './face.ts';
import { mayPrepare } from './policies.ts';
import type { Signals } from './signals.ts';

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
	{ meetings, sessions, live }: Pick<Council, 'meetings' | 'sessions' | 'live'>,
	signals: Pick<Signals, 'hear'>,
): FastifyPluginAsyncZod {
	return async (api) => {
		// Open connections would otherwise hold the server up when it stops.
		const open = new Set<() => void>();
		api.addHook('preClose', async () => {
			live.close();
			for (const end of open) end();
		});
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
			'/meetings/:meeting/changes',
			{
				schema: {
					summary: 'That a meeting changed, for its members and its clerk',
					description:
						'An event `changed` without content, whenever the record grows; behind closed doors too.',
					tags: ['council'],
					params: z.object({ meeting: z.string().max(200) }),
				},
			},
			async (request, reply) => {
				const { actor } = request;
				const meeting = await meetings.get(actor, request.params.meeting);
				if (!meeting) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				if (!mayPrepare(actor) && (await sessions.seatOf(actor, meeting.id)) === null)
					return sendProblem(platform, request, reply, 403, 'platform.not_allowed');
				const stream = createEventStream<null>(reply, { write: () => 'event: changed\ndata:' });
				const leave = signals.hear((changed) => {
					if (changed === null || changed === meeting.id) stream.push([['changed', null]]);
				});
				open.add(stream.end);
				reply.raw.once('close', () => {
					leave();
					open.delete(stream.end);
				});
				stream.open(connectionMilliseconds);
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
