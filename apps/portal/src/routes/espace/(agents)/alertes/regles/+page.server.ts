import { readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import { ruleChoices, ruleInput } from '#lib/server/rule-form.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { sensing } = locals.rooms;
	const rules = expect(await sensing.alarms.rules.list(locals.actor));
	return {
		rules: rules.map((rule) => ({
			...rule,
			measure: rule.property ? sensing.words.describe(rule.property)[locals.locale] : null,
		})),
		choices: sensing.may.manageDevices(locals.actor) ? await ruleChoices(locals) : null,
	};
};

export const actions: Actions = {
	async default(event) {
		const { data, typed } = await readForm(event.request);
		const result = await event.locals.rooms.sensing.alarms.rules.create(
			event.locals.actor,
			ruleInput(data, typed),
		);
		if (!result.ok) return refused(event.locals, result, typed);
		done(event, event.url.pathname, 'done.ruleAdded');
	},
};
