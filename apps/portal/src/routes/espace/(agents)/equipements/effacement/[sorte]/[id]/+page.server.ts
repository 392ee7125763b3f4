import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import { parisLocal } from '#lib/server/paris-time.ts';
import { subjectOf, wipeOf } from '#lib/server/wipe-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { wiping } = locals.rooms.equipment;
	const subject = found(subjectOf(params.sorte, params.id));
	const view = expect(await wiping.subject(locals.actor, subject));
	const now = new Date();
	return {
		view,
		usual: wiping.rules.usual(view.item.category),
		media: wiping.rules.media,
		techniques: wiping.rules.techniques,
		words: wiping.words,
		from: parisLocal(new Date(now.getTime() - 10 * 60_000)),
		to: parisLocal(now),
	};
};

export const actions: Actions = {
	async effacer(event) {
		const { typed, data } = await readForm(event.request);
		const { locals, params } = event;
		const subject = found(subjectOf(params.sorte ?? '', params.id ?? ''));
		const result = await locals.rooms.equipment.wiping.record(
			locals.actor,
			subject,
			await wipeOf(typed, data),
		);
		if (!result.ok) return refused(locals, result, typed);
		const { standing, certificate } = result.value;
		done(event, event.url.pathname, certificate ? 'done.wipeCertified' : `done.wipe.${standing}`, {
			...(certificate && { number: certificate }),
		});
	},
};
