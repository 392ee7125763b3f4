import type { Result } from '@parvis/platform';
import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { webhooks } = locals.rooms.operations.exchange;
	const webhook = expect(await webhooks.get(locals.actor, params.id));
	const shown = query(url, 'envoi');
	return {
		webhook,
		events: [...webhooks.events],
		deliveries: expect(await webhooks.deliveries(locals.actor, params.id, pageNumber(url))),
		shown: shown ? { id: shown, body: expect(await webhooks.body(locals.actor, shown)) } : null,
	};
};

/** A button without fields: done, or the sentence that says why not. */
async function press<Value>(
	event: RequestEvent,
	work: (
		webhooks: App.Locals['rooms']['operations']['exchange']['webhooks'],
		id: string,
	) => Promise<Result<Value>>,
	notice: string,
	to = event.url.pathname,
) {
	const { typed } = await readForm(event.request);
	const { webhooks } = event.locals.rooms.operations.exchange;
	const result = await work(webhooks, typed.id ?? event.params.id);
	if (!result.ok) return refused(event.locals, result);
	done(event, to, notice);
}

export const actions: Actions = {
	async enregistrer(event) {
		const { data, typed } = await readForm(event.request);
		const events = data.getAll('events').map(String);
		const { webhooks } = event.locals.rooms.operations.exchange;
		const result = await webhooks.update(event.locals.actor, event.params.id, {
			url: typed.url ?? '',
			description: typed.description ?? '',
			events,
			enabled: typed.enabled === 'on',
		});
		if (!result.ok) return refused(event.locals, result, { ...typed, chosen: events.join(' ') });
		done(event, event.url.pathname, 'done.saved');
	},
	essayer: (event) =>
		press(event, (webhooks, id) => webhooks.test(event.locals.actor, id), 'done.webhookTested'),
	renvoyer: (event) =>
		press(event, (webhooks, id) => webhooks.resend(event.locals.actor, id), 'done.webhookResent'),
	supprimer: (event) =>
		press(
			event,
			(webhooks, id) => webhooks.remove(event.locals.actor, id),
			'done.webhookRemoved',
			'/espace/webhooks',
		),
	async renouveler({ locals, params }) {
		const result = await locals.rooms.operations.exchange.webhooks.renewSecret(locals.actor, params.id);
		if (!result.ok) return refused(locals, result);
		return { secret: result.value };
	},
};
