import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const testMinutes = 5;

export const load: PageServerLoad = async ({ locals, params }) => ({
	lamp: expect(await locals.rooms.operations.lighting.luminaire(locals.actor, params.id)),
	mayTest: locals.rooms.operations.may.work(locals.actor),
});

export const actions: Actions = {
	async default(event) {
		const { locals, params } = event;
		const { typed } = await readForm(event.request);
		const { lighting } = locals.rooms.operations;
		const lamp = expect(await lighting.luminaire(locals.actor, params.id));
		const now = Date.now();
		const result = await lighting.overrides.create(locals.actor, {
			kind: 'test',
			label: lamp.externalId,
			level: optionalNumber(typed.niveau) ?? Number.NaN,
			startsAt: new Date(now),
			endsAt: new Date(now + testMinutes * 60_000),
			luminaireIds: [lamp.id],
		});
		if (!result.ok) return refused(locals, result, typed);
		done(event, `/espace/eclairage/lampes/${lamp.id}`, 'light.testSent', { minutes: testMinutes });
	},
};
