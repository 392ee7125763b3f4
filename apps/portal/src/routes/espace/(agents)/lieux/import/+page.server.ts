import type { ImportKind } from '@parvis/town';
import { readForm, refused } from '#lib/server/forms.ts';
import type { Actions } from './$types';

const kinds: readonly ImportKind[] = [
	'places',
	'streets',
	'districts',
	'boundary',
	'water',
	'green',
	'buildings',
];

export const actions: Actions = {
	async default({ locals, request }) {
		const { data, typed } = await readForm(request);
		const kind = kinds.find((name) => name === typed.kind) ?? 'places';
		const file = data.get('fichier');
		const text = file instanceof File ? await file.text() : '';
		const result = await locals.rooms.town.import(locals.actor, kind, text, { dryRun: typed.essai === 'on' });
		if (!result.ok) return refused(locals, result, typed);
		const { faults, ...report } = result.value;
		return {
			report: {
				...report,
				faults: faults.map(({ row, error, detail }) => ({
					row,
					problem: locals.platform.messages.t(locals.locale, error, detail),
				})),
			},
		};
	},
};
