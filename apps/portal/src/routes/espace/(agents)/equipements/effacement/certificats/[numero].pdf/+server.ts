import { Readable } from 'node:stream';
import { fileResponse } from '#lib/server/given-file.ts';
import { expect } from '#lib/server/pages.ts';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ locals, params }) => {
	const { name, bytes } = expect(
		await locals.rooms.equipment.wiping.certificates.pdf(locals.actor, params.numero),
	);
	return fileResponse({
		name,
		mediaType: 'application/pdf',
		bytes: bytes.length,
		content: Readable.from([bytes]),
	});
};
