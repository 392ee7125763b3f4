import type { Cookie, SignedIn, Visit } from '@parvis/identity';
import type { Cookies, RequestEvent } from '@sveltejs/kit';
import { redirect } from '@sveltejs/kit';
import { safePath } from '#lib/server/paths.ts';

/** The browser's request as the room of identity reads it. */
export function visitOf({ request, locals }: Pick<RequestEvent, 'request' | 'locals'>): Visit {
	return { headers: request.headers, address: locals.address, locale: locals.locale };
}

export function setCookies(cookies: Cookies, given: readonly Cookie[]): void {
	for (const { name, value, options } of given) cookies.set(name, value, options);
}

/** Someone has signed in: on to the second step, to its set-up, or to where they wanted to go. */
export function welcome(
	cookies: Cookies,
	{ cookies: given, next }: Pick<SignedIn, 'cookies' | 'next'>,
	returnTo: string,
): never {
	setCookies(cookies, given);
	redirect(303, nextPage(next, returnTo));
}

export function nextPage(next: SignedIn['next'], returnTo: string): string {
	const back = `retour=${encodeURIComponent(safePath(returnTo, '/compte'))}`;
	if (next === 'second_factor') return `/connexion/second-facteur?${back}`;
	if (next === 'second_factor_setup') return `/compte/second-facteur?${back}`;
	return safePath(returnTo, '/compte');
}
