import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import { parisDay } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, url }) => {
	const { meeting } = await parent();
	const { minutes, meetings } = locals.rooms.council;
	const asked = Number(query(url, 'version'));
	const [kept, list, former] = await Promise.all([
		minutes.get(locals.actor, meeting.id),
		meetings.list(locals.actor, { bodyId: meeting.bodyId, pageSize: 50 }),
		Number.isInteger(asked) && asked > 0 ? minutes.version(locals.actor, meeting.id, asked) : null,
	]);
	return {
		minutes: kept,
		text: kept?.text ?? expect(await minutes.draft(locals.actor, meeting.id)).text,
		later: list.items.filter(
			({ startsAt, status }) => startsAt > meeting.startsAt && (status === 'open' || status === 'closed'),
		),
		former: former && { ...former, version: asked },
		today: parisDay(new Date()),
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const { minutes } = event.locals.rooms.council;
		const result = await minutes.save(event.locals.actor, event.params.id, {
			text: typed.texte ?? '',
			base: Number(typed.base),
		});
		if (result.ok) done(event, event.url.pathname, 'done.saved');
		// Who comes second sees both texts, and saves theirs over the one they have seen, or not.
		const kept =
			result.error === 'council.minutes_changed'
				? { other: (await minutes.get(event.locals.actor, event.params.id))?.text ?? '' }
				: {};
		const refusal = refused(event.locals, result, { ...typed, ...kept }, 'enregistrer');
		return refusal;
	},
	async arreter(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.minutes.adopt(event.locals.actor, event.params.id, {
			adoptedInId: optional(typed.seance),
			adoptedOn: optional(typed.jour),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'arreter');
		done(event, event.url.pathname, 'done.saved');
	},
	async rouvrir(event) {
		const result = await event.locals.rooms.council.minutes.reopen(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'arreter');
		done(event, event.url.pathname, 'done.saved');
	},
	async signer(event) {
		const { data, typed } = await readForm(event.request);
		const scan = data.get('scan');
		const result = await event.locals.rooms.council.minutes.sign(event.locals.actor, event.params.id, {
			capacity: typed.qualite,
			signedOn: optional(typed.jour) ?? undefined,
			...(scan instanceof File && scan.size && { scan: new Uint8Array(await scan.arrayBuffer()) }),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'signer');
		done(event, event.url.pathname, 'done.saved');
	},
	async publier(event) {
		const result = await event.locals.rooms.council.minutes.publish(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'publier');
		done(event, event.url.pathname, 'done.minutesPublished');
	},
};
