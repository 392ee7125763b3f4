import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { open311Server } from '#lib/server/open311-form.ts';
import { expect, found } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { exchange, interventions } = locals.rooms.operations;
	const servers = expect(await exchange.forwarding.servers(locals.actor));
	const asked = url.searchParams.has('services')
		? await exchange.forwarding.services(locals.actor, params.id)
		: null;
	return {
		server: found(servers.find(({ id }) => id === params.id)),
		log: expect(await exchange.forwarding.log(locals.actor, params.id)),
		categories: (await interventions.categories.list()).filter((category) => category.public),
		offered: asked?.ok ? asked.value : null,
		silent: asked && !asked.ok ? locals.platform.messages.t(locals.locale, asked.error, asked.detail) : null,
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { typed } = await readForm(event.request);
		const { forwarding } = event.locals.rooms.operations.exchange;
		const result = await forwarding.save(event.locals.actor, open311Server(typed), event.params.id);
		if (!result.ok) return refused(event.locals, result, typed, 'enregistrer');
		done(event, event.url.pathname, 'done.saved');
	},
	async confier(event) {
		const { typed } = await readForm(event.request);
		const { forwarding } = event.locals.rooms.operations.exchange;
		const result = await forwarding.route(
			event.locals.actor,
			event.params.id,
			typed.category ?? '',
			typed.service ?? '',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'confier');
		done(event, event.url.pathname, 'done.saved');
	},
	async renvoyer(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.exchange.forwarding.resend(
			event.locals.actor,
			typed.report ?? '',
		);
		if (!result.ok) return refused(event.locals, result, {}, 'renvoyer');
		done(event, event.url.pathname, 'done.webhookResent');
	},
	async supprimer(event) {
		const result = await event.locals.rooms.operations.exchange.forwarding.remove(
			event.locals.actor,
			event.params.id,
		);
		if (!result.ok) return refused(event.locals, result);
		done(event, '/espace/webhooks/open311', 'done.serverRemoved');
	},
};
