import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pathToFileURL } from 'node:url';
import type { Actor, FastifyInstance, Locale, Platform } from '@parvis/platform';
import type { Rooms } from './town.ts';

/** What each page receives with its request, as `event.platform.req.parvis`. */
export interface PageContext {
	rooms: Rooms;
	platform: Platform;
	actor: Actor;
	locale: Locale;
	/** The visitor's address, for rate limits. Never kept. */
	address: string;
}

export type PageRequest = IncomingMessage & { parvis?: PageContext };
type PageHandler = (request: PageRequest, response: ServerResponse, next: () => void) => void;

const handlerFile = new URL('../portal/build/handler.js', import.meta.url);

/** Serve the built portal on every address that no other route took. */
export async function mountPortal(http: FastifyInstance, platform: Platform, rooms: Rooms): Promise<void> {
	if (!existsSync(handlerFile))
		throw new Error('the portal is not built: run ./parvis start, which builds it');
	// Read by adapter-node when its handler is loaded: how it learns the address that people see.
	process.env.PROTOCOL_HEADER = 'x-parvis-protocol';
	process.env.HOST_HEADER = 'x-parvis-host';
	process.env.ADDRESS_HEADER = 'x-parvis-address';
	process.env.BODY_SIZE_LIMIT = '32M';
	const { handler } = (await import(pathToFileURL(handlerFile.pathname).href)) as { handler: PageHandler };
	const protocol = new URL(platform.config.publicUrl).protocol.slice(0, -1);

	await http.register(async (pages) => {
		pages.removeAllContentTypeParsers();
		// Pages read their own forms: the body is left in the request.
		pages.addContentTypeParser('*', (_request, _body, done) => done(null));
		pages.all('/*', (request, reply) => {
			const raw = request.raw as PageRequest;
			raw.headers['x-parvis-protocol'] = protocol;
			raw.headers['x-parvis-host'] = request.host;
			raw.headers['x-parvis-address'] = request.ip;
			raw.parvis = { rooms, platform, actor: request.actor, locale: request.locale, address: request.ip };
			// The page's own policy, with its hashes, stands in for the API's.
			for (const [name, value] of Object.entries(reply.getHeaders()))
				if (value !== undefined && name !== 'content-security-policy') reply.raw.setHeader(name, value);
			reply.hijack();
			handler(raw, reply.raw, () => {
				reply.raw.statusCode = 404;
				reply.raw.end();
			});
		});
	});
}
