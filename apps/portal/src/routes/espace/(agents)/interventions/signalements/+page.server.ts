import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const all = query(url, 'tous') === 'oui';
	return {
		all,
		list: expect(
			await locals.rooms.operations.interventions.reports.queue(locals.actor, {
				waiting: !all,
				page: pageNumber(url),
			}),
		),
	};
};

/** Back to where the form was: the page of reports, or that of an intervention. */
function back(event: RequestEvent): string {
	const from = event.request.headers.get('referer') ?? '';
	const path = URL.canParse(from) ? new URL(from).pathname : '';
	return path.startsWith('/espace/interventions/') ? path : event.url.pathname;
}

async function decide(
	event: RequestEvent,
	work: (
		reports: App.Locals['rooms']['operations']['interventions']['reports'],
		form: Awaited<ReturnType<typeof readForm>>,
	) => Promise<Parameters<typeof refused>[1] | { ok: true }>,
) {
	const form = await readForm(event.request);
	const result = await work(event.locals.rooms.operations.interventions.reports, form);
	if (!result.ok) return refused(event.locals, result, form.typed);
	done(event, back(event), 'done.saved');
}

export const actions: Actions = {
	moderer: (event) =>
		decide(event, (reports, { data, typed }) =>
			reports.moderate(event.locals.actor, typed.id ?? '', {
				textPublic: typed.textPublic === 'on',
				publicPhotoIds: data.getAll('photos').map(String),
			}),
		),
	accepter: (event) =>
		decide(event, (reports, { typed }) => reports.accept(event.locals.actor, typed.id ?? '')),
	ecarter: (event) =>
		decide(event, (reports, { typed }) => reports.discard(event.locals.actor, typed.id ?? '')),
	regrouper: (event) =>
		decide(event, (reports, { typed }) =>
			reports.merge(event.locals.actor, typed.id ?? '', typed.intervention ?? ''),
		),
};
