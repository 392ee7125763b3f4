import { found } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** The public key that certificates are signed with, the newest unless told; SubjectPublicKeyInfo, PEM. */
export const GET: RequestHandler = async ({ locals, url }) => {
	const keys = await locals.rooms.equipment.wiping.certificates.keys();
	const id = url.searchParams.get('id');
	const key = found(id === null ? keys[0] : keys.find((one) => one.id === id));
	return new Response(key.pem, {
		headers: {
			'content-type': 'application/x-pem-file',
			'content-disposition': 'attachment; filename="cle.pem"',
			'cache-control': 'public, max-age=3600',
			'x-content-type-options': 'nosniff',
		},
	});
};
