import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals }) => {
	const { town, sensing } = locals.rooms;
	const [timeline, kinds, districts, measures] = await Promise.all([
		town.timeline.list({ limit: 60 }),
		town.places.kinds(),
		town.areas.districts(),
		sensing.reading.map(locals.actor),
	]);
	return {
		decided: timeline.filter(({ room }) => room === 'council').slice(0, 4),
		takePart: timeline.filter(({ room }) => room === 'participation').slice(0, 4),
		now: timeline.filter(({ room }) => room !== 'council' && room !== 'participation').slice(0, 6),
		kinds: kinds.map(({ kind, count }) => ({ kind, count, label: town.kinds[kind] })),
		districts,
		measures: highlights(measures),
	};
};

type Measured = Awaited<ReturnType<App.Locals['rooms']['sensing']['reading']['map']>>;

/** One fresh value of each of the things people ask about most, from the device heard last. */
function highlights(measured: Measured) {
	const wanted = [
		'temperature',
		'availableSpotNumber',
		'pm25',
		'waterTemperature',
		'relativeHumidity',
		'LAeq',
		'precipitation',
		'fillingLevel',
	];
	return wanted
		.flatMap((property) => {
			const candidates = measured
				.flatMap((device) =>
					device.values.map((value) => ({ value, placeId: device.placeId, name: device.name })),
				)
				.filter(({ value }) => value.series.property === property && !value.stale && value.quality === 0)
				.sort((a, b) => b.value.observedAt.getTime() - a.value.observedAt.getTime());
			return candidates.slice(0, 1);
		})
		.slice(0, 4);
}
