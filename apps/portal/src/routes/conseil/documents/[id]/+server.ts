import { Readable } from 'node:stream';
import { found, query } from '#lib/server/pages.ts';
import { rangeOf } from '#lib/server/ranges.ts';
import type { RequestHandler } from './$types';

/** A document of a meeting, for who may read it: everybody, or members by their account or the link of their convocation. */
export const GET: RequestHandler = async ({ locals, params, request, url }) => {
	const { annexes } = locals.rooms.council;
	const token = query(url, 'jeton');
	const annex = found(await annexes.get(locals.actor, params.id, token));
	const etag = `"${annex.id}"`;
	const headers = {
		etag,
		'accept-ranges': 'bytes',
		// A file never changes under its id; what is not for everybody is kept by nobody.
		'cache-control': annex.public ? 'private, max-age=86400' : 'private, no-store',
		vary: 'cookie',
		'x-content-type-options': 'nosniff',
		'referrer-policy': 'no-referrer',
		'content-security-policy': "default-src 'none'; sandbox",
	};
	if (request.headers.get('if-none-match') === etag) return new Response(null, { status: 304, headers });
	const range = rangeOf(request.headers.get('range'), annex.bytes);
	if (range === 'unsatisfiable')
		return new Response(null, {
			status: 416,
			headers: { ...headers, 'content-range': `bytes */${annex.bytes}` },
		});
	const { content, size } = found(
		await annexes.open(locals.actor, params.id, { token, ...(range && { range }) }),
	);
	const disposition = url.searchParams.has('telecharger') ? 'attachment' : 'inline';
	return new Response(Readable.toWeb(content) as ReadableStream<Uint8Array>, {
		status: range ? 206 : 200,
		headers: {
			...headers,
			'content-type': 'application/pdf',
			'content-length': String(range ? range.end - range.start + 1 : size),
			...(range && { 'content-range': `bytes ${range.start}-${range.end}/${size}` }),
			'content-disposition': `${disposition}; filename="document.pdf"; filename*=UTF-8''${encodeURIComponent(`${annex.title}.pdf`)}`,
		},
	});
};
