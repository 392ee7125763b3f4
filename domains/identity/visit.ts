import type { Locale } from '@parvis/platform';

/** One request of a browser, as the functions that read or set cookies need it. */
export interface Visit {
	headers: Headers;
	/** The visitor's network address, for rate limits; only a keyed hash of it is kept, for minutes. */
	address: string;
	locale: Locale;
}

/** A cookie to set on the answer; the value is not encoded yet. */
export interface Cookie {
	name: string;
	value: string;
	options: {
		path: string;
		httpOnly: boolean;
		secure: boolean;
		sameSite: 'lax';
		/** Seconds; 0 removes the cookie. */
		maxAge?: number;
	};
}

/** The `Set-Cookie` line of a cookie. */
export function serializeCookie({ name, value, options }: Cookie): string {
	return [
		`${name}=${encodeURIComponent(value)}`,
		`Path=${options.path}`,
		...(options.maxAge === undefined ? [] : [`Max-Age=${options.maxAge}`]),
		...(options.httpOnly ? ['HttpOnly'] : []),
		...(options.secure ? ['Secure'] : []),
		'SameSite=Lax',
	].join('; ');
}

/** The cookies of an answer's `Set-Cookie` lines. */
export function cookiesOf(headers: Headers): Cookie[] {
	return headers.getSetCookie().map((line) => {
		const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
		const cut = pair.indexOf('=');
		const given = new Map(
			attributes.map((attribute) => {
				const [name = '', value = ''] = attribute.split('=');
				return [name.toLowerCase(), value] as const;
			}),
		);
		const maxAge = given.get('max-age');
		return {
			name: pair.slice(0, cut),
			value: decodeURIComponent(pair.slice(cut + 1)),
			options: {
				path: given.get('path') ?? '/',
				httpOnly: given.has('httponly'),
				secure: given.has('secure'),
				sameSite: 'lax' as const,
				...(maxAge !== undefined && { maxAge: Number(maxAge) }),
			},
		};
	});
}

/** Value of a cookie of the request, decoded; null when absent or not well formed. */
export function readCookie(headers: Headers, name: string): string | null {
	for (const pair of (headers.get('cookie') ?? '').split(';')) {
		const cut = pair.indexOf('=');
		if (cut < 0 || pair.slice(0, cut).trim() !== name) continue;
		try {
			return decodeURIComponent(pair.slice(cut + 1).trim());
		} catch {
			return null;
		}
	}
	return null;
}

/** The address if it is a path on this site, else the home page: no sign-in link may lead elsewhere. */
export function safeReturnTo(address: string | null | undefined, fallback = '/'): string {
	if (!address || address.length > 500 || !/^\/(?![/\\])/.test(address)) return fallback;
	// What a browser drops while it reads an address could turn `/…` into `//…`.
	for (const character of address) if (character.charCodeAt(0) < 0x20 || character === '\\') return fallback;
	return address;
}
