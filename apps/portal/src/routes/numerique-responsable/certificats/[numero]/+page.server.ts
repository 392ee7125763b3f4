import { error } from '@sveltejs/kit';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { wiping } = locals.rooms.equipment;
	const looked = await wiping.certificates.look(params.numero, locals.address);
	if (looked.ok)
		return { asked: params.numero, certificate: looked.value, words: wiping.words, problem: null };
	if (looked.error === 'platform.too_many_requests') error(429, looked.error);
	return {
		asked: params.numero.slice(0, 40),
		certificate: null,
		words: wiping.words,
		problem: locals.platform.messages.t(locals.locale, looked.error, looked.detail),
	};
};
