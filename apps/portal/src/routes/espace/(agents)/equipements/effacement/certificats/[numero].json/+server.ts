import { json } from '@sveltejs/kit';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

/** What was signed, its signature and the key: enough to check it elsewhere. */
export const GET: RequestHandler = async ({ locals, params }) =>
	json(expect(await locals.rooms.equipment.wiping.certificates.signed(locals.actor, params.numero)), {
		headers: {
			'content-disposition': `attachment; filename="${params.numero.replaceAll(/[^\w-]/g, '')}.json"`,
			'cache-control': 'private, no-cache',
		},
	});
