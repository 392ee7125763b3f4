import { error } from '@sveltejs/kit';
import { groupsOf } from '#lib/seat-groups.ts';
import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { parisDay } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { bodies, may } = locals.rooms.council;
	if (!may.prepare(locals.actor)) error(403, 'platform.not_allowed');
	const all = await bodies.list(locals.actor);
	const former = await Promise.all(all.map(({ id }) => bodies.former(locals.actor, id)));
	return {
		bodies: all.map((body, n) => ({ ...body, former: former[n] ?? [], groups: groupsOf(body.seats) })),
		today: parisDay(new Date()),
	};
};

export const actions: Actions = {
	async creer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.bodies.create(event.locals.actor, {
			name: typed.nom ?? '',
			kind: typed.sorte,
			inhabitants: optionalNumber(typed.habitants),
			remoteCounts: Boolean(typed.distance),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'creer');
		done(event, event.url.pathname, 'done.saved');
	},
	async sieger(event) {
		const { typed } = await readForm(event.request);
		const email = optional(typed.courriel);
		const { identity } = event.locals.rooms;
		const result = await event.locals.rooms.council.bodies.seat(event.locals.actor, typed.assemblee ?? '', {
			name: typed.nom ?? '',
			party: typed.groupe ?? '',
			role: typed.role,
			email,
			personId: email ? await identity.people.byAddress(email) : null,
			startsOn: typed.debut ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, `sieger-${typed.assemblee}`);
		done(event, event.url.pathname, 'done.saved');
	},
	async identite(event) {
		const { typed } = await readForm(event.request);
		const id = typed.assemblee ?? '';
		const result = await event.locals.rooms.council.bodies.change(event.locals.actor, id, {
			name: typed.nom ?? '',
			inhabitants: optionalNumber(typed.habitants),
			remoteCounts: Boolean(typed.distance),
			collectivity: typed.collectivite ?? '',
			siret: (typed.siret ?? '').replaceAll(/\s/g, ''),
			prefecture: (typed.prefecture ?? '').trim().toUpperCase(),
			classificationOn: optional(typed.classification),
		});
		if (!result.ok) return refused(event.locals, result, typed, `identite-${id}`);
		done(event, event.url.pathname, 'done.saved');
	},
	async modifier(event) {
		const { typed } = await readForm(event.request);
		const { identity, council } = event.locals.rooms;
		const email = optional(typed.courriel);
		const id = typed.siege ?? '';
		const result = await council.bodies.changeSeat(event.locals.actor, id, {
			name: typed.nom ?? '',
			party: typed.groupe ?? '',
			role: typed.role,
			email,
			personId: email ? await identity.people.byAddress(email) : optional(typed.compte),
			from: typed.depuis ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, `siege-${id}`);
		done(event, event.url.pathname, 'done.saved');
	},
	async parole(event) {
		const { typed } = await readForm(event.request);
		const seconds = (text: string | undefined) => {
			const minutes = optionalNumber(text);
			return minutes === null ? null : Math.round(minutes * 60);
		};
		const result = await event.locals.rooms.council.bodies.setFloor(
			event.locals.actor,
			typed.assemblee ?? '',
			{
				rule: typed.regle,
				speechSeconds: seconds(typed.intervention),
				groupSeconds: seconds(typed.parGroupe),
				cutsAtLimit: Boolean(typed.coupe),
			},
		);
		if (!result.ok) return refused(event.locals, result, typed, `parole-${typed.assemblee}`);
		done(event, event.url.pathname, 'done.saved');
	},
	async quitter(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.council.bodies.leave(
			event.locals.actor,
			typed.siege ?? '',
			typed.fin ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'quitter');
		done(event, event.url.pathname, 'done.saved');
	},
};
