import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { wiping } = locals.rooms.equipment;
	const search = query(url, 'q') ?? '';
	const [waiting, samples] = await Promise.all([
		wiping.waiting(locals.actor, { search, page: pageNumber(url) }),
		wiping.samples(locals.actor),
	]);
	return {
		search,
		waiting: expect(waiting),
		toVerify: expect(samples).filter(({ mayVerify }) => mayVerify).length,
		words: wiping.words,
	};
};
