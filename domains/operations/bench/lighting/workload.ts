export const streets = 500;
export const lampsInStreet = 20;
export const luminaireCount = streets * lampsInStreet;
const spacing = 25 / (111_320 * Math.cos((46.7 * Math.PI) / 180));

export const lampName = (street: number, lamp: number) => `lampe-${street}-${lamp}`;
/** A sensor stands under every second lamp. */
export const sensorName = (street: number, lamp: number) => `presence-${street}-${lamp}`;

/** Parallel streets of lamps 25 m apart. */
export function installation(): Record<string, unknown> {
	const segments = [];
	const luminaires = [];
	const sensors = [];
	for (let street = 0; street < streets; street++) {
		const latitude = 46.7 + street * 0.0005;
		const at = (lamp: number): [number, number] => [2.2 + lamp * spacing, latitude];
		segments.push({
			externalId: `rue-${street}`,
			streetName: `Rue ${street}`,
			usage: 'tunnel',
			coordinates: [at(0), at(lampsInStreet - 1)],
		});
		for (let lamp = 0; lamp < lampsInStreet; lamp++) {
			const [longitude] = at(lamp);
			luminaires.push({
				externalId: lampName(street, lamp),
				segment: `rue-${street}`,
				longitude,
				latitude,
				watts: 40,
			});
			if (lamp % 2 === 0)
				sensors.push({
					externalId: sensorName(street, lamp),
					segment: `rue-${street}`,
					longitude,
					latitude,
				});
		}
	}
	return { segments, luminaires, sensors };
}

/** Lit day and night, so that it measures the same at any hour. */
export const profile = {
	name: 'Banc d’essai',
	usage: 'tunnel',
	streetClasses: [],
	plans: [
		{ season: null, weekdays: null, dates: null, on: null, off: null, levels: [{ from: null, level: 20 }] },
	],
	presence: { level: 100, aheadMeters: 40, holdSeconds: 5, riseSeconds: 1, fallSeconds: 5 },
	activity: null,
	decision: null,
};
