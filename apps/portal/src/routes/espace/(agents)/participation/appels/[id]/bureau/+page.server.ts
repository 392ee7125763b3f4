import { error, fail } from '@sveltejs/kit';
import { translate } from '#lib/messages.ts';
import { byEnvelope, choicesOf, marksOf, marksOfChoices } from '#lib/server/ballot-form.ts';
import { decideDocument } from '#lib/server/documents.ts';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, found } from '#lib/server/pages.ts';
import { callOf, chosenFiles } from '#lib/server/participation.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, parent, setHeaders }) => {
	const { paper, projects, eligibility, may } = locals.rooms.participation;
	if (!may.holdBooth(locals.actor)) error(403, 'platform.not_allowed');
	setHeaders({ 'cache-control': 'no-store' });
	const { call } = await parent();
	const rules = found(call.ballotRules);
	const [list, districts, first, documents] = await Promise.all([
		paper.list(locals.actor, call.id),
		locals.rooms.town.areas.districts(),
		projects.list(locals.actor, { callId: call.id, pageSize: 100 }),
		eligibility.documents(locals.actor, call.id),
	]);
	const all = [...first.items];
	while (all.length < first.total) {
		const next = await projects.list(locals.actor, {
			callId: call.id,
			pageSize: 100,
			page: all.length / 100 + 1,
		});
		if (!next.items.length) break;
		all.push(...next.items);
	}
	const { items, checkedIn } = expect(list);
	return {
		checkedIn,
		sheets: items.map((sheet) => ({
			...sheet,
			marks: marksOfChoices(sheet.choices, rules),
			secondMarks: sheet.secondChoices && marksOfChoices(sheet.secondChoices, rules),
		})),
		// On paper the projects stand by number, and so they do here.
		groups: byEnvelope(call.envelopes, all),
		districts: districts.map(({ id, name }) => ({ id, name })),
		rules,
		documents: expect(documents),
	};
};

export const actions: Actions = {
	examiner: decideDocument,
	async emarger(event) {
		const { typed } = await readForm(event.request);
		const result = await event.locals.rooms.participation.paper.checkIn(event.locals.actor, event.params.id, {
			familyName: typed.nom ?? '',
			givenName: typed.prenom ?? '',
			birthDate: typed.naissance ?? '',
			districtId: optional(typed.quartier),
		});
		if (!result.ok) return refused(event.locals, result, typed, 'emarger');
		done(event, event.url.pathname, result.value.clash ? 'done.checkedInClash' : 'done.checkedIn');
	},
	async saisir(event) {
		const { data, typed } = await readForm(event.request);
		const call = await callOf(event.locals, event.params.id);
		const rules = found(call.ballotRules);
		const marks = marksOf(data, rules);
		const choices = choicesOf(marks, rules);
		const again = (status: number, problem: string) =>
			fail(status, {
				form: 'saisir',
				problem,
				marks,
				typed: { numero: typed.numero ?? '', bureau: typed.bureau ?? '' },
			});
		if (!choices) return again(422, translate(event.locals.locale, 'vote.rankInvalid'));
		const result = await event.locals.rooms.participation.paper.enter(event.locals.actor, call.id, {
			number: typed.numero ?? '',
			booth: typed.bureau ?? '',
			choices,
		});
		if (!result.ok)
			return again(422, event.locals.platform.messages.t(event.locals.locale, result.error, result.detail));
		done(event, event.url.pathname, `done.sheet.${result.value.status}`, { number: typed.numero ?? '' });
	},
	async trancher(event) {
		const { typed } = await readForm(event.request);
		const { paper } = event.locals.rooms.participation;
		const call = await callOf(event.locals, event.params.id);
		const sheets = expect(await paper.list(event.locals.actor, call.id)).items;
		const sheet = found(sheets.find(({ id }) => id === typed.id));
		const result = await paper.settle(
			event.locals.actor,
			sheet.id,
			typed.garder === 'nul'
				? { voidReason: typed.motif ?? '' }
				: { choices: typed.garder === 'seconde' ? (sheet.secondChoices ?? []) : sheet.choices },
		);
		if (!result.ok) return refused(event.locals, result, typed, 'trancher');
		done(event, event.url.pathname, 'done.saved');
	},
	async importer(event) {
		const { data } = await readForm(event.request);
		const [file] = chosenFiles(data, 'fichier');
		if (!file) return refused(event.locals, { ok: false, error: 'platform.invalid_input' }, {}, 'importer');
		const call = await callOf(event.locals, event.params.id);
		const result = await event.locals.rooms.participation.paper.importCsv(
			event.locals.actor,
			call.id,
			await file.text(),
		);
		if (!result.ok) return refused(event.locals, result, {}, 'importer');
		const { entered, faults } = result.value;
		if (!faults.length) done(event, event.url.pathname, 'done.sheetsImported', { count: entered });
		const { messages } = event.locals.platform;
		return {
			faults: faults.map(({ line, error: why }) => ({ line, why: messages.t(event.locals.locale, why) })),
		};
	},
};
