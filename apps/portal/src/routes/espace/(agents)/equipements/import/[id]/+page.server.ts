import { readForm, refused } from '#lib/server/forms.ts';
import { failureOf, wordsOf } from '#lib/server/intake-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const { exchange } = locals.rooms.equipment;
	const run = expect(await exchange.runs.get(locals.actor, params.id));
	const drawing =
		run.source === 'file' && run.hasFile && (run.status === 'mapping' || url.searchParams.has('colonnes'));
	const columns = drawing ? expect(await exchange.runs.columns(locals.actor, params.id)) : null;
	return {
		run,
		columns,
		fields: exchange.fields,
		statusValues: exchange.words.statusValues,
		failure: failureOf(locals, run.error),
		refusals: (run.report?.lists.refused ?? []).map(({ line, error, detail }) => ({
			line,
			problem: locals.platform.messages.t(locals.locale, error, detail),
		})),
	};
};

export const actions: Actions = {
	async colonnes(event) {
		const { typed } = await readForm(event.request);
		const { runs } = event.locals.rooms.equipment.exchange;
		const columns = await runs.columns(event.locals.actor, event.params.id);
		if (!columns.ok) return refused(event.locals, columns, typed, 'colonnes');
		const mapping = Object.fromEntries(
			columns.value.headings.map((heading, n) => [heading, typed[`colonne.${n}`] ?? '']),
		);
		const mapped = await runs.map(event.locals.actor, event.params.id, mapping);
		if (!mapped.ok) return refused(event.locals, mapped, typed, 'colonnes');
		done(event, event.url.pathname, 'done.wordsSaved');
	},
	async mots(event) {
		const { typed } = await readForm(event.request);
		const { runs } = event.locals.rooms.equipment.exchange;
		const saved = await runs.setWords(event.locals.actor, event.params.id, wordsOf(typed));
		if (!saved.ok) return refused(event.locals, saved, typed, 'mots');
		done(event, event.url.pathname, 'done.wordsSaved');
	},
	async appliquer(event) {
		const { runs } = event.locals.rooms.equipment.exchange;
		const applied = await runs.apply(event.locals.actor, event.params.id);
		if (!applied.ok) return refused(event.locals, applied, {}, 'appliquer');
		const { status } = applied.value;
		done(event, event.url.pathname, status === 'applied' ? 'done.intakeApplied' : 'done.intakeStarted');
	},
};
