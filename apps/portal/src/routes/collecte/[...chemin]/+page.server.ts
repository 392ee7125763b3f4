import { error, redirect } from '@sveltejs/kit';
import { deskViewOf } from '#lib/field/views.ts';
import type { PageServerLoad } from './$types';

/** The door only: the page holds nothing of anybody, so that a phone may keep it for whoever signs in. */
export const load: PageServerLoad = async ({ locals, url }) => {
	const { actor } = locals;
	const { equipment, identity } = locals.rooms;
	if (!deskViewOf(url.pathname)) error(404, 'not_found');
	const back = `retour=${encodeURIComponent(url.pathname)}`;
	if (actor.kind !== 'person') redirect(303, `/connexion?${back}`);
	if (identity.needsSecondFactor(actor)) redirect(303, `/connexion/second-facteur?${back}`);
	if (!equipment.may.collect(actor)) error(403, 'platform.not_allowed');
};
