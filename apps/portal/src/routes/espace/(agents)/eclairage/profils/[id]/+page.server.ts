import { fail } from '@sveltejs/kit';
import { readForm, refused, type Typed } from '#lib/server/forms.ts';
import { blankProfile, profileOf, shapeOf, typedProfile } from '#lib/server/light-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parisDay } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad } from './$types';

const nights = (at: Date) => {
	const year = parisDay(at).slice(0, 4);
	return [parisDay(at), `${year}-03-20`, `${year}-06-21`, `${year}-12-21`];
};

async function previewOf(locals: App.Locals, typed: Typed, night: string) {
	const { lighting } = locals.rooms.operations;
	// A new profile has no name yet; its curve can be seen.
	const preview = await lighting.profiles.preview(profileOf({ ...typed, nom: typed.nom || '–' }), night);
	return preview.ok ? { ...preview.value, night } : null;
}

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { operations } = locals.rooms;
	const profile =
		params.id === 'nouveau' ? null : expect(await operations.lighting.profiles.get(locals.actor, params.id));
	const typed = profile ? typedProfile(profile) : blankProfile;
	const night = url.searchParams.get('nuit') ?? parisDay(new Date());
	return {
		profile,
		typed,
		shape: shapeOf(typed),
		preview: await previewOf(locals, typed, /^\d{4}-\d{2}-\d{2}$/.test(night) ? night : parisDay(new Date())),
		nights: nights(new Date()),
		mayManage: operations.may.manage(locals.actor),
	};
};

export const actions: Actions = {
	async enregistrer(event) {
		const { locals, params } = event;
		const { typed } = await readForm(event.request);
		const { profiles } = locals.rooms.operations.lighting;
		const input = profileOf(typed);
		const result =
			params.id === 'nouveau'
				? await profiles.create(locals.actor, input)
				: await profiles.change(locals.actor, params.id, Number(typed.version), input);
		if (!result.ok) {
			const refusal = refused(locals, result, typed);
			return fail(refusal.status, {
				...refusal.data,
				shape: shapeOf(typed),
				preview: await previewOf(locals, typed, typed.nuit || parisDay(new Date())),
			});
		}
		const id = 'id' in result.value ? String(result.value.id) : params.id;
		done(event, `/espace/eclairage/profils/${id}`, 'light.savedNotice');
	},

	/** Shows what the fields would do, without saving. */
	async apercu({ locals, request }) {
		const { typed } = await readForm(request);
		const night = typed.nuit || parisDay(new Date());
		const preview = await locals.rooms.operations.lighting.profiles.preview(
			profileOf({ ...typed, nom: typed.nom || '–' }),
			night,
		);
		if (!preview.ok) {
			const refusal = refused(locals, preview, typed);
			return fail(refusal.status, { ...refusal.data, shape: shapeOf(typed), preview: null });
		}
		return { typed, shape: shapeOf(typed), preview: { ...preview.value, night } };
	},

	/** One more plan, for a season, days or dates; those before it come first. */
	async plan({ locals, request }) {
		const { typed } = await readForm(request);
		const more = { ...typed, plans: String(Math.min(12, shapeOf(typed).length + 1)) };
		return {
			typed: more,
			shape: shapeOf(more),
			preview: await previewOf(locals, more, typed.nuit || parisDay(new Date())),
		};
	},

	async supprimer(event) {
		const { locals, params } = event;
		const result = await locals.rooms.operations.lighting.profiles.remove(locals.actor, params.id);
		if (!result.ok) return refused(locals, result);
		done(event, '/espace/eclairage/profils', 'light.removed');
	},
};
