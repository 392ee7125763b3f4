import { optional, optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const here = '/espace/equipements/plan/hypotheses';
/** Euros are typed, cents are kept; shares are typed in percent. */
const factors: Record<string, number> = { cents: 100, centsPerTonne: 100, share: 0.01 };

export const load: PageServerLoad = async ({ locals, url }) => {
	const { carbon, may } = locals.rooms.equipment;
	const lines = expect(await carbon.assumptions.list(locals.actor));
	const asked = { name: query(url, 'nom'), category: query(url, 'type') ?? null };
	const edited = lines.find((line) => line.name === asked.name && line.category === asked.category) ?? null;
	const history = edited
		? expect(await carbon.assumptions.history(locals.actor, edited.name, edited.category))
		: [];
	return { lines, edited, history, factors, mayManage: may.manage(locals.actor) };
};

export const actions: Actions = {
	async default(event) {
		const { typed } = await readForm(event.request);
		const { carbon } = event.locals.rooms.equipment;
		const factor = factors[typed.unit ?? ''] ?? 1;
		// To a millionth, so that 30 % is 0.3.
		const value = (name: string) =>
			Math.round((optionalNumber(typed[name]) ?? Number.NaN) * factor * 1e6) / 1e6;
		const changed = await carbon.assumptions.change(event.locals.actor, {
			name: typed.name,
			category: optional(typed.category),
			low: value('low'),
			mid: value('mid'),
			high: value('high'),
			source: typed.source ?? '',
			url: optional(typed.url),
		});
		if (!changed.ok) return refused(event.locals, changed, typed);
		done(event, here, 'done.assumptionSaved');
	},
};
