import type { PlaceKind } from '@parvis/town';
import { publicMeasures } from '#lib/server/public-measures.ts';
import type { PageServerLoad } from './$types';

/** Kinds of places that people look for most, in this order. */
const asked: readonly PlaceKind[] = [
	'town_hall',
	'school',
	'swimming_pool',
	'library',
	'car_park',
	'recycling_centre',
	'bus_stop',
];

export const load: PageServerLoad = async ({ locals }) => {
	const { town, participation, council, footprint } = locals.rooms;
	const [timeline, kinds, districts, measures, calls, live, carbon] = await Promise.all([
		town.timeline.list({ limit: 60 }),
		town.places.kinds(),
		town.areas.districts(),
		publicMeasures(locals),
		participation.calls.list(locals.actor, { limit: 20 }),
		council.programme.live(),
		footprint.summary(),
	]);
	const shown = highlights(measures);
	const places = await town.places.find(shown.flatMap(({ placeId }) => placeId ?? []));
	return {
		live,
		// A line of what is measured and saved; nothing simulated, nothing that cost more.
		avoided: carbon.measured && carbon.measured.kilograms > 0 ? carbon.measured : null,
		decided: timeline.filter(({ room }) => room === 'council').slice(0, 4),
		openCalls: calls.filter(({ status, current }) => status === 'published' && current).slice(0, 3),
		takePart: timeline.filter(({ room }) => room === 'participation').slice(0, 4),
		now: timeline.filter(({ room }) => room !== 'council' && room !== 'participation').slice(0, 6),
		kinds: asked
			.flatMap((kind) =>
				kinds.some((known) => known.kind === kind) ? [{ kind, label: town.kinds[kind] }] : [],
			)
			.slice(0, 5),
		districts,
		measures: shown.map((value) => {
			const place = value.placeId ? places.get(value.placeId) : undefined;
			return { ...value, where: place?.name ?? value.where, ...(place && { href: `/lieux/${place.slug}` }) };
		}),
	};
};

type Measured = Awaited<ReturnType<App.Locals['rooms']['sensing']['reading']['map']>>;

/** What people ask about most, in this order. */
const wanted = [
	'temperature',
	'windSpeed',
	'precipitation',
	'availableSpotNumber',
	'waterLevel',
	'pm25',
	'LAeq',
];

/** One fresh value of each: out of doors where there is a choice, from the device heard last. */
function highlights(measured: Measured) {
	const outside = (device: Measured[number]) =>
		device.values.some(({ series }) => ['windSpeed', 'precipitation'].includes(series.property));
	const byPreference = measured.toSorted(
		(a, b) => Number(outside(b)) - Number(outside(a)) || heardAt(b) - heardAt(a),
	);
	return wanted
		.flatMap((property) => {
			for (const { values, placeId, name } of byPreference) {
				const value = values.find(
					({ series, stale, quality }) => series.property === property && !stale && quality === 0,
				);
				if (value) return [{ ...value, placeId, where: name }];
			}
			return [];
		})
		.slice(0, 4);
}

function heardAt({ values }: Measured[number]): number {
	return Math.max(...values.map(({ observedAt }) => observedAt.getTime()));
}
