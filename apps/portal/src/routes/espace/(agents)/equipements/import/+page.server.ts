import { error, redirect } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import { failureOf, wordsOf } from '#lib/server/intake-form.ts';
import { done } from '#lib/server/notice.ts';
import { expect } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { equipment } = locals.rooms;
	const { exchange } = equipment;
	if (!equipment.may.see(locals.actor)) error(403, 'platform.not_allowed');
	const manage = equipment.may.manage(locals.actor);
	if (!manage)
		return { manage, runs: [], glpi: null, words: [], systems: exchange.systems, statusValues: [] };
	const [runs, glpi, words] = await Promise.all([
		exchange.runs.list(locals.actor),
		exchange.glpi.connection(locals.actor),
		exchange.words.list(locals.actor),
	]);
	return {
		manage,
		runs: expect(runs).map((run) => ({
			...run,
			// The lists may be long, and this page shows counts only.
			report: run.report && {
				created: run.report.created,
				changed: run.report.changed,
				unchanged: run.report.unchanged,
				refused: run.report.refused,
			},
			failure: failureOf(locals, run.error),
		})),
		glpi: expect(glpi),
		words: expect(words),
		systems: exchange.systems,
		statusValues: exchange.words.statusValues,
	};
};

export const actions: Actions = {
	async fichier(event) {
		const { data, typed } = await readForm(event.request);
		const file = data.get('fichier');
		const { exchange } = event.locals.rooms.equipment;
		const sent = await exchange.runs.upload(
			event.locals.actor,
			file instanceof File
				? { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) }
				: { name: '', bytes: new Uint8Array() },
			typed.systeme || undefined,
		);
		if (!sent.ok) return refused(event.locals, sent, typed, 'fichier');
		redirect(303, `/espace/equipements/import/${sent.value.id}`);
	},
	async glpi(event) {
		const { typed } = await readForm(event.request);
		const { glpi } = event.locals.rooms.equipment.exchange;
		const saved = await glpi.save(event.locals.actor, {
			url: typed.url ?? '',
			appToken: typed.appSecret,
			userToken: typed.userSecret,
			nightly: typed.nightly === 'on',
		});
		if (!saved.ok) return refused(event.locals, saved, typed, 'glpi');
		done(event, event.url.pathname, 'done.glpiSaved');
	},
	async glpiVerifier(event) {
		const started = await event.locals.rooms.equipment.exchange.glpi.run(event.locals.actor, {
			dryRun: true,
		});
		if (!started.ok) return refused(event.locals, started, {}, 'glpi');
		redirect(303, `/espace/equipements/import/${started.value.id}`);
	},
	async glpiOublier(event) {
		const removed = await event.locals.rooms.equipment.exchange.glpi.remove(event.locals.actor);
		if (!removed.ok) return refused(event.locals, removed, {}, 'glpi');
		done(event, event.url.pathname, 'done.glpiRemoved');
	},
	async mots(event) {
		const { typed } = await readForm(event.request);
		const { words } = event.locals.rooms.equipment.exchange;
		const saved = await words.save(event.locals.actor, wordsOf(typed, true));
		if (!saved.ok) return refused(event.locals, saved, typed, 'mots');
		done(event, event.url.pathname, 'done.wordsSaved');
	},
};
