import { filterOf } from '#lib/server/equipment-form.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

const grids = [24, 40, 65] as const;

export const load: PageServerLoad = async ({ locals, url }) => {
	const { devices, labels } = locals.rooms.equipment.inventory;
	const perSheet = grids.find((grid) => String(grid) === query(url, 'planche')) ?? 24;
	// Labels that were used from a sheet already.
	const skipped = Math.min(Math.max(0, Math.trunc(Number(query(url, 'sauter') ?? 0)) || 0), perSheet - 1);
	const asked = url.searchParams.size > 0;
	const found = asked ? expect(await labels(locals.actor, filterOf(url))) : { labels: [], total: 0 };
	const cells = [...Array.from({ length: found.labels.length ? skipped : 0 }, () => null), ...found.labels];
	return {
		perSheet,
		skipped,
		asked,
		total: found.total,
		made: found.labels.length,
		sheets: Array.from({ length: Math.ceil(cells.length / perSheet) }, (_, n) =>
			cells.slice(n * perSheet, (n + 1) * perSheet),
		),
		choices: expect(await devices.choices(locals.actor)),
		chosen: Object.fromEntries(url.searchParams),
		grids: [...grids],
	};
};
