import { error } from '@sveltejs/kit';
import { refused } from '#lib/server/forms.ts';
import { query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const pageSize = 50;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { identity } = locals.rooms;
	if (!identity.may.readAudit(locals.actor)) error(403, 'platform.not_allowed');
	const before = Number(query(url, 'avant'));
	const action = query(url, 'action');
	const entries = await locals.platform.audit.list({
		limit: pageSize,
		...(Number.isInteger(before) && before > 0 && { before }),
		...(action && { action }),
	});
	const names = await identity.people.names(
		entries.flatMap(({ actorId, actorKind }) => (actorKind === 'person' && actorId ? [actorId] : [])),
	);
	return {
		entries: entries.map((entry) => ({
			...entry,
			actorName: (entry.actorId && names.get(entry.actorId)) ?? null,
			detailText: entry.detail && Object.keys(entry.detail).length ? JSON.stringify(entry.detail) : '',
		})),
		next: entries.length === pageSize ? (entries.at(-1)?.sequence ?? null) : null,
		action: action ?? '',
	};
};

export const actions: Actions = {
	async verifier({ locals }) {
		if (!locals.rooms.identity.may.readAudit(locals.actor))
			return refused(locals, { ok: false, error: 'platform.not_allowed' });
		return { verification: await locals.platform.audit.verify() };
	},
};
