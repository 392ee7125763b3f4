import { error } from '@sveltejs/kit';
import { readForm, refused } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => {
	if (!locals.rooms.operations.may.manage(locals.actor)) error(403, 'platform.not_allowed');
};

export const actions: Actions = {
	async default({ locals, request }) {
		const { data, typed } = await readForm(request);
		const file = data.get('fichier');
		const csv = file instanceof File && file.size ? await file.text() : (typed.texte ?? '');
		const { waste } = locals.rooms.operations;
		const report = await waste.containers.importCsv(locals.actor, csv, {
			dryRun: typed.geste !== 'importer',
		});
		if (!report.ok) return refused(locals, report, { texte: csv });
		if (!report.value.dryRun) await waste.forecasts.run();
		return {
			report: {
				...report.value,
				refused: report.value.refused.map(({ line, error: key, detail }) => ({
					line,
					problem: locals.platform.messages.t(locals.locale, key, detail),
				})),
			},
			typed: { texte: csv },
		};
	},
};
