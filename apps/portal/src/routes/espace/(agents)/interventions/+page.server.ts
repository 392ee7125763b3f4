import { statusNames } from '#lib/interventions.ts';
import { optional, readForm, refused } from '#lib/server/forms.ts';
import { filterOf, officeChoices, statusOf } from '#lib/server/interventions.ts';
import { done } from '#lib/server/notice.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const views = ['tableau', 'liste', 'plan'] as const;
/** What is shown of a column; the rest is in the list. */
const mostInColumn = 30;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { interventions } = locals.rooms.operations;
	const view = views.find((name) => name === query(url, 'vue')) ?? 'tableau';
	const filter = await filterOf(locals, url);
	const near = query(url, 'pres');
	const status = statusOf(query(url, 'etat'));
	const [counts, choices] = await Promise.all([interventions.counts(locals.actor), officeChoices(locals)]);
	const columns =
		view === 'tableau'
			? await Promise.all(
					statusNames.map(async (name) => {
						const list = expect(
							await interventions.list(locals.actor, { ...filter, status: [name], pageSize: mostInColumn }),
						);
						return { status: name, ...list };
					}),
				)
			: [];
	const list =
		view === 'tableau'
			? null
			: expect(
					await interventions.list(locals.actor, {
						...filter,
						...(status ? { status: [status] } : query(url, 'etat') === 'toutes' ? {} : { open: true }),
						page: pageNumber(url),
						pageSize: view === 'plan' ? 200 : 50,
					}),
				);
	const settings = view === 'plan' ? await locals.rooms.town.settings.get() : null;
	return {
		view,
		counts: expect(counts),
		choices,
		columns,
		list,
		nearUnknown: near !== undefined && filter.near === undefined,
		bounds: view === 'plan' ? await locals.rooms.town.map.bounds() : null,
		styleUrl: settings?.mapStyleUrl || locals.platform.config.mapStyleUrl,
		filter: Object.fromEntries(
			['service', 'priorite', 'agent', 'mots', 'retard', 'pres', 'etat'].map((name) => [
				name,
				query(url, name) ?? '',
			]),
		),
	};
};

export const actions: Actions = {
	/** Another column, on what was seen: a change of somebody else to the same is told and not written over. */
	async deplacer(event) {
		const { locals, url } = event;
		const { typed } = await readForm(event.request);
		const result = await locals.rooms.operations.interventions.change(
			locals.actor,
			typed.id ?? '',
			Number(typed.version) || 0,
			{ status: statusOf(typed.status), ...(optional(typed.reason) && { reason: typed.reason }) },
		);
		if (!result.ok) return refused(locals, result, typed, 'deplacer');
		const { intervention } = result.value;
		if (!result.value.saved)
			return refused(
				locals,
				{
					ok: false,
					error: 'operations.moved_by',
					detail: { name: result.value.since.by, number: intervention.number },
				},
				typed,
				'deplacer',
			);
		const kept = new URLSearchParams([...url.searchParams].filter(([name]) => !name.startsWith('/')));
		done(
			event,
			`${url.pathname}${kept.size ? `?${kept}` : ''}#${intervention.number}`,
			'done.interventionMoved',
			{
				number: intervention.number,
			},
		);
	},
};
