import { Readable } from 'node:stream';
import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const scan = found(await locals.rooms.equipment.collection.lots.scan(locals.actor, params.numero));
	return new Response(Readable.toWeb(scan.content) as ReadableStream<Uint8Array>, {
		headers: {
			'content-type': scan.contentType,
			'x-content-type-options': 'nosniff',
			'content-security-policy': "default-src 'none'; sandbox",
			'cache-control': 'private, no-store',
		},
	});
};
