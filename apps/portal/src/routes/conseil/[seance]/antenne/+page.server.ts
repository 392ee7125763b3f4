import { found } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, setHeaders }) => {
	const { meetings } = locals.rooms.council;
	// What goes out to everybody is what everybody may read, whoever opens the page.
	const nobody = {
		kind: 'anonymous',
		id: null,
		displayName: '',
		roles: [],
		scopes: [],
		secondFactor: false,
	} as const;
	const meeting = found(await meetings.get(nobody, params.seance));
	setHeaders({ 'x-robots-tag': 'noindex' });
	return {
		meeting: { id: meeting.id, title: meeting.title, body: meeting.body },
		seats: meeting.seats.map(({ id, name, party }) => ({ id, name, party })),
		items: meeting.items.map(({ id, position, title }) => ({ id, position, title })),
	};
};
