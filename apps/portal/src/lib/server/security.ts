/**
 * Pages run no inline script and no inline style, and ask nothing of other sites but the map's tiles where the
 * town has set a style of its own.
 */
export function contentSecurityPolicy(protocol: string, mapStyleUrl: string | null | undefined): string {
	const map = mapStyleUrl && URL.canParse(mapStyleUrl) ? ` ${new URL(mapStyleUrl).origin}` : '';
	const directives = [
		"default-src 'none'",
		"script-src 'self'",
		"worker-src 'self'",
		"style-src 'self'",
		`img-src 'self' data: blob:${map}`,
		`font-src 'self'${map}`,
		`connect-src 'self'${map}`,
		"manifest-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	];
	if (protocol === 'https:') directives.push('upgrade-insecure-requests');
	return directives.join('; ');
}
