import type { Result } from '@parvis/platform';
import type { RoadProfile } from '@parvis/town';
import { optionalNumber, readForm, refused } from '#lib/server/forms.ts';
import { done } from '#lib/server/notice.ts';
import { expect, query } from '#lib/server/pages.ts';
import type { Actions, PageServerLoad } from './$types';

const profiles: readonly RoadProfile[] = ['car', 'truck', 'bicycle', 'foot'];
const longestTyped = 200;

/** What stands in the way of trying a route, by the field it concerns. */
type Problem = { field: 'de' | 'a' | 'hauteur' | 'poids'; key: string };

export const load: PageServerLoad = async ({ locals, url, parent }) => {
	const { may } = await parent();
	const { town } = locals.rooms;
	expect<null>(may.editPlaces ? { ok: true, value: null } : { ok: false, error: 'platform.not_allowed' });
	const typed = {
		de: (query(url, 'de') ?? '').slice(0, longestTyped),
		a: (query(url, 'a') ?? '').slice(0, longestTyped),
		par: profiles.find((profile) => profile === query(url, 'par')) ?? 'car',
		hauteur: query(url, 'hauteur') ?? '',
		poids: query(url, 'poids') ?? '',
	};
	const [status, addresses, outcome] = await Promise.all([
		town.roads.status(),
		knownAddresses(locals),
		tried(locals, typed),
	]);
	return { status, typed, addresses, ...outcome };
};

/** Streets and places, as they are offered while one types. */
async function knownAddresses(locals: App.Locals): Promise<string[]> {
	const { areas, places } = locals.rooms.town;
	const [streets, { items }] = await Promise.all([
		areas.streets({ limit: 500 }),
		places.list({ pageSize: 500 }),
	]);
	return [...new Set([...items, ...streets].map(({ name }) => name))];
}

async function tried(
	locals: App.Locals,
	{ de, a, par, hauteur, poids }: { de: string; a: string; par: RoadProfile; hauteur: string; poids: string },
) {
	const { town } = locals.rooms;
	if (!de && !a) return { trial: null, problems: [] as Problem[] };
	const [from, to] = await Promise.all([town.areas.findAddress(de), town.areas.findAddress(a)]);
	const [heightMeters, weightTonnes] = [optionalNumber(hauteur) ?? 0, optionalNumber(poids) ?? 0];
	const problems: Problem[] = [];
	if (!from) problems.push({ field: 'de', key: 'roads.unknownAddress' });
	if (!to) problems.push({ field: 'a', key: 'roads.unknownAddress' });
	if (!(heightMeters >= 0 && heightMeters <= 10)) problems.push({ field: 'hauteur', key: 'roads.badHeight' });
	if (!(weightTonnes >= 0 && weightTonnes <= 100)) problems.push({ field: 'poids', key: 'roads.badWeight' });
	if (!from || !to || problems.length) return { trial: null, problems };
	const ends = [
		[from.longitude, from.latitude],
		[to.longitude, to.latitude],
	] as const;
	const routes = await Promise.all(
		profiles.map(async (profile) => ({
			profile,
			...(await town.roads.route(ends, { profile, heightMeters, weightTonnes })),
		})),
	);
	const drawn = routes.find(({ profile }) => profile === par)?.coordinates ?? [];
	const shown = drawn.length ? drawn : ends.map(([x, y]): [number, number] => [x, y]);
	const middle = [(ends[0][0] + ends[1][0]) / 2, (ends[0][1] + ends[1][1]) / 2] as const;
	return {
		problems,
		trial: {
			drawn: shown,
			isWay: drawn.length > 1,
			to: ends[1],
			// JSON has no Infinity.
			routes: routes.map(({ profile, meters, seconds, provider }) => ({
				profile,
				provider,
				meters: Number.isFinite(meters) ? meters : null,
				seconds: Number.isFinite(seconds) ? seconds : null,
			})),
			shapes: await town.map.around(middle, Math.max(600, reach(shown, middle))),
		},
	};
}

/** Metres from a position to the farthest of some points, on the plane. */
function reach(points: readonly (readonly [number, number])[], [x, y]: readonly [number, number]): number {
	const narrow = Math.cos((y * Math.PI) / 180);
	return Math.max(...points.map(([px, py]) => Math.hypot((px - x) * narrow, py - y))) * 111_320 * 1.5;
}

export const actions: Actions = {
	async default(event) {
		const { locals, request } = event;
		const { data, typed } = await readForm(request);
		const file = data.get('fichier');
		const given = file instanceof File && file.size > 0 ? file : null;
		const result: Result<{ report: { kilometers: number } }> = given
			? await locals.rooms.town.roads.import(locals.actor, given.stream(), {
					source: given.name,
					attribution: typed.attribution,
				})
			: { ok: false, error: 'town.roads_empty' };
		if (!result.ok) return refused(locals, result, typed);
		return done(event, '/espace/reseau-routier', 'roads.imported', {
			kilometers: Math.round(result.value.report.kilometers),
		});
	},
};
