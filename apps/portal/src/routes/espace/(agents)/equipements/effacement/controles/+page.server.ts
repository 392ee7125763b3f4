import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { wiping } = locals.rooms.equipment;
	const [samples, settings] = await Promise.all([
		wiping.samples(locals.actor),
		wiping.settings(locals.actor),
	]);
	return {
		samples: expect(samples),
		samplePercent: expect(settings).samplePercent,
		words: wiping.words,
		mayManage: locals.rooms.equipment.may.manage(locals.actor),
	};
};

const here = '/espace/equipements/effacement/controles';

export const actions: Actions = {
	async controler(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.wiping.verify(event.locals.actor, typed.id ?? '', {
			passed: typed.verdict === 'bon' ? true : typed.verdict === 'mauvais' ? false : undefined,
			means: typed.moyen ?? '',
			note: typed.note ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, typed.id);
		const { issued, reopened, revoked, gone } = result.value;
		if (typed.verdict === 'bon') done(event, here, 'done.wipeVerified', { count: issued.length });
		done(event, here, gone ? 'done.wipeRefutedGone' : 'done.wipeRefuted', {
			reopened,
			revoked: revoked.length,
			gone,
		});
	},
	async reglages(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.equipment.wiping.saveSettings(event.locals.actor, {
			samplePercent: Number(typed.part || Number.NaN),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'reglages');
		done(event, here, 'done.saved');
	},
};
