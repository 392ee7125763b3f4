import { error } from '@sveltejs/kit';
import { decideDocument } from '#lib/server/documents.ts';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import { callOf } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, setHeaders }) => {
	const { counting, ballots, eligibility, may } = locals.rooms.participation;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	// Keys and codes are shown once: going back must not show them again.
	setHeaders({ 'cache-control': 'no-store' });
	const { call } = await parent();
	found(call.ballotRules);
	const [state, hasKey, documents] = await Promise.all([
		counting.state(locals.actor, call.id),
		ballots.hasKey(call.id),
		eligibility.documents(locals.actor, call.id),
	]);
	return {
		state: expect(state),
		hasKey,
		documents: expect(documents),
		voteBegun: call.phases.some((phase) => phase.kind === 'voting' && phase.state !== 'coming'),
	};
};

export const actions: Actions = {
	async cle(event) {
		const result = await event.locals.rooms.participation.ballots.createKey(
			event.locals.actor,
			event.params.id,
		);
		if (!result.ok) return refused(event.locals, result, {}, 'cle');
		return { secretKey: result.value.secretKey };
	},
	async codes(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.eligibility.createLetterCodes(
			event.locals.actor,
			event.params.id,
			Number(typed.nombre),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'codes');
		return { codes: result.value };
	},
	examiner: decideDocument,
	async depouiller(event) {
		const { typed } = await readForm(event.request);
		const call = await callOf(event.locals, event.params.id);
		const result = await event.locals.rooms.participation.counting.count(
			event.locals.actor,
			call.id,
			optional(typed.secret),
		);
		if (!result.ok) return refused(event.locals, result, {}, 'depouiller');
		done(event, `/participer/${call.slug}/resultat`, 'done.counted');
	},
};
