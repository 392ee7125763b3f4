import { type FastifyPluginAsyncZod, type Platform, sendProblem } from '@parvis/platform';
import { z } from 'zod';
import { conditions } from '../../kinds.ts';
import type { Audits } from './face.ts';

/** /api/v1/equipment/audits/:id/scans: what the phone's camera reads, for agents signed in. */
export function createAuditsApi(platform: Platform, audits: Audits): FastifyPluginAsyncZod {
	return async (api) => {
		api.post(
			'/equipment/audits/:id/scans',
			{
				schema: {
					summary: 'A label read in an audit; harmless when repeated',
					tags: ['equipment'],
					params: z.object({ id: z.string().max(60) }),
					body: z.object({
						tag: z.string().max(1000),
						condition: z.enum(conditions).nullish(),
						batteryHealthPercent: z.number().nullish(),
					}),
				},
			},
			async (request, reply) => {
				const scan = await audits.scan(request.actor, request.params.id, request.body);
				if (scan.ok) return reply.send(scan.value);
				const forbidden = request.actor.kind === 'anonymous' ? 401 : 403;
				const status =
					scan.error === 'platform.not_allowed'
						? forbidden
						: scan.error === 'equipment.audit_not_found'
							? 404
							: 422;
				return sendProblem(platform, request, reply, status, scan.error, scan.detail);
			},
		);
	};
}
