import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { identity } = locals.rooms;
	const { actor } = locals;
	const label = (role: string) => locals.platform.messages.t(locals.locale, identity.roles.labelKey(role));
	const own = actor.id ? await identity.roles.list(actor, actor.id) : null;
	const people = identity.may.managePeople(actor) ? await identity.people.list(actor, { limit: 200 }) : null;
	return {
		delegations: expect(await identity.delegations.list(actor)).map((delegation) => ({
			...delegation,
			label: label(delegation.role),
			mayRevoke: identity.may.delegate(actor, delegation.fromPersonId),
		})),
		roles: (own?.ok ? own.value : []).map(({ role }) => ({ value: role, label: label(role) })),
		allRoles: people ? identity.roles.declared().map((role) => ({ value: role, label: label(role) })) : null,
		people: people?.ok ? people.value.people.map(({ id, name }) => ({ value: id, label: name })) : null,
		self: { value: actor.id ?? '', label: actor.displayName },
	};
};

export const actions: Actions = {
	async preter(event) {
		const { typed } = await readForm(event.request);
		// Until the end of the chosen day, on the town's clock; the hour of a clock change matters to nobody here.
		const endsAt = new Date(`${typed.until ?? ''}T22:59:00Z`);
		const result = await event.locals.rooms.identity.delegations.grant(event.locals.actor, {
			fromPersonId: typed.from ?? event.locals.actor.id ?? '',
			toPersonId: typed.to ?? '',
			role: typed.role ?? '',
			endsAt,
			reason: typed.reason ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.delegated');
	},
	async reprendre(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.delegations.revoke(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.delegationRevoked');
	},
};
