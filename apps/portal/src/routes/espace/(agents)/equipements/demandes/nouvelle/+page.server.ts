import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => ({
	choices: expect(await locals.rooms.equipment.policy.requests.choices(locals.actor)),
	deviceId: url.searchParams.get('terminal') ?? '',
});

/** A device brings its category with it. */
async function given(locals: App.Locals, typed: Record<string, string>) {
	const choices = expect(await locals.rooms.equipment.policy.requests.choices(locals.actor));
	const device = choices?.devices.find(({ id }) => id === typed.deviceId);
	return {
		category: device?.category ?? typed.category ?? '',
		need: typed.need ?? '',
		trouble: typed.deviceId ? (typed.trouble ?? '') : 'none',
		deviceId: optional(typed.deviceId),
		purpose: typed.purpose ?? '',
		service: optional(typed.service),
		wantedBy: optional(typed.wantedBy),
	};
}

export const actions: Actions = {
	/** What the policy would answer, before anything is sent. */
	async preview(event) {
		const { typed } = await readForm(event.request);
		const { requests } = event.locals.rooms.equipment.policy;
		const result = await requests.preview(event.locals.actor, await given(event.locals, typed));
		if (!result.ok) return refused(event.locals, result, typed);
		return { answer: result.value, typed };
	},
	async send(event) {
		const { typed } = await readForm(event.request);
		const { requests } = event.locals.rooms.equipment.policy;
		const result = await requests.create(event.locals.actor, await given(event.locals, typed));
		if (!result.ok) return refused(event.locals, result, typed);
		const { number } = result.value;
		done(event, `/espace/equipements/demandes/${number}`, 'policy.doneSent', { number });
	},
};
