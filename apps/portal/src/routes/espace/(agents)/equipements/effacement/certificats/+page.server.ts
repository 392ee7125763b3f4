import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { wiping, may } = locals.rooms.equipment;
	const search = query(url, 'q') ?? '';
	const [list, lots] = await Promise.all([
		wiping.certificates.list(locals.actor, {
			search,
			page: pageNumber(url),
			...(query(url, 'etat') === 'revoques' && { revoked: true }),
		}),
		wiping.certificates.lotsReady(locals.actor),
	]);
	return { search, list: expect(list), lots: expect(lots), mayManage: may.manage(locals.actor) };
};

const here = '/espace/equipements/effacement/certificats';

export const actions: Actions = {
	async lot(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.wiping.certificates.issueLot(
			event.locals.actor,
			typed.lot ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'lot');
		done(event, here, 'done.wipeCertified', { number: result.value.number });
	},
	async revoquer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.wiping.certificates.revoke(
			event.locals.actor,
			typed.numero ?? '',
			{ why: typed.motif ?? '', note: typed.note ?? '' },
		);
		if (!result.ok) return refused(event.locals, result, typed, typed.numero);
		done(event, here, 'done.wipeRevoked', { number: typed.numero ?? '' });
	},
};
