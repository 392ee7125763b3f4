import { asId, type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import type { Wiping } from './face.ts';

const publicCertificate = z.object({
	number: z.string(),
	kind: z.enum(['device', 'lot']),
	state: z.enum(['valid', 'revoked', 'partly_revoked']),
	issuedOn: z.string().describe('Day in the town'),
	simulated: z.boolean(),
	revokedOn: z.string().nullable(),
	revokedWhy: z.enum(['verification_failed', 'mistaken', 'replaced']).nullable(),
	revokedNote: z.string().nullable(),
	device: z
		.object({
			reference: z.string(),
			category: z.string(),
			model: z.string().nullable(),
			serial: z.string().nullable().describe('Its last characters only'),
			media: z
				.object({
					slot: z.string(),
					medium: z.string(),
					technique: z.string(),
					method: z.string(),
					tool: z.string(),
					endedOn: z.string(),
					verified: z.enum(['itself', 'by_sample']),
				})
				.array()
				.readonly(),
		})
		.nullable(),
	lot: z
		.object({
			number: z.string(),
			certificates: z.object({ number: z.string(), revoked: z.boolean() }).array().readonly(),
		})
		.nullable(),
	pdfSha256: z.string(),
	keyId: z.string(),
});

/** What other programs ask about certificates; what is wiped is recorded by people. */
export function createWipingApi(platform: Platform, wiping: Wiping): FastifyPluginAsyncZod {
	return async (api) => {
		api.get(
			'/equipment/certificates/:number',
			{
				schema: {
					summary: 'A certificate of data wiping, by its number',
					tags: ['equipment'],
					params: z.object({ number: z.string().max(60) }),
					response: { 200: publicCertificate },
				},
			},
			async (request, reply) => {
				const looked = await wiping.certificates.look(request.params.number, request.ip);
				if (looked.ok) return looked.value;
				const status = looked.error === 'platform.too_many_requests' ? 429 : 404;
				return sendProblem(platform, request, reply, status, looked.error);
			},
		);

		api.get(
			'/equipment/certificate-keys',
			{
				schema: {
					summary: 'Public keys (Ed25519) that certificates of wiping are signed with, newest first',
					tags: ['equipment'],
					response: {
						200: z.object({ id: z.string(), since: z.date(), pem: z.string() }).array().readonly(),
					},
				},
			},
			async () => wiping.certificates.keys(),
		);

		api.get(
			'/equipment/items-not-wiped',
			{
				schema: {
					summary: 'Of these collected items, those that may not be handed over yet',
					description: 'Needs the scope `equipment:write`.',
					tags: ['equipment'],
					querystring: z.object({ ids: z.string().max(4000).describe('Ids, separated by commas') }),
					response: { 200: z.object({ notWiped: z.string().array().readonly() }) },
				},
			},
			async (request, reply) => {
				// Who may see the list of work may ask about its items.
				const allowed = await wiping.settings(request.actor);
				if (!allowed.ok) return sendProblem(platform, request, reply, 403, allowed.error);
				const ids = request.query.ids.split(',').map((id) => asId(id.trim()));
				return { notWiped: await wiping.notWiped(ids) };
			},
		);
	};
}
