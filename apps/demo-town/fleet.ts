import { type ModelName, models } from './devices/index.ts';
import { type DemoPlace, type Geography, toDegrees } from './geography.ts';
import { noiseOf } from './random.ts';

/** A device of the town: what it is, where, and who looks after it. */
export interface DemoDevice {
	/** DevEUI for LoRaWAN models, a name for those that send JSON. */
	identifier: string;
	name: string;
	model: ModelName;
	/** External id of its place; null for devices in the street. */
	placeId: string | null;
	placeKind: string;
	/** Room or thing it watches, the same for devices that watch it together. */
	room: string;
	service: string;
	longitude: number;
	latitude: number;
	parameters: Record<string, number>;
	/** Spaces of its car park. */
	capacity: number;
	intervalSeconds: number;
	/** What is wrong with it, so that there is something to find. */
	fault: 'silent' | 'frozen' | 'low battery' | 'garbled' | null;
}

const companyPrefix = '70b3d57ed0';

/** Every device, always the same ones. */
export function buildFleet(geography: Geography): DemoDevice[] {
	const devices: DemoDevice[] = [];
	const add = (
		place: DemoPlace,
		model: ModelName,
		name: string,
		service: string,
		room = name,
		parameters: Record<string, number> = {},
	) => {
		const number = devices.length + 1;
		const identifier =
			models[model].fPort === null
				? place.id.replace('lieu', 'poste')
				: `${companyPrefix}${number.toString(16).padStart(6, '0')}`;
		devices.push({
			identifier,
			name: `${name} · ${place.name}`,
			model,
			placeId: place.id,
			placeKind: place.kind,
			room: `${place.id} ${room}`,
			service,
			longitude: place.longitude,
			latitude: place.latitude,
			parameters,
			capacity: place.capacity ?? 50,
			intervalSeconds: models[model].expectedIntervalSeconds,
			fault: null,
		});
	};
	const kind = (...kinds: string[]) => geography.places.filter((place) => kinds.includes(place.kind));
	const each = (count: number, act: (n: number) => void) => {
		for (let n = 1; n <= count; n++) act(n);
	};

	for (const place of kind('waste_point'))
		for (const [flow, height] of [
			['Verre', 1600],
			['Emballages', 1800],
			['Papiers', 1700],
		] as const)
			add(place, 'ldds75', flow, 'Propreté', flow, { heightMillimeters: height });
	for (const place of kind('school', 'college', 'nursery')) {
		each(8, (n) => add(place, 'ersCo2', `Classe ${n}`, 'Bâtiments'));
		each(10, (n) => add(place, 'vicki', `Radiateur ${n}`, 'Bâtiments', `Classe ${Math.min(n, 8)}`));
		add(place, 'em2101', 'Compteur général', 'Bâtiments');
		add(place, 'em300Sld', 'Chaufferie', 'Bâtiments');
		add(place, 'em300Th', 'Cour', 'Bâtiments');
	}
	for (const place of kind(
		'town_hall',
		'library',
		'theatre',
		'gym',
		'swimming_pool',
		'community_centre',
		'health_centre',
		'police',
		'post_office',
	)) {
		each(3, (n) => add(place, 'ersCo2', `Salle ${n}`, 'Bâtiments'));
		each(4, (n) => add(place, 'lht65n', `Bureau ${n}`, 'Bâtiments'));
		each(3, (n) => add(place, 'tbms100', `Salle ${n}`, 'Bâtiments'));
		each(5, (n) => add(place, 'vicki', `Radiateur ${n}`, 'Bâtiments', `Salle ${((n - 1) % 3) + 1}`));
		add(place, 'em2101', 'Compteur général', 'Bâtiments');
		add(place, 'vs133', 'Entrée', 'Bâtiments');
		add(place, 'em300Sld', 'Local technique', 'Bâtiments');
	}
	for (const place of kind('swimming_pool'))
		each(2, (n) => add(place, 'em500Pt100', n === 1 ? 'Grand bassin' : 'Pataugeoire', 'Sports'));
	for (const place of kind('car_park')) add(place, 'barrier', 'Places libres', 'Mobilités');
	for (const place of kind('river')) add(place, 'dlCtd10', 'Niveau de l’Orle', 'Eau et risques');
	for (const place of kind('pumping_station')) {
		add(place, 'dlCtd10', 'Bâche', 'Eau et risques');
		add(place, 'em2101', 'Pompes', 'Eau et risques');
	}
	for (const place of kind('stadium', 'water_tower')) add(place, 'dlAtm22', 'Vent', 'Sports');
	for (const place of kind('park', 'square', 'cemetery'))
		each(2, (n) => add(place, 'em300Th', n === 1 ? 'À l’ombre' : 'Au soleil', 'Espaces verts'));
	for (const [i, place] of kind('bus_stop').entries())
		if (i % 2 === 0) add(place, 'em300Th', 'Abri', 'Mobilités');
	for (const place of kind('market')) add(place, 'vs133', 'Allée centrale', 'Commerce');

	const streets = geography.streets.features;
	for (let n = 0; n < 110; n++) {
		const street = streets[(n * 2 + 1) % streets.length];
		const line = (street?.geometry.coordinates ?? []) as [number, number][];
		const [longitude, latitude] = line[Math.floor(line.length / 2)] ?? toDegrees([0, 0]);
		devices.push({
			identifier: `armoire-${String(n + 1).padStart(3, '0')}`,
			name: `Armoire ${n + 1} · ${street?.properties.name}`,
			model: 'cabinet',
			placeId: null,
			placeKind: 'street_light',
			room: `armoire ${n + 1}`,
			service: 'Éclairage',
			longitude,
			latitude,
			parameters: {},
			capacity: 12 + Math.floor(noiseOf('lampes', n) * 20),
			intervalSeconds: models.cabinet.expectedIntervalSeconds,
			fault: null,
		});
	}
	for (const [index, fault] of [
		[7, 'silent'],
		[61, 'frozen'],
		[95, 'low battery'],
		[140, 'garbled'],
		[233, 'silent'],
		[310, 'low battery'],
	] as const) {
		const device = devices[index];
		if (device) device.fault = fault;
	}
	return devices;
}
