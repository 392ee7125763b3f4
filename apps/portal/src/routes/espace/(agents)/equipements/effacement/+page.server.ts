import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { wiping } = locals.rooms.equipment;
	const search = query(url, 'q') ?? '';
	const [waiting, samples, named] = await Promise.all([
		wiping.waiting(locals.actor, { search, page: pageNumber(url) }),
		wiping.samples(locals.actor),
		search ? wiping.find(locals.actor, search) : null,
	]);
	return {
		search,
		named: named?.ok ? named.value : null,
		waiting: expect(waiting),
		toVerify: expect(samples).filter(({ mayVerify }) => mayVerify).length,
		words: wiping.words,
	};
};
