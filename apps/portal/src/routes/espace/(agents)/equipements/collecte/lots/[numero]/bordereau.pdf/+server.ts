import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const { bytes, fileName } = expect(
		await locals.rooms.equipment.collection.lots.slip(locals.actor, params.numero),
	);
	return new Response(new Uint8Array(bytes), {
		headers: {
			'content-type': 'application/pdf',
			'content-disposition': `inline; filename="${fileName}"`,
			'cache-control': 'private, no-store',
		},
	});
};
