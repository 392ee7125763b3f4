import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import { ruleChoices, ruleInput } from '#lib/server/rule-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params }) => {
	const rules = expect(await locals.rooms.sensing.alarms.rules.list(locals.actor));
	return { rule: found(rules.find(({ id }) => id === params.id)), choices: await ruleChoices(locals) };
};

export const actions: Actions = {
	async enregistrer(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.alarms.rules.update(
			event.locals.actor,
			event.params.id,
			ruleInput(data, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, '/espace/alertes/regles', 'done.saved');
	},
	async supprimer(event) {
		const result = await event.locals.rooms.sensing.alarms.rules.remove(event.locals.actor, event.params.id);
		if (!result.ok) return refused(event.locals, result);
		done(event, '/espace/alertes/regles', 'done.ruleRemoved');
	},
};
