import type { Idea } from '@parvis/participation';
import { error, redirect } from '@sveltejs/kit';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found, pageNumber } from '#lib/server/pages.ts';
import { callOf, signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

const commentsAPage = 30;
const reportReasons = ['offensive', 'personal_data', 'spam', 'off_topic', 'illegal', 'other'] as const;

export const load: PageServerLoad = async ({ locals, params, url, parent }) => {
	const { call } = await parent();
	const { ideas, comments, merges, may } = locals.rooms.participation;
	const idea = found(await ideas.get(locals.actor, call.id, params.numero));
	if (idea.status === 'draft') redirect(303, `/participer/${call.slug}/idees/nouvelle?brouillon=${idea.id}`);
	if (idea.number !== null && String(idea.number) !== params.numero) redirect(303, idea.url);
	const at =
		idea.longitude !== null && idea.latitude !== null ? ([idea.longitude, idea.latitude] as const) : null;
	const page = pageNumber(url);
	const [thread, proposals, around] = await Promise.all([
		comments.list(locals.actor, idea.id, { page, pageSize: commentsAPage }),
		merges.list(locals.actor, { ideaId: idea.id }),
		at ? locals.rooms.town.map.around(at, 280) : [],
	]);
	return {
		idea,
		thread: { ...thread, page, pageSize: commentsAPage },
		proposals,
		map: at && { at, around },
		reasons: reportReasons,
		moderates: may.moderate(locals.actor),
		reviews: may.review(locals.actor),
	};
};

/** The idea that the page is about, for somebody who is signed in. */
async function ideaOf(event: RequestEvent): Promise<Idea> {
	signInFirst(event);
	const call = await callOf(event.locals, event.params.appel);
	return found(
		await event.locals.rooms.participation.ideas.get(event.locals.actor, call.id, event.params.numero),
	);
}

/** An idea or one of the comments, as the buttons name them. */
function subjectOf(typed: Record<string, string>, idea: Idea): { kind: 'idea' | 'comment'; id: string } {
	return typed.commentaire ? { kind: 'comment', id: typed.commentaire } : { kind: 'idea', id: idea.id };
}

export const actions: Actions = {
	async soutenir(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const wanted = typed.voulu === 'oui';
		const result = await event.locals.rooms.participation.ideas.support(event.locals.actor, idea.id, wanted);
		if (!result.ok) return refused(event.locals, result, typed, 'idee');
		done(event, idea.url, wanted ? 'done.supported' : 'done.unsupported');
	},
	async suivre(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const wanted = typed.voulu === 'oui';
		const result = await event.locals.rooms.participation.follows.set(
			event.locals.actor,
			{ kind: 'idea', id: idea.id },
			wanted,
		);
		if (!result.ok) return refused(event.locals, result, typed, 'idee');
		done(event, idea.url, wanted ? 'done.followed' : 'done.unfollowed');
	},
	async commenter(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.comments.write(event.locals.actor, idea.id, {
			body: typed.body ?? '',
			parentId: optional(typed.reponseA),
		});
		if (!result.ok) return refused(event.locals, result, typed, `commenter${typed.reponseA ?? ''}`);
		const waits = result.value.status === 'waiting';
		done(event, `${idea.url}#commentaires`, waits ? 'done.commentWaits' : 'done.commented');
	},
	async retirerCommentaire(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.comments.withdraw(
			event.locals.actor,
			typed.commentaire ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'commentaires');
		done(event, `${idea.url}#commentaires`, 'done.commentWithdrawn');
	},
	async signaler(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.ideas.report(
			event.locals.actor,
			subjectOf(typed, idea),
			{ reason: typed.reason ?? '', note: typed.note ?? '' },
		);
		if (!result.ok) return refused(event.locals, result, typed, `signaler${typed.commentaire ?? ''}`);
		done(event, idea.url, 'done.reported');
	},
	/** The author answers the moderators. */
	async contester(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.moderation.appeal(
			event.locals.actor,
			subjectOf(typed, idea),
			typed.text ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'contester');
		done(event, idea.url, 'done.appealed');
	},
	/** The author answers the services. */
	async contesterAvis(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.reviews.appeal(
			event.locals.actor,
			idea.id,
			typed.text ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'contesterAvis');
		done(event, idea.url, 'done.appealed');
	},
	async retirer(event) {
		const idea = await ideaOf(event);
		const result = await event.locals.rooms.participation.ideas.withdraw(event.locals.actor, idea.id);
		if (!result.ok) return refused(event.locals, result, {}, 'retirer');
		done(event, `/participer/${idea.callSlug}/idees`, 'done.ideaWithdrawn');
	},
	/** An author proposes that another idea and this one become one. */
	async proposerFusion(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const { ideas, merges } = event.locals.rooms.participation;
		const number = (typed.autre ?? '').replace(/\D/g, '');
		const other = number ? await ideas.get(event.locals.actor, idea.callId, number) : null;
		if (!other)
			return refused(
				event.locals,
				{ ok: false, error: 'platform.not_found', detail: { field: 'autre' } },
				typed,
				'fusion',
			);
		const [target, joins] = typed.sens === 'ici' ? [idea, other] : [other, idea];
		const result = await merges.propose(event.locals.actor, {
			targetId: target.id,
			ideaIds: [joins.id],
			reason: typed.reason ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'fusion');
		done(event, `${idea.url}#fusions`, 'done.mergeProposed');
	},
	async repondreFusion(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		if (typed.reponse !== 'oui' && typed.reponse !== 'non') error(400, 'platform.invalid_input');
		const result = await event.locals.rooms.participation.merges.answer(
			event.locals.actor,
			typed.fusion ?? '',
			typed.reponse === 'oui',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'fusions');
		done(event, `${idea.url}#fusions`, `done.merge.${result.value.status}`);
	},
	async retirerFusion(event) {
		const idea = await ideaOf(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.merges.withdraw(
			event.locals.actor,
			typed.fusion ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'fusions');
		done(event, `${idea.url}#fusions`, 'done.mergeWithdrawn');
	},
};
