import type { IdeaQuery } from '@parvis/participation';
import { pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const sorts = ['recent', 'supported', 'commented', 'random'] as const;
const verdicts = ['feasible', 'amended', 'unfeasible', 'none'] as const;
const among = <T extends string>(known: readonly T[], given: string | undefined): T | undefined =>
	known.find((one) => one === given);

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { call } = await parent();
	const { ideas } = locals.rooms.participation;
	const text = query(url, 'mots');
	const categoryId = call.categories.find(({ id }) => id === query(url, 'categorie'))?.id;
	const envelopeId = call.envelopes.find(({ id }) => id === query(url, 'enveloppe'))?.id;
	const verdict = among(verdicts, query(url, 'avis'));
	const sort = among(sorts, query(url, 'tri')) ?? 'recent';
	// One order for the whole day: the pages of a list fit together, and every day another is first.
	const seed = new Date().toISOString().slice(0, 10);
	const asked: IdeaQuery = {
		page: pageNumber(url),
		sort,
		...(sort === 'random' && { seed }),
		...(text && { text }),
		...(categoryId && { categoryId }),
		...(envelopeId && { envelopeId }),
		...(verdict && { verdict }),
	};
	const onMap = query(url, 'vue') === 'carte';
	const [list, positions, bounds] = await Promise.all([
		ideas.list(locals.actor, call.id, asked),
		onMap ? ideas.positions(call.id) : null,
		onMap ? locals.rooms.town.map.bounds() : null,
	]);
	return {
		list,
		map: positions && bounds && { positions, bounds },
		onMap,
		sorts,
		verdicts,
		chosen: {
			text: text ?? '',
			category: categoryId ?? '',
			envelope: envelopeId ?? '',
			verdict: verdict ?? '',
			sort,
		},
	};
};
