import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { identity } = locals.rooms;
	const [person, grants] = await Promise.all([
		identity.people.get(locals.actor, params.id),
		identity.roles.list(locals.actor, params.id),
	]);
	const label = (role: string) => locals.platform.messages.t(locals.locale, identity.roles.labelKey(role));
	const held = expect(grants);
	const names = await identity.people.names(held.flatMap(({ grantedBy }) => grantedBy ?? []));
	const own = new Set(held.map(({ role }) => role));
	const value = expect(person);
	return {
		who: value,
		grants: held.map((grant) => ({
			...grant,
			label: label(grant.role),
			by: grant.grantedBy ? (names.get(grant.grantedBy) ?? null) : null,
		})),
		lent: value.roles.filter((role) => !own.has(role)).map(label),
		grantable: identity.roles
			.declared()
			.filter((role) => !own.has(role))
			.map((role) => ({ value: role, label: label(role) })),
		oneself: locals.actor.id === params.id,
	};
};

export const actions: Actions = {
	async donner(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.roles.grant(
			event.locals.actor,
			event.params.id,
			typed.role ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.roleGranted');
	},
	async reprendre(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.roles.revoke(
			event.locals.actor,
			event.params.id,
			typed.role ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.roleRevoked');
	},
	async suspendre(event) {
		const result = await event.locals.rooms.identity.people.suspend(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.suspended');
	},
	async retablir(event) {
		const result = await event.locals.rooms.identity.people.reinstate(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.reinstated');
	},
};
