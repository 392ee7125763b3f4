import { Readable } from 'node:stream';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** A photo or document, for who may see what it belongs to. */
export const GET: RequestHandler = async ({ locals, params, request }) => {
	const { attachment, content } = found(
		await locals.rooms.participation.attachments.open(locals.actor, params.id),
	);
	const photo = attachment.contentType === 'image/webp';
	// A file never changes under its id; shared caches stay out, as some are for their author only.
	const etag = `"${attachment.id}"`;
	const headers = {
		etag,
		'cache-control': 'private, max-age=86400',
		vary: 'cookie',
		'x-content-type-options': 'nosniff',
		'content-security-policy': "default-src 'none'; sandbox",
	};
	if (request.headers.get('if-none-match') === etag) {
		content.destroy();
		return new Response(null, { status: 304, headers });
	}
	const name = `piece-${attachment.id}.${photo ? 'webp' : 'pdf'}`;
	return new Response(Readable.toWeb(content) as ReadableStream<Uint8Array>, {
		headers: {
			...headers,
			'content-type': attachment.contentType,
			'content-length': String(attachment.sizeBytes),
			'content-disposition': `${photo ? 'inline' : 'attachment'}; filename="${name}"`,
		},
	});
};
