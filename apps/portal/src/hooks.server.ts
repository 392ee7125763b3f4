import type { Handle, HandleServerError } from '@sveltejs/kit/hooks';
import { compress, minimumBytes } from '#lib/server/compression.ts';
import { contentSecurityPolicy } from '#lib/server/security.ts';

/** Take over what the server knows of the request, then answer with the page's own security policy. */
export const handle: Handle = async ({ event, resolve }) => {
	const context = event.platform?.req.parvis;
	if (!context) throw new Error('the portal is served by apps/server, which hands over the rooms');
	Object.assign(event.locals, context);

	const asked = event.url.searchParams.get('lang');
	if (asked === 'fr' || asked === 'en')
		event.cookies.set('lang', asked, {
			path: '/',
			maxAge: 365 * 86_400,
			httpOnly: true,
			sameSite: 'lax',
			secure: event.url.protocol === 'https:',
		});

	const response = await resolve(event, {
		transformPageChunk: ({ html }) =>
			event.locals.locale === 'fr' ? html : html.replace('<html lang="fr">', '<html lang="en">'),
	});
	const type = response.headers.get('content-type') ?? '';
	if (!type.startsWith('text/html')) return response;
	const settings = await event.locals.rooms.town.settings.get().catch(() => null);
	const { config } = event.locals.platform;
	response.headers.set(
		'content-security-policy',
		contentSecurityPolicy(config, settings?.mapStyleUrl || config.mapStyleUrl, {
			scriptHashes: response.headers.get('content-security-policy')?.match(/'sha256-[^']+'/g) ?? [],
		}),
	);
	// A page shows who is signed in: it is nobody else's.
	if (!response.headers.has('cache-control')) response.headers.set('cache-control', 'private, no-cache');
	response.headers.append('vary', 'cookie, accept-language');
	const html = new Uint8Array(await response.arrayBuffer());
	return html.byteLength < minimumBytes
		? new Response(html, response)
		: compress(html, response, event.request.headers.get('accept-encoding') ?? '');
};

export const handleError: HandleServerError = ({ kind, error, event }) => {
	// Refusals and unknown addresses have their own pages and are no news; the rest nobody expected.
	if (kind !== 'unknown') return;
	event.locals.platform?.log.error({ err: error, route: event.route.id }, 'page failed');
	return { message: 'unexpected' };
};
