import type { FastifyReply, FastifyRequest, Platform, Result } from '@parvis/platform';
import { sendProblem } from '@parvis/platform';

/** Answer a refusal of a use case. @param missing keys that mean "there is no such resource" on this route */
export function refusal(
	platform: Platform,
	request: FastifyRequest,
	reply: FastifyReply,
	{ error, detail }: Extract<Result<unknown>, { ok: false }>,
	missing: readonly string[] = [],
): FastifyReply {
	if (error === 'platform.not_allowed' && request.actor.kind === 'anonymous')
		return sendProblem(platform, request, reply, 401, 'platform.not_signed_in');
	return sendProblem(platform, request, reply, statusOf(error, missing), error, detail);
}

function statusOf(error: string, missing: readonly string[]): number {
	if (error === 'platform.not_allowed') return 403;
	if (missing.includes(error)) return 404;
	return /_(exists|in_use)$/.test(error) ? 409 : 400;
}
