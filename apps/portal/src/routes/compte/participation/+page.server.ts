import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { signInFirst } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

const frequencies = ['daily', 'weekly', 'never'] as const;
const communityKinds = ['association', 'school', 'council', 'company', 'other'] as const;

export const load: PageServerLoad = async ({ locals }) => {
	const { ideas, communities, follows, merges } = locals.rooms.participation;
	const [mine, groups, frequency, awaited] = await Promise.all([
		ideas.mine(locals.actor),
		communities.mine(locals.actor),
		follows.preference(locals.actor),
		merges.list(locals.actor, { awaiting: true }),
	]);
	return { ideas: mine, communities: groups, frequency, awaited, frequencies, communityKinds };
};

export const actions: Actions = {
	async frequence(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const wanted = frequencies.find((one) => one === typed.frequence);
		const result = wanted
			? await event.locals.rooms.participation.follows.setPreference(event.locals.actor, wanted)
			: ({ ok: false, error: 'platform.invalid_input' } as const);
		if (!result.ok) return refused(event.locals, result, typed, 'frequence');
		done(event, event.url.pathname, 'done.saved');
	},
	async communaute(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.communities.create(event.locals.actor, {
			name: typed.name ?? '',
			kind: typed.kind ?? '',
			description: typed.description ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, 'communaute');
		done(event, event.url.pathname, 'done.communityCreated');
	},
	async inviter(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.communities.invite(
			event.locals.actor,
			typed.communaute ?? '',
			typed.email ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, `inviter${typed.communaute ?? ''}`);
		done(event, event.url.pathname, 'done.communityInvited');
	},
	async repondreFusion(event) {
		signInFirst(event);
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.merges.answer(
			event.locals.actor,
			typed.fusion ?? '',
			typed.reponse === 'oui',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'fusions');
		done(event, event.url.pathname, `done.merge.${result.value.status}`);
	},
};
