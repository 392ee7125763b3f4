import { readForm, refused } from '#lib/server/forms.ts';
import { itemInput, meetingInput } from '#lib/server/meeting-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parisLocal } from '#lib/server/paris-time.ts';
import { placeChoices } from '#lib/server/place-choice.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { meeting } = await parent();
	const { meetings, annexes, deliberations } = locals.rooms.council;
	const [checks, sent, proxies, documents, places, list] = await Promise.all([
		meetings.checks(locals.actor, meeting.id),
		meetings.convocations(locals.actor, meeting.id),
		meetings.proxies(meeting.id),
		annexes.list(locals.actor, meeting.id),
		placeChoices(locals),
		meetings.list(locals.actor, { pageSize: 20, bodyId: meeting.bodyId }),
	]);
	return {
		checks: expect(checks),
		convocations: expect(sent),
		proxies,
		annexes: documents,
		places,
		matters: deliberations.matters,
		others: list.items.filter(({ id }) => id !== meeting.id),
		fields: {
			titre: meeting.title,
			debut: parisLocal(meeting.startsAt),
			lieu: meeting.place,
			note: meeting.synthesis,
			urgence: meeting.urgent ? 'on' : '',
			seconde: meeting.secondOfId ?? '',
		},
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.meetings.change(
			event.locals.actor,
			event.params.id,
			meetingInput(typed),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'enregistrer');
		done(event, event.url.pathname, 'done.saved');
	},
	async ajouter(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.meetings.addItem(
			event.locals.actor,
			event.params.id,
			await itemInput(event.locals, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'ajouter');
		done(event, event.url.pathname, 'done.saved');
	},
	async changer(event) {
		const { typed } = await readForm(event.request);
		const { meetings } = event.locals.rooms.council;
		const id = typed.point ?? '';
		const result =
			typed.faire === 'monter' || typed.faire === 'descendre'
				? await meetings.moveItem(event.locals.actor, id, typed.faire === 'monter' ? -1 : 1)
				: typed.faire === 'retirer'
					? await meetings.removeItem(event.locals.actor, id)
					: await meetings.changeItem(event.locals.actor, id, await itemInput(event.locals, typed));
		if (!result.ok) return refused(event.locals, result, typed, `point-${id}`);
		done(event, `${event.url.pathname}#point-${id}`, 'done.saved');
	},
	async ordonner(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.meetings.orderItems(
			event.locals.actor,
			event.params.id,
			(typed.ordre ?? '').split(' ').filter(Boolean).slice(0, 1000),
		);
		if (!result.ok) return refused(event.locals, result, {}, 'ordonner');
		done(event, `${event.url.pathname}#ordre`, 'done.saved');
	},
	async relancer(event) {
		const { typed } = await readForm(event.request);
		const { meetings } = event.locals.rooms.council;
		if (typed.faire === 'papier') {
			const noted = await meetings.convenedOnPaper(event.locals.actor, event.params.id, typed.membre ?? '');
			if (!noted.ok) return refused(event.locals, noted, typed, 'relancer');
			done(event, event.url.pathname, 'done.saved');
		}
		const result = await meetings.remind(event.locals.actor, event.params.id, typed.membre);
		if (!result.ok) return refused(event.locals, result, typed, 'relancer');
		done(event, event.url.pathname, 'done.reminded', { count: result.value.letters });
	},
	async convoquer(event) {
		const result = await event.locals.rooms.council.meetings.convene(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'convoquer');
		done(event, event.url.pathname, 'done.convened', { count: result.value.letters });
	},
	async annuler(event) {
		const result = await event.locals.rooms.council.meetings.cancel(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'convoquer');
		done(event, event.url.pathname, 'done.meetingCancelled');
	},
	async pouvoir(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.meetings.giveProxy(event.locals.actor, event.params.id, {
			giverId: typed.de ?? '',
			holderId: typed.a ?? '',
			ill: Boolean(typed.maladie),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'pouvoir');
		done(event, event.url.pathname, 'done.saved');
	},
	async revoquer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.meetings.revokeProxy(
			event.locals.actor,
			typed.pouvoir ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'pouvoir');
		done(event, event.url.pathname, 'done.saved');
	},
};
