import { Readable } from 'node:stream';
import type { GivenFile } from '@parvis/council';

/** A file that a room made, to be read in the browser or kept. Shared caches stay out: some are not for everybody. */
export function fileResponse({ name, mediaType, bytes, content }: GivenFile, attachment = false): Response {
	return new Response(Readable.toWeb(content) as ReadableStream<Uint8Array>, {
		headers: {
			'content-type': mediaType,
			'content-length': String(bytes),
			'content-disposition': `${attachment ? 'attachment' : 'inline'}; filename="${name}"`,
			'cache-control': 'private, no-cache',
			'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; sandbox",
		},
	});
}
