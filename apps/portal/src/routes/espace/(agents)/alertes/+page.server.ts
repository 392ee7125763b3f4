import { error } from '@sveltejs/kit';
import { readAlarms } from '#lib/server/alarms.ts';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const statuses = ['open', 'raised', 'acknowledged', 'cleared'] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	if (!locals.rooms.sensing.may.handleAlarms(locals.actor)) error(403, 'platform.not_allowed');
	const status = statuses.find((name) => name === query(url, 'etat')) ?? 'open';
	return { status, list: await readAlarms(locals, { status, page: pageNumber(url), pageSize: 30 }) };
};

export const actions: Actions = {
	async traiter(event) {
		const { typed } = await readForm(event.request);
		const { alarms } = event.locals.rooms.sensing;
		const settle = typed.geste === 'clore' ? alarms.clear : alarms.acknowledge;
		const result = await settle(event.locals.actor, typed.id ?? '', typed.note);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, typed.geste === 'clore' ? 'done.alarmCleared' : 'done.alarmAcknowledged');
	},
};
