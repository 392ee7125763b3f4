import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { call } = await parent();
	return { proposals: await locals.rooms.participation.merges.list(locals.actor, { callId: call.id }) };
};

/** Ids of ideas by their numbers; what is no number of an idea stays as it is, and the room refuses it. */
async function idsOf(event: RequestEvent, text: string): Promise<string[]> {
	const numbers = text
		.split(/[^\d]+/)
		.filter(Boolean)
		.slice(0, 30);
	const ideas = await Promise.all(
		numbers.map((number) =>
			event.locals.rooms.participation.ideas.get(event.locals.actor, event.params.id, number),
		),
	);
	return ideas.map((idea, i) => idea?.id ?? numbers[i] ?? '');
}

const parts = [1, 2, 3, 4] as const;

export const actions: Actions = {
	async reunir(event) {
		const { typed } = await readForm(event.request);
		const [target = ''] = await idsOf(event, typed.cible ?? '');
		const result = await event.locals.rooms.participation.merges.propose(event.locals.actor, {
			targetId: target,
			ideaIds: await idsOf(event, typed.idees ?? ''),
			reason: typed.raison ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'reunir');
		done(event, event.url.pathname, 'done.mergeProposed');
	},
	async partager(event) {
		const { typed } = await readForm(event.request);
		const [ideaId = ''] = await idsOf(event, typed.idee ?? '');
		const result = await event.locals.rooms.participation.merges.proposeSplit(event.locals.actor, {
			ideaId,
			parts: parts.flatMap((n) => {
				const title = optional(typed[`titre${n}`]);
				return title ? [{ title, body: typed[`texte${n}`] ?? '' }] : [];
			}),
			reason: typed.raison ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'partager');
		done(event, event.url.pathname, 'done.mergeProposed');
	},
	async abandonner(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.merges.withdraw(
			event.locals.actor,
			typed.fusion ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'abandonner');
		done(event, event.url.pathname, 'done.mergeWithdrawn');
	},
};
