import { randomUUID } from 'node:crypto';
import type { ActionKind } from '@parvis/operations';
import { fail } from '@sveltejs/kit';
import { readForm, refused, type Typed } from '#lib/server/forms.ts';
import { changeOf, officeChoices } from '#lib/server/interventions.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { parisLocal } from '#lib/server/paris-time.ts';
import type { Actions, PageServerLoad, RequestEvent } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const { interventions } = locals.rooms.operations;
	const intervention = expect(await interventions.get(locals.actor, params.numero));
	const [history, suggested, choices, around] = await Promise.all([
		interventions.history(locals.actor, intervention.id),
		interventions.agents.suggest(locals.actor, intervention.id),
		officeChoices(locals),
		locals.rooms.town.map.around([intervention.longitude, intervention.latitude], 180),
	]);
	return {
		intervention,
		dueLocal: parisLocal(intervention.dueAt),
		history: expect(history),
		suggested: expect(suggested)
			.slice(0, 3)
			.map(({ agent, ...rest }) => ({ ...rest, id: agent.id, name: agent.name })),
		choices,
		around,
		// An action sent twice is done once.
		actionId: randomUUID(),
	};
};

const idOf = async ({ locals, params }: RequestEvent) =>
	expect(await locals.rooms.operations.interventions.get(locals.actor, params.numero)).id;

/** Fields where the agent chose what the other one wrote are left as they are. */
function withoutTheirs(typed: Typed, change: ReturnType<typeof changeOf>) {
	return Object.fromEntries(
		Object.entries(change).filter(([field]) => typed[`prendre-${field}`] !== 'autre'),
	);
}

export const actions: Actions = {
	async modifier(event) {
		const { locals } = event;
		const { data, typed } = await readForm(event.request);
		const result = await locals.rooms.operations.interventions.change(
			locals.actor,
			await idOf(event),
			Number(typed.version) || 0,
			withoutTheirs(typed, changeOf(typed, data)),
		);
		if (!result.ok) return refused(locals, result, typed, 'modifier');
		if (!result.value.saved) {
			const { since, mine, clashes } = result.value;
			// Nothing was written: both sides are shown, field by field.
			return fail(409, {
				form: 'modifier',
				error: 'conflict',
				typed,
				assigneeIds: data.getAll('assigneeIds').map(String),
				conflict: { since, mine, clashes },
			});
		}
		const { since } = result.value;
		if (since) done(event, event.url.pathname, 'done.savedBesides', { name: since.by });
		done(event, event.url.pathname, 'done.saved');
	},

	/** To one of those suggested; whoever had it stays along. */
	async confier(event) {
		const { locals, params } = event;
		const { typed } = await readForm(event.request);
		const { interventions } = locals.rooms.operations;
		const seen = expect(await interventions.get(locals.actor, params.numero));
		const others = seen.assignees.map(({ id }) => id).filter((id) => id !== typed.agent);
		const result = await interventions.change(locals.actor, seen.id, seen.version, {
			assigneeIds: [typed.agent ?? '', ...others],
		});
		if (!result.ok) return refused(locals, result, typed, 'agir');
		done(event, event.url.pathname, 'done.saved');
	},

	async agir(event) {
		const { locals } = event;
		const { data, typed } = await readForm(event.request);
		const { interventions, photos } = locals.rooms.operations;
		const id = await idOf(event);
		const file = data.get('photo');
		const photoIds: string[] = [];
		if (file instanceof File && file.size > 0) {
			const kept = await photos.add(locals.actor, new Uint8Array(await file.arrayBuffer()), {
				subjectKind: 'intervention',
				subjectId: id,
			});
			if (!kept.ok)
				return refused(locals, { ...kept, detail: { ...kept.detail, field: 'photo' } }, typed, 'agir');
			photoIds.push(kept.value.id);
		}
		const kind = (typed.kind ?? '') as ActionKind;
		const result = await interventions.act(locals.actor, {
			id: typed.actionId || randomUUID(),
			interventionId: id,
			kind,
			at: new Date(),
			version: Number(typed.version) || undefined,
			reason: typed.text,
			text: typed.text,
			itemId: typed.itemId,
			checked: typed.checked === 'on',
			name: typed.text,
			quantity: typed.quantity ? Number(typed.quantity.replace(',', '.')) : undefined,
			unit: typed.unit,
			minutes: typed.minutes ? Number(typed.minutes) : undefined,
			photoIds,
			showPhotos: typed.showPhotos === 'on',
		});
		if (!result.ok) return refused(locals, result, typed, 'agir');
		const { applied, since } = result.value;
		if (!applied) done(event, event.url.pathname, 'done.actionLate', { name: since?.by ?? '' });
		done(event, event.url.pathname, 'done.saved');
	},

	async photo(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.operations.photos.show(
			event.locals.actor,
			typed.id ?? '',
			typed.shown === 'oui',
		);
		if (!result.ok) return refused(event.locals, result, typed, 'photo');
		done(event, event.url.pathname, 'done.saved');
	},
};
