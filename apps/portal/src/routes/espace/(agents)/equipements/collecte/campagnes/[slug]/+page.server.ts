import type { CampaignStatus } from '@parvis/equipment';
import { campaignOf } from '#lib/server/campaign-form.ts';
import { optionalNumber, readForm, refused, type Typed } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { equipment, town } = locals.rooms;
	return {
		campaign: expect(await equipment.collection.campaigns.get(locals.actor, params.slug)),
		places: (await town.places.list({ pageSize: 500 })).items.map(({ name }) => name),
	};
};

/** Do it, and come back to the page. */
async function act(
	event: RequestEvent,
	form: string,
	work: (typed: Typed) => Promise<{ ok: true; value: unknown } | { ok: false; error: string }>,
) {
	const { typed } = await readForm(event.request);
	const outcome = await work(typed);
	if (!outcome.ok) return refused(event.locals, outcome, typed, form === '' ? (typed.point ?? '') : form);
	done(event, event.url.pathname, 'done.saved');
}
const campaigns = ({ locals }: RequestEvent) => locals.rooms.equipment.collection.campaigns;

export const actions: Actions = {
	modifier: (event) =>
		act(event, 'campagne', (typed) =>
			campaigns(event).save(event.locals.actor, campaignOf(typed), {
				slug: event.params.slug,
				version: Number(typed.version),
			}),
		),
	etat: (event) =>
		act(event, 'etat', (typed) =>
			campaigns(event).setStatus(event.locals.actor, event.params.slug, typed.etat as CampaignStatus),
		),
	point: (event) =>
		act(event, 'point', (typed) =>
			campaigns(event).addPoint(event.locals.actor, event.params.slug, {
				name: typed.nom ?? '',
				address: typed.adresse ?? '',
				longitude: optionalNumber(typed.longitude),
				latitude: optionalNumber(typed.latitude),
				note: typed.note ?? null,
			}),
		),
	sansPoint: (event) =>
		act(event, '', (typed) => campaigns(event).removePoint(event.locals.actor, typed.point ?? '')),
	horaire: (event) =>
		act(event, '', (typed) =>
			campaigns(event).addOpening(event.locals.actor, typed.point ?? '', {
				day: typed.jour ?? '',
				from: typed.de ?? '',
				to: typed.a ?? '',
				slotMinutes: optionalNumber(typed.minutes),
				slotCapacity: optionalNumber(typed.places),
			}),
		),
	sansHoraire: (event) =>
		act(event, '', (typed) => campaigns(event).removeOpening(event.locals.actor, typed.horaire ?? '')),
};
