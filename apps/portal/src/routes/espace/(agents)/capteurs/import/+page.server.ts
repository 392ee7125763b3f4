import { readForm, refused } from '#lib/server/forms.ts';
import type { Actions } from './$types';

export const actions: Actions = {
	async default({ request, locals }) {
		const { data, typed } = await readForm(request);
		const file = data.get('fichier');
		const csv = file instanceof File && file.size > 0 ? await file.text() : (typed.csv ?? '');
		const result = await locals.rooms.sensing.devices.importCsv(locals.actor, csv, {
			dryRun: typed.essai === 'on',
		});
		if (!result.ok) return refused(locals, result);
		const report = result.value;
		return {
			report: {
				...report,
				refused: report.refused.slice(0, 200).map(({ line, error, detail }) => ({
					line,
					problem: locals.platform.messages.t(locals.locale, error, detail),
				})),
				refusedCount: report.refused.length,
			},
		};
	},
};
