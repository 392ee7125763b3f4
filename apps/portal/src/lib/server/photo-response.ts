import { Readable } from 'node:stream';
import type { PhotoContent } from '@parvis/operations';

/** A photo, which never changes under its id; those not for everybody stay out of shared caches. */
export function photoResponse(id: string, photo: PhotoContent, request: Request): Response {
	const etag = `"${id}"`;
	const headers = {
		etag,
		'cache-control': photo.public ? 'public, max-age=3600' : 'private, max-age=3600',
		vary: 'cookie',
		'x-content-type-options': 'nosniff',
		'content-security-policy': "default-src 'none'; sandbox",
	};
	if (request.headers.get('if-none-match') === etag) {
		photo.content.destroy();
		return new Response(null, { status: 304, headers });
	}
	return new Response(Readable.toWeb(photo.content) as ReadableStream<Uint8Array>, {
		headers: {
			...headers,
			'content-type': photo.contentType,
			'content-length': String(photo.sizeBytes),
			'content-disposition': `inline; filename="photo-${id}.webp"`,
		},
	});
}
