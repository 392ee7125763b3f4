import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 30;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { identity } = locals.rooms;
	const page = pageNumber(url);
	const text = query(url, 'texte');
	const agents = query(url, 'agents') === 'on';
	const { people, total } = expect(
		await identity.people.list(locals.actor, {
			limit: pageSize,
			offset: (page - 1) * pageSize,
			agents,
			...(text && { search: text }),
		}),
	);
	const label = (role: string) => locals.platform.messages.t(locals.locale, identity.roles.labelKey(role));
	return {
		people: people.map((person) => ({ ...person, roles: person.roles.map(label) })),
		total,
		page,
		pageSize,
		chosen: { text: text ?? '', agents },
		roles: identity.roles.declared().map((role) => ({ role, label: label(role) })),
	};
};

export const actions: Actions = {
	async inviter(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.invitations.invite(event.locals.actor, {
			email: typed.email ?? '',
			name: typed.name ?? '',
			roles: data.getAll('roles').filter((role) => typeof role === 'string'),
			locale: event.locals.locale,
		});
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, `/espace/personnes/${result.value.personId}`, 'done.invited');
	},
};
