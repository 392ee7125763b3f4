import { error } from '@sveltejs/kit';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parisDay } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent }) => {
	const { meeting } = await parent();
	if (meeting.status !== 'closed') error(404, 'not_found');
	const { acts, deliberations } = locals.rooms.council;
	const [steps, list, numbers] = await Promise.all([
		acts.after(locals.actor, meeting.id),
		acts.list(locals.actor, meeting.id),
		deliberations.list({ meetingId: meeting.id, pageSize: 100 }),
	]);
	const details = await Promise.all(
		numbers.items.map(({ number }) => deliberations.get(number, locals.actor)),
	);
	return {
		steps: expect(steps),
		list,
		acts: details.filter((one) => one !== null),
		today: parisDay(new Date()),
	};
};

export const actions: Actions = {
	async afficher(event) {
		const result = await event.locals.rooms.council.acts.postList(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'afficher');
		done(event, event.url.pathname, 'done.saved');
	},
	async signer(event) {
		const { data, typed } = await readForm(event.request);
		const { deliberations } = event.locals.rooms.council;
		const { actor } = event.locals;
		const signedOn = optional(typed.jour) ?? '';
		if (!typed.acte) {
			const all = await deliberations.signAll(actor, event.params.id, signedOn);
			if (!all.ok) return refused(event.locals, all, typed, 'signer');
			done(event, event.url.pathname, 'done.signed', { count: all.value.signatures });
		}
		const scan = data.get('scan');
		const result = await deliberations.sign(actor, typed.acte, {
			capacity: typed.qualite,
			signedOn,
			...(scan instanceof File && scan.size && { scan: new Uint8Array(await scan.arrayBuffer()) }),
		});
		if (!result.ok) return refused(event.locals, result, typed, `acte-${typed.acte}`);
		done(event, `${event.url.pathname}#acte-${typed.acte}`, 'done.saved');
	},
	async publier(event) {
		const { typed } = await readForm(event.request);
		const { deliberations } = event.locals.rooms.council;
		if (!typed.acte) {
			const all = await deliberations.publishAll(event.locals.actor, event.params.id);
			if (!all.ok) return refused(event.locals, all, typed, 'publier');
			done(event, event.url.pathname, 'done.published', { count: all.value.published });
		}
		const result = await deliberations.publish(event.locals.actor, typed.acte);
		if (!result.ok) return refused(event.locals, result, typed, `acte-${typed.acte}`);
		done(event, `${event.url.pathname}#acte-${typed.acte}`, 'done.published', { count: 1 });
	},
	async recu(event) {
		const { typed } = await readForm(event.request);
		const id = typed.acte ?? '';
		const result = await event.locals.rooms.council.deliberations.receive(event.locals.actor, id, {
			receivedOn: typed.jour ?? '',
			acknowledgement: typed.accuse ?? '',
		});
		if (!result.ok) return refused(event.locals, result, typed, `acte-${id}`);
		done(event, `${event.url.pathname}#acte-${id}`, 'done.saved');
	},
};
