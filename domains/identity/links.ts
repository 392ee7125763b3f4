/** Addresses of the portal's pages that letters, OpenID providers and the start command point at. */
export const pages = {
	magicLink: '/connexion/lien',
	verification: '/connexion/verification',
	passwordReset: '/connexion/nouveau-mot-de-passe',
	invitation: '/connexion/invitation',
	/** Where a provider sends people back: `/connexion/franceconnect/retour`. */
	oidcReturn: (provider: string) => `/connexion/${provider}/retour`,
	/** Where a provider sends people after its logout. */
	signedOut: '/deconnexion',
	sessions: '/compte',
} as const;

/** A page's address with its one-time token in `jeton`. The page asks for a click: mail scanners open links too. */
export function linkWithToken(publicUrl: string, page: string, token: string): string {
	const url = new URL(page, publicUrl);
	url.searchParams.set('jeton', token);
	return url.href;
}
