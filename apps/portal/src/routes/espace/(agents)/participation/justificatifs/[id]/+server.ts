import { Readable } from 'node:stream';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** A voter's document, for the agent who looks at it; opening it is noted in the audit log. */
export const GET: RequestHandler = async ({ locals, params }) => {
	const document = found(await locals.rooms.participation.eligibility.openDocument(locals.actor, params.id));
	return new Response(Readable.toWeb(document.content) as ReadableStream<Uint8Array>, {
		headers: {
			'content-type': document.contentType,
			'cache-control': 'no-store',
			'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; sandbox",
			'content-disposition': document.contentType === 'application/pdf' ? 'attachment' : 'inline',
		},
	});
};
