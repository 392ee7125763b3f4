import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const statuses = ['waiting', 'replayed', 'discarded'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { deadLetters } = locals.rooms.sensing;
	const { messages } = locals.platform;
	const status = statuses.find((name) => name === query(url, 'etat')) ?? 'waiting';
	const reason = query(url, 'motif');
	const [letters, reasons] = await Promise.all([
		deadLetters.list(locals.actor, {
			status,
			page: pageNumber(url),
			pageSize: 25,
			...(reason && { reason }),
		}),
		deadLetters.reasons(locals.actor),
	]);
	const inWords = (name: string) => messages.t(locals.locale, `sensing.reason.${name}`);
	const list = expect(letters);
	return {
		list: { ...list, items: list.items.map((letter) => ({ ...letter, why: inWords(letter.reason) })) },
		reasons: expect(reasons).map(({ reason: name, count }) => ({ name, count, label: inWords(name) })),
		chosen: { status, reason: reason ?? '' },
	};
};

const which = (typed: Record<string, string>) => ({
	...(typed.id && { id: typed.id }),
	...(typed.motif && { reason: typed.motif }),
});

export const actions: Actions = {
	async rejouer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.deadLetters.replay(event.locals.actor, which(typed));
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.replayed', {
			replayed: result.value.replayed,
			failed: result.value.failed,
		});
	},
	async ecarter(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.deadLetters.discard(event.locals.actor, which(typed));
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.discarded', { count: result.value.discarded });
	},
};
