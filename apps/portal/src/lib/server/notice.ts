import type { Cookies } from '@sveltejs/kit';
import { redirect } from '@sveltejs/kit';
import type { Parameters } from '#lib/messages.ts';

export interface Notice {
	/** Message key of the portal. */
	key: string;
	parameters: Parameters;
}

const cookie = 'notice';

/** Tell on the next page that it was done, and go there: a reload then repeats nothing. */
export function done(
	event: { cookies: Cookies; url: URL },
	to: string,
	key: string,
	parameters: Parameters = {},
): never {
	event.cookies.set(cookie, JSON.stringify({ key, parameters }), {
		path: '/',
		maxAge: 60,
		httpOnly: true,
		sameSite: 'lax',
		secure: event.url.protocol === 'https:',
	});
	redirect(303, to);
}

/** The notice left by the previous page; it is shown once. */
export function takeNotice({ cookies }: { cookies: Cookies }): Notice | null {
	const text = cookies.get(cookie);
	if (!text) return null;
	cookies.delete(cookie, { path: '/' });
	try {
		const { key, parameters } = JSON.parse(text) as Notice;
		return typeof key === 'string' ? { key, parameters: parameters ?? {} } : null;
	} catch {
		return null;
	}
}
