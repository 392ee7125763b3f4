import { readForm, refused } from '#lib/server/forms.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = ({ locals }) => ({
	mayManage: locals.rooms.operations.may.manage(locals.actor),
});

export const actions: Actions = {
	async default({ request, locals }) {
		const { data, typed } = await readForm(request);
		const file = data.get('fichier');
		const text = file instanceof File && file.size > 0 ? await file.text() : (typed.texte ?? '');
		const result = await locals.rooms.operations.lighting.importFile(locals.actor, text, {
			dryRun: typed.essai === 'on',
		});
		if (!result.ok) return refused(locals, result);
		const { refused: lines, findings, ...report } = result.value;
		return {
			report: {
				...report,
				refused: lines.slice(0, 200).map(({ list, row, error, detail }) => ({
					where: `${list} ${row}`,
					problem: locals.platform.messages.t(locals.locale, error, detail),
				})),
				refusedCount: lines.length,
				findings: findings.slice(0, 100),
			},
		};
	},
};
