import type { Configuration } from '@parvis/platform';

/**
 * Pages run no inline script and no inline style, and ask nothing of other sites but the map's tiles where the
 * town has set a style of its own. Forms may lead to the identity providers that the town uses.
 * @param scriptHashes of the one line by which SvelteKit starts a page that is a program (`csr`), none for others
 */
export function contentSecurityPolicy(
	config: Configuration,
	mapStyleUrl: string | null,
	{ scriptHashes = [] }: { scriptHashes?: readonly string[] } = {},
): string {
	const map = originOf(mapStyleUrl);
	const providers = [config.franceConnect, config.proConnect]
		.map((provider) => originOf(provider?.issuer))
		.join('');
	// Browsers speak to a LiveKit of another address directly, by WebSocket and HTTP; the embedded one is behind our own.
	const livekit = originOf(config.livekit?.clientUrl);
	const room = `${livekit}${livekit.replace(/ ws/, ' http')}`;
	const directives = [
		"default-src 'none'",
		["script-src 'self'", ...scriptHashes].join(' '),
		"worker-src 'self'",
		"manifest-src 'self'",
		"style-src 'self'",
		`img-src 'self' data: blob:${map}`,
		// A player that puts segments together plays a blob of its own.
		"media-src 'self' blob:",
		`font-src 'self'${map}`,
		`connect-src 'self'${map}${room}`,
		`form-action 'self'${providers}`,
		"base-uri 'none'",
		"frame-ancestors 'none'",
	];
	if (config.publicUrl.startsWith('https:')) directives.push('upgrade-insecure-requests');
	return directives.join('; ');
}

function originOf(url: string | null | undefined): string {
	return url && URL.canParse(url) ? ` ${new URL(url).origin}` : '';
}
