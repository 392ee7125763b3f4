import type { RecurrenceRule } from '@parvis/operations';
import { error } from '@sveltejs/kit';
import { optional, optionalNumber, readForm, refused, type Typed } from '#lib/server/forms.ts';
import { officeChoices } from '#lib/server/interventions.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { chosenPlace, placeChoices } from '#lib/server/place-choice.ts';
import type { Actions, PageServerLoad } from './$types';

const units = ['day', 'week', 'month', 'year'] as const;
const lines = (text: string | undefined) =>
	(text ?? '')
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);

export const load: PageServerLoad = async ({ locals, params }) => {
	const { interventions, may } = locals.rooms.operations;
	if (!may.manage(locals.actor)) error(403, 'platform.not_allowed');
	return {
		work: params.id === 'nouveau' ? null : expect(await interventions.recurring.get(locals.actor, params.id)),
		choices: await officeChoices(locals),
		places: await placeChoices(locals),
	};
};

/** One line each: the name of a place, or a street and address. */
async function targetsOf(locals: App.Locals, typed: Typed) {
	const targets = [];
	for (const label of lines(typed.targets)) {
		const at = await locals.rooms.town.areas.findAddress(label);
		const placeId = await chosenPlace(locals, label);
		const known = placeId && placeId !== '00000000-0000-7000-8000-000000000000' ? placeId : null;
		if (!at && !known) return label;
		targets.push({
			label,
			placeId: known,
			...(!known && at && { longitude: at.longitude, latitude: at.latitude }),
		});
	}
	return targets;
}

export const actions: Actions = {
	async default(event) {
		const { locals, params } = event;
		const { data, typed } = await readForm(event.request);
		const targets = await targetsOf(locals, typed);
		if (typeof targets === 'string')
			return refused(
				locals,
				{ ok: false, error: 'operations.target_unknown', detail: { field: 'targets', name: targets } },
				typed,
			);
		const result = await locals.rooms.operations.interventions.recurring.save(
			locals.actor,
			{
				kind: typed.kind === 'inspection' ? 'inspection' : 'maintenance',
				title: typed.title ?? '',
				description: typed.description,
				categoryId: typed.categoryId ?? '',
				checklist: lines(typed.checklist),
				assigneeIds: data.getAll('assigneeIds').map(String),
				every: optionalNumber(typed.every) ?? Number.NaN,
				unit: units.find((unit) => unit === typed.unit) ?? ('' as RecurrenceRule['unit']),
				startsOn: typed.startsOn ?? '',
				endsOn: optional(typed.endsOn),
				leadDays: optionalNumber(typed.leadDays) ?? Number.NaN,
				targets,
				paused: typed.paused === 'on',
			},
			params.id === 'nouveau' ? undefined : params.id,
		);
		if (!result.ok) return refused(locals, result, typed);
		done(event, '/espace/interventions/entretiens', 'done.saved');
	},
};
