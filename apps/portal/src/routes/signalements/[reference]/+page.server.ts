import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

/** By its number, what everybody may see; by the link that only its reporter has, all of it. */
export const load: PageServerLoad = async ({ locals, params, setHeaders, url }) => {
	const { reports } = locals.rooms.operations.interventions;
	const own = await reports.follow(params.reference);
	const report = own ?? found(await reports.get(params.reference));
	// The link is a key: no other site hears it, no search engine keeps it.
	if (own) setHeaders({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex' });
	const at = [report.longitude, report.latitude] as const;
	return {
		report,
		own: own && {
			following: own.following,
			unconfirmed: own.unconfirmed,
			held: own.held,
			steps: own.steps,
			plannedOn: own.plannedOn,
			closingPhotos: own.closingPhotos,
		},
		reference: params.reference,
		confirming: own !== null && url.searchParams.has('confirmer'),
		around: await locals.rooms.town.map.around(at, 200),
	};
};

export const actions: Actions = {
	/** A link is followed by machines too: only the button confirms. */
	async confirmer(event) {
		await readForm(event.request);
		const { reports } = event.locals.rooms.operations.interventions;
		const result = await reports.confirm(event.params.reference);
		if (!result.ok) return refused(event.locals, result);
		done(event, event.url.pathname, 'done.reportConfirmed');
	},
};
