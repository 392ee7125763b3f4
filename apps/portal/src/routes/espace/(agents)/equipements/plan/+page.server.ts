import { deviceCategories } from '#lib/equipment.ts';
import { expect, pageNumber, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { planning } = locals.rooms.equipment;
	const year = Number(query(url, 'annee') ?? Number.NaN);
	const filter = {
		type: query(url, 'type') ?? '',
		service: query(url, 'service') ?? '',
		annee: Number.isInteger(year) ? String(year) : '',
		motif: query(url, 'motif') ?? '',
	};
	const asked = { category: query(url, 'si') ?? 'laptop', years: Number(query(url, 'ans') ?? 2) };
	const category = deviceCategories.find((one) => one === asked.category) ?? null;
	const years = Number.isInteger(asked.years) && asked.years >= -3 && asked.years <= 5 ? asked.years : 2;
	const reinstall = url.searchParams.has('si') ? query(url, 'systeme') === 'oui' : true;
	const [plan, budget, whatIf] = await Promise.all([
		planning.plan(locals.actor, {
			category: filter.type || undefined,
			service: filter.service || undefined,
			year: filter.annee ? year : undefined,
			reason: filter.motif || undefined,
			page: pageNumber(url),
		}),
		planning.budget(locals.actor),
		planning.whatIf(locals.actor, { category, years, reinstall }),
	]);
	return { plan: expect(plan), budget: expect(budget), whatIf: expect(whatIf), filter };
};
