import { query } from '#lib/server/pages.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url }) => {
	const { operations, town } = locals.rooms;
	const [streets, bounds] = await Promise.all([operations.lighting.publicStreets(), town.map.bounds()]);
	const text = query(url, 'rue') ?? '';
	const plain = (name: string) => name.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
	return {
		text,
		bounds,
		total: streets.length,
		luminaires: streets.reduce((sum, { luminaireCount }) => sum + luminaireCount, 0),
		saved: streets.reduce((sum, { savedKilowattHours }) => sum + (savedKilowattHours ?? 0), 0),
		// For the map: what the street goes down to this night, full where it does not.
		lines: streets.flatMap(({ coordinates, dims, levels }, index) =>
			coordinates.map((line, part) => ({
				id: `${index}-${part}`,
				coordinates: line,
				level: dims?.lowest ?? Math.max(...levels.map(({ level }) => level)),
			})),
		),
		streets: streets
			.filter(({ streetName }) => plain(streetName).includes(plain(text)))
			.map(({ coordinates: _, levels: __, ...street }) => street),
	};
};
