import { anonymous, type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { Council } from '../face.ts';

const day = z.iso.date();
const place = z.object({ id: z.uuid(), slug: z.string(), name: z.string() });
const meetingReference = z.object({ meeting: z.string().max(200) });
const choice = z.enum(['for', 'against', 'abstention', 'not_taking_part']);

const deliberation = z.object({
	id: z.uuid(),
	number: z.string(),
	title: z.string(),
	text: z.string().describe('Empty until it is published'),
	matterCode: z.string(),
	matter: z.string(),
	budgetYear: z.string(),
	budgetName: z.string(),
	adopted: z.boolean(),
	inOffice: z.int(),
	voting: z.int(),
	for: z.int(),
	against: z.int(),
	abstention: z.int(),
	place: place.nullable(),
	publishedAt: z.date().nullable(),
	receivedOn: day.nullable().describe('By the prefecture'),
	executoryOn: day.nullable(),
	meeting: z.object({
		id: z.uuid(),
		slug: z.string(),
		title: z.string(),
		startsAt: z.date(),
		body: z.string(),
	}),
	url: z.string(),
});
const annex = z.object({
	id: z.uuid(),
	itemId: z.uuid().nullable(),
	title: z.string(),
	bytes: z.int(),
	pages: z.int(),
	addedAt: z.date(),
	late: z.boolean().describe('It came after the convocation'),
	url: z.string().describe('A PDF'),
});
const signature = z.object({
	capacity: z.enum(['chair', 'secretary']),
	name: z.string(),
	signedOn: day,
	byHand: z.boolean(),
	scanUrl: z.string().nullable(),
});
const detail = deliberation.extend({
	rapporteur: z.string().nullable(),
	method: z.string(),
	casting: z.boolean(),
	names: z.array(z.object({ choice, names: z.array(z.string()) })),
	requestedBy: z.array(z.string()),
	election: z.array(z.string()),
	corrections: z.array(z.string()),
	attendance: z.object({
		present: z.array(z.string()),
		remote: z.array(z.string()),
		represented: z.array(z.object({ giver: z.string(), holder: z.string() })),
		absent: z.array(z.string()),
		recused: z.array(z.string()),
		chair: z.string().nullable(),
		secretary: z.string().nullable(),
		inOffice: z.int(),
		quorum: z.int(),
	}),
	signatures: z.array(signature),
	annexes: z.array(annex),
	publishedUntil: day.nullable(),
	videoSeconds: z.number().nullable(),
});

/** /api/v1: deliberations, their list, documents, votes and minutes, as everybody may read them. */
export function createActsApi(
	platform: Platform,
	{
		meetings,
		sessions,
		annexes,
		deliberations,
		minutes,
		acts,
	}: Pick<Council, 'meetings' | 'sessions' | 'annexes' | 'deliberations' | 'minutes' | 'acts'>,
): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/deliberations',
			{
				schema: {
					summary: 'Deliberations, newest first',
					tags: ['council'],
					querystring: z.object({
						page: z.coerce.number().int().min(1).max(100_000).default(1),
						pageSize: z.coerce.number().int().min(1).max(100).default(20),
						text: z.string().max(200).optional(),
						body: z.uuid().optional(),
						meeting: z.uuid().optional(),
						place: z.uuid().optional(),
						year: z.coerce.number().int().min(1).max(9999).optional(),
						matter: z
							.string()
							.regex(/^\d(\.\d{1,2})?$/)
							.optional(),
						published: z.stringbool().optional(),
					}),
					response: {
						200: z.object({
							items: z.array(deliberation),
							total: z.int(),
							page: z.int(),
							pageSize: z.int(),
						}),
					},
				},
			},
			async ({ query: { text, body, meeting, place: placeId, year, matter, published, page, pageSize } }) =>
				deliberations.list({
					page,
					pageSize,
					...(text && { text }),
					...(body && { bodyId: body }),
					...(meeting && { meetingId: meeting }),
					...(placeId && { placeId }),
					...(year && { year }),
					...(matter && { matter }),
					...(published && { published }),
				}),
		);
		api.get(
			'/deliberations/:number',
			{
				schema: {
					summary: 'One deliberation: its text, who voted how, who signed, its dates',
					tags: ['council'],
					params: z.object({ number: z.string().max(40) }),
					response: { 200: detail },
				},
			},
			async (request, reply) => {
				const found = await deliberations.get(request.params.number);
				return found
					? reply.send(found)
					: sendProblem(platform, request, reply, 404, 'council.deliberation_unknown');
			},
		);
		api.get(
			'/meetings/:meeting/annexes',
			{
				schema: {
					summary: 'Public documents of a meeting',
					tags: ['council'],
					params: meetingReference,
					response: { 200: z.object({ items: z.array(annex) }) },
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				if (!meeting) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				return reply.send({ items: await annexes.list(anonymous, meeting.id) });
			},
		);
		api.get(
			'/meetings/:meeting/votes',
			{
				schema: {
					summary: 'Votes of a meeting; of public ones who voted how, once they are closed',
					tags: ['council'],
					params: meetingReference,
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				const state = meeting && (await sessions.state(anonymous, meeting.id));
				if (!meeting || !state) return sendProblem(platform, request, reply, 404, 'council.meeting_unknown');
				const names = new Map(meeting.seats.map(({ id, name }) => [id, name]));
				return reply.send({
					items: state.votes.map((vote) => ({
						...vote,
						ballots: vote.ballots.map((one) => ({ ...one, name: names.get(one.seatId) ?? '' })),
					})),
				});
			},
		);
		api.get(
			'/meetings/:meeting/deliberations',
			{
				schema: {
					summary: 'List of what was deliberated in a meeting, once it is put up',
					tags: ['council'],
					params: meetingReference,
				},
			},
			async (request, reply) => {
				const list = await acts.list(anonymous, request.params.meeting);
				return list ? reply.send(list) : sendProblem(platform, request, reply, 404, 'council.list_unknown');
			},
		);
		api.get(
			'/meetings/:meeting/minutes',
			{
				schema: {
					summary: 'Minutes of a meeting, once they are published',
					tags: ['council'],
					params: meetingReference,
					response: {
						200: z.object({
							text: z.string(),
							adoptedOn: day.nullable(),
							publishedAt: z.date().nullable(),
							signatures: z.array(signature),
						}),
					},
				},
			},
			async (request, reply) => {
				const meeting = await meetings.get(anonymous, request.params.meeting);
				const found = meeting && (await minutes.get(anonymous, meeting.id));
				return found
					? reply.send(found)
					: sendProblem(platform, request, reply, 404, 'council.minutes_unknown');
			},
		);
	};
}
