import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import { visitOf, welcome } from '#lib/server/visit.ts';
import type { PageServerLoad } from './$types';

/** Where an identity provider sends people back. */
export const load: PageServerLoad = async (event) => {
	const { oidc } = event.locals.rooms.identity;
	const provider = found(oidc.providers().find((name) => name === event.params.fournisseur));
	const address = new URL(event.url.pathname + event.url.search, event.locals.platform.config.publicUrl);
	const result = await oidc.finish(visitOf(event), provider, address);
	if (!result.ok)
		return { problem: event.locals.platform.messages.t(event.locals.locale, result.error, result.detail) };
	if (result.value.cookies.length === 0) done(event, result.value.returnTo, 'done.linked');
	welcome(event.cookies, result.value, result.value.returnTo);
};
