import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

/** Scopes a key may carry, as the rooms' policies ask for them. */
const scopes = ['observations:read', 'observations:write', 'devices:read', 'devices:write', 'places:write'];

export const load: PageServerLoad = async ({ locals }) => ({
	keys: expect(await locals.rooms.identity.apiKeys.list(locals.actor)),
	scopes,
	// Date inputs are in local days; a year ahead is a habit that gets keys renewed.
	inAYear: new Date(Date.now() + 365 * 86_400_000).toISOString().slice(0, 10),
	now: new Date(),
});

export const actions: Actions = {
	async creer({ locals, request }) {
		const { data, typed } = await readForm(request);
		const result = await locals.rooms.identity.apiKeys.create(locals.actor, {
			name: typed.name ?? '',
			scopes: data.getAll('scopes').filter((scope) => typeof scope === 'string'),
			expiresAt: new Date(`${typed.until ?? ''}T22:59:00Z`),
		});
		if (!result.ok) return refused(locals, result, typed);
		return { key: result.value.key };
	},
	async revoquer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.identity.apiKeys.revoke(event.locals.actor, typed.id ?? '');
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.keyRevoked');
	},
};
