import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parseMapping, typeInput } from '#lib/server/type-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { types } = locals.rooms.sensing;
	const [type, versions] = await Promise.all([
		types.get(locals.actor, params.id),
		types.versions(locals.actor, params.id),
	]);
	return { type: expect(type), versions: expect(versions) };
};

export const actions: Actions = {
	async enregistrer(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.types.update(
			event.locals.actor,
			event.params.id,
			await typeInput(data, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed, 'type');
		done(event, event.url.pathname, 'done.saved');
	},
	/** Tries what stands in the form, saved or not. */
	async essayer({ locals, request }) {
		const { data, typed } = await readForm(request);
		const input = await typeInput(data, typed);
		const result = await locals.rooms.sensing.types.tryOut(locals.actor, {
			codecSource: input.codecSource ?? null,
			mapping: parseMapping(typed.mapping ?? ''),
			bytes: typed.bytes ?? '',
			fPort: optionalNumber(typed.fPort),
		});
		if (!result.ok) return refused(locals, result, typed, 'essai');
		return { form: 'essai', typed, trial: result.value };
	},
	async supprimer(event) {
		const result = await event.locals.rooms.sensing.types.remove(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result, {}, 'supprimer');
		done(event, '/espace/capteurs/types', 'done.typeRemoved');
	},
};
