import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, setHeaders }) => {
	const { meeting } = await parent();
	const { video } = locals.rooms.council;
	const [status, feeds] = await Promise.all([
		video.status(locals.actor, meeting.id),
		video.feeds.list(locals.actor, meeting.id),
	]);
	// A new link's secret is on the page that made it.
	setHeaders({ 'cache-control': 'no-store' });
	return {
		status: status.ok ? status.value : ({ livekit: 'none', participants: [] } as const),
		feeds: feeds.ok ? feeds.value : [],
	};
};

export const actions: Actions = {
	async creer({ locals, params, request }) {
		const { typed } = await readForm(request);
		const result = await locals.rooms.council.video.feeds.create(locals.actor, params.id, {
			kind: typed.place,
			name: typed.nom,
		});
		if (!result.ok) return refused(locals, result, typed, 'lien');
		return {
			made: { name: typed.nom ?? '', link: `${locals.platform.config.publicUrl}${result.value.path}` },
		};
	},
	async parole(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.video.feeds.letSpeak(
			event.locals.actor,
			typed.lien ?? '',
			typed.parler === 'oui',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'liens');
		done(event, event.url.pathname, 'done.noted');
	},
	async retirer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.video.feeds.revoke(event.locals.actor, typed.lien ?? '');
		if (!result.ok) return refused(event.locals, result, typed, 'liens');
		done(event, event.url.pathname, 'done.linkRevoked');
	},
};
