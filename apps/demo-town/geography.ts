import { districtNames, postcode, shopNames, townName } from './names.ts';
import {
	buildNetwork,
	centreRing,
	communeRadius,
	grown,
	type Point,
	polar,
	type StreetLine,
	sectorCount,
} from './network.ts';
import { createRandom, pick } from './random.ts';

export interface Feature {
	type: 'Feature';
	id?: string;
	properties: Record<string, unknown>;
	geometry: { type: string; coordinates: unknown };
}
export interface FeatureCollection {
	type: 'FeatureCollection';
	features: Feature[];
}

export interface DemoPlace {
	id: string;
	kind: string;
	name: string;
	description: string;
	street: string;
	houseNumber: string | null;
	openingHours: string | null;
	capacity: number | null;
	longitude: number;
	latitude: number;
}

export interface Geography {
	name: string;
	districts: FeatureCollection;
	streets: FeatureCollection;
	places: DemoPlace[];
	/** Layers of the drawing under the map. */
	layers: Record<'boundary' | 'water' | 'green' | 'buildings', FeatureCollection>;
}

/** A place in open country, in the middle of France; nothing there is drawn from reality. */
const origin = { longitude: 2.2136, latitude: 46.7421 };
const metersPerDegree = 111_320;
const populations = [3120, 2240, 1980, 2410, 1630, 1450, 1270];

export function toDegrees([x, y]: Point): [number, number] {
	const latitude = origin.latitude + y / metersPerDegree;
	const longitude = origin.longitude + x / (metersPerDegree * Math.cos((origin.latitude * Math.PI) / 180));
	return [Number(longitude.toFixed(6)), Number(latitude.toFixed(6))];
}

const collection = (features: Feature[]): FeatureCollection => ({ type: 'FeatureCollection', features });
const closed = (points: Point[]): [number, number][] => {
	const ring = points.map(toDegrees);
	const [first] = ring;
	return first ? [...ring, first] : ring;
};
const polygon = (points: Point[], properties: Record<string, unknown> = {}): Feature => ({
	type: 'Feature',
	properties,
	geometry: { type: 'Polygon', coordinates: [closed(points)] },
});

/** The whole town, always the same. */
export function buildGeography(): Geography {
	const { streets, river } = buildNetwork();
	const random = createRandom(1881);
	return {
		name: townName,
		districts: collection(buildDistricts()),
		streets: collection(
			streets.map(({ id, name, class: kind, oneWay, points }) => ({
				type: 'Feature',
				id,
				properties: { id, name, class: kind, oneWay },
				geometry: { type: 'LineString', coordinates: points.map(toDegrees) },
			})),
		),
		places: buildPlaces(streets, random),
		layers: {
			boundary: collection([polygon(communeEdge(), { name: townName })]),
			water: collection([
				polygon(ribbon(river, 17), { name: 'L’Orle' }),
				polygon(blob([-1180, -880], 190, 'etang'), { name: 'Étang des Gravières' }),
			]),
			green: collection(greens()),
			buildings: collection(buildBuildings(streets, river, random)),
		},
	};
}

function communeEdge(): Point[] {
	return Array.from({ length: 140 }, (_, n) => grown(polar(communeRadius, n / 140)));
}

/** The centre within its boulevard, and the sectors between the main roads around it. */
function buildDistricts(): Feature[] {
	const centreRadius = [75, 150, 235, 330][centreRing] ?? 330;
	const steps = 20;
	const arc = (radius: number, sector: number, backwards = false) => {
		const turns = Array.from({ length: steps + 1 }, (_, n) => (sector + n / steps) / sectorCount);
		return (backwards ? turns.toReversed() : turns).map((turn) => polar(radius, turn));
	};
	const side = (sector: number, outwards: boolean) => {
		const radii = Array.from(
			{ length: 12 },
			(_, n) => centreRadius + ((communeRadius - centreRadius) * (n + 1)) / 13,
		);
		return (outwards ? radii : radii.toReversed()).map((radius) => polar(radius, sector / sectorCount));
	};
	const centre = Array.from({ length: sectorCount * steps }, (_, n) =>
		polar(centreRadius, n / (sectorCount * steps)),
	);
	// The last two sectors are one district: six around the centre.
	const outer = districtNames.slice(1).map((_, index) => {
		const last = index === sectorCount - 2;
		const arcs = last ? [index, index + 1] : [index];
		const end = index + arcs.length;
		return [
			...arcs.flatMap((sector) => arc(centreRadius, sector).slice(0, -1)),
			polar(centreRadius, end / sectorCount),
			...side(end, true),
			...arcs.toReversed().flatMap((sector) => arc(communeRadius, sector, true)),
			...side(index, false),
		];
	});
	return [centre, ...outer].map((points, index) =>
		polygon(points.map(grown), {
			id: `quartier-${index + 1}`,
			name: districtNames[index] ?? '',
			population: populations[index] ?? 0,
		}),
	);
}

function ribbon(line: Point[], halfWidth: number): Point[] {
	const side = (sign: number) =>
		line.map(([x, y], i): Point => {
			const [ax, ay] = line[Math.max(0, i - 1)] ?? [x, y];
			const [bx, by] = line[Math.min(line.length - 1, i + 1)] ?? [x, y];
			const length = Math.hypot(bx - ax, by - ay) || 1;
			return [x + (sign * halfWidth * (by - ay)) / length, y - (sign * halfWidth * (bx - ax)) / length];
		});
	return [...side(1), ...side(-1).toReversed()];
}

function blob([cx, cy]: Point, radius: number, seed: string): Point[] {
	return Array.from({ length: 28 }, (_, n): Point => {
		const angle = (n / 28) * 2 * Math.PI;
		const r =
			radius *
			(1 + 0.18 * Math.sin(angle * 3 + seed.length) + 0.1 * Math.cos(angle * 5 + seed.charCodeAt(0)));
		return grown([cx + Math.cos(angle) * r, cy + Math.sin(angle) * r * 0.8]);
	});
}

const parks: readonly { name: string; centre: Point; radius: number }[] = [
	{ name: 'Parc des Berges', centre: [-330, 260], radius: 115 },
	{ name: 'Jardin de la Mairie', centre: [42, 44], radius: 26 },
	{ name: 'Parc de Bellefontaine', centre: [560, -700], radius: 120 },
	{ name: 'Bois des Coteaux', centre: [-1500, 900], radius: 420 },
	{ name: 'Bois de la Garenne', centre: [1500, 1050], radius: 380 },
	{ name: 'Square des Tuileries', centre: [520, 560], radius: 60 },
	{ name: 'Verger partagé du Grand Pré', centre: [820, -240], radius: 70 },
];

function greens(): Feature[] {
	return parks.map(({ name, centre, radius }) => polygon(blob(centre, radius, name), { name }));
}

/** Footprints along both sides of each street, none on another, on a street or in the water. */
function buildBuildings(
	streets: readonly StreetLine[],
	river: readonly Point[],
	random: () => number,
): Feature[] {
	const taken = new Set<string>();
	const cell = (x: number, y: number) => `${Math.floor(x / 9)} ${Math.floor(y / 9)}`;
	for (const { points } of streets)
		for (const [i, [bx, by]] of points.entries()) {
			const [ax, ay] = points[i - 1] ?? [bx, by];
			const steps = Math.ceil(Math.hypot(bx - ax, by - ay) / 4);
			for (let n = 0; n <= steps; n++)
				taken.add(cell(ax + ((bx - ax) * n) / (steps || 1), ay + ((by - ay) * n) / (steps || 1)));
		}
	const wet = (x: number, y: number) => river.some(([rx, ry]) => Math.hypot(rx - x, ry - y) < 45);
	const inPark = (x: number, y: number) =>
		parks.some(({ centre, radius }) => {
			const [px, py] = grown(centre);
			return Math.hypot(px - x, py - y) < radius * 1.15;
		});
	const buildings: Feature[] = [];
	for (const { points, class: kind } of streets) {
		const dense = kind === 'pedestrian' || kind === 'secondary';
		for (const [i, [bx, by]] of points.entries()) {
			const [ax, ay] = points[i - 1] ?? [bx, by];
			const length = Math.hypot(bx - ax, by - ay);
			if (length < 12) continue;
			const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
			for (let along = 8; along < length - 6; along += dense ? 13 : 21)
				for (const side of [-1, 1]) {
					if (random() < (dense ? 0.1 : 0.28)) continue;
					const far = (dense ? 11 : 15) + random() * 4;
					const [width, depth] = dense ? [5.6, 5] : [4.8 + random() * 2, 4.4 + random()];
					const x = ax + ux * along - uy * far * side;
					const y = ay + uy * along + ux * far * side;
					const corners = [
						[-width, -depth],
						[width, -depth],
						[width, depth],
						[-width, depth],
					].map(([a = 0, b = 0]): Point => [x + ux * a - uy * b, y + uy * a + ux * b]);
					const cells = [[x, y] as Point, ...corners].map(([cx, cy]) => cell(cx, cy));
					if (cells.some((name) => taken.has(name)) || wet(x, y) || inPark(x, y)) continue;
					for (const name of cells) taken.add(name);
					buildings.push(polygon(corners));
				}
		}
	}
	return buildings;
}

function buildPlaces(streets: readonly StreetLine[], random: () => number): DemoPlace[] {
	const places: DemoPlace[] = [];
	const usedNumbers = new Map<string, number>();
	const nearest = (target: Point): { street: StreetLine; point: Point } => {
		let best = {
			street: streets[0] as StreetLine,
			point: [0, 0] as Point,
			distance: Number.POSITIVE_INFINITY,
		};
		for (const street of streets)
			for (const point of street.points) {
				const distance = Math.hypot(point[0] - target[0], point[1] - target[1]);
				if (distance < best.distance) best = { street, point, distance };
			}
		return best;
	};
	const add = (
		kind: string,
		name: string,
		description: string,
		planned: Point,
		openingHours: string | null = null,
		capacity: number | null = null,
		exact = false,
	) => {
		const target = grown(planned);
		const { street, point } = nearest(target);
		const number = (usedNumbers.get(street.name) ?? Math.floor(random() * 4)) + 1 + Math.floor(random() * 5);
		usedNumbers.set(street.name, number);
		const [x, y]: Point = exact
			? target
			: [point[0] + (random() - 0.5) * 16 + 9, point[1] + (random() - 0.5) * 16];
		const [longitude, latitude] = toDegrees([x, y]);
		const withNumber = ![
			'park',
			'bus_stop',
			'waste_point',
			'river',
			'car_park',
			'street_light',
			'square',
		].includes(kind);
		places.push({
			id: `lieu-${String(places.length + 1).padStart(3, '0')}`,
			kind,
			name,
			description,
			street: street.name,
			houseNumber: withNumber ? String(number) : null,
			openingHours,
			capacity,
			longitude,
			latitude,
		});
	};
	const around = (radius: number, turn: number) => polar(radius, turn);

	const office = 'Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00; PH off';
	const schoolHours = 'Mo,Tu,Th,Fr 08:30-16:30; PH off';
	add(
		'town_hall',
		'Hôtel de ville',
		'La mairie accueille l’état civil, l’urbanisme et le conseil municipal, dans l’ancien prieuré de 1742.',
		[18, 26],
		office,
	);
	add(
		'square',
		'Place de l’Hôtel-de-Ville',
		'Grande place pavée où se tient le marché du mercredi et du samedi.',
		[0, 0],
		null,
		null,
		true,
	);
	add(
		'market',
		'Halle aux grains',
		'Halle couverte du XIXᵉ siècle : marché de producteurs le mercredi et le samedi matin.',
		[-40, 70],
		'We,Sa 07:30-13:00',
	);
	add(
		'place_of_worship',
		'Église Sainte-Odile',
		'Église romane, clocher visible de toute la vallée.',
		[70, 80],
		'Mo-Su 09:00-18:00',
	);
	add(
		'library',
		'Médiathèque Jeanne-Valmont',
		'Livres, presse, musique et un atelier numérique où l’on répare et apprend ensemble.',
		[-140, 130],
		'Tu,Th,Fr 14:00-18:30; We,Sa 10:00-18:00; PH off',
		180,
	);
	add(
		'theatre',
		'Théâtre des Tanneurs',
		'Salle de 320 places dans une ancienne tannerie.',
		[-210, -150],
		null,
		320,
	);
	add(
		'swimming_pool',
		'Piscine des Tilleuls',
		'Bassin de 25 mètres, pataugeoire et plage de verdure en été.',
		[620, 380],
		'Mo,Th 12:00-14:00,17:00-20:00; Tu,Fr 12:00-14:00,17:00-21:00; We 10:00-19:00; Sa 10:00-18:00; Su 09:00-13:00; PH off',
		260,
	);
	add(
		'gym',
		'Gymnase Paul-Vernet',
		'Basket, badminton et escalade ; clubs en soirée.',
		[700, 300],
		'Mo-Su 08:00-22:00',
		400,
	);
	add(
		'stadium',
		'Stade de la Plaine',
		'Deux terrains, piste d’athlétisme et club-house.',
		[980, 420],
		'Mo-Su 08:00-22:00',
		1200,
	);
	add(
		'station',
		'Gare de Valbrune',
		'Trains régionaux vers Montaubrac toutes les heures en semaine.',
		around(720, 0.005),
		'Mo-Su 05:30-21:30',
	);
	add(
		'fire_station',
		'Centre de secours',
		'Sapeurs-pompiers de la vallée de l’Orle.',
		around(800, 0.46),
		'24/7',
	);
	add(
		'police',
		'Police municipale',
		'Accueil du public, objets trouvés et opération tranquillité vacances.',
		[60, -60],
		'Mo-Fr 08:30-18:00',
	);
	add(
		'post_office',
		'Bureau de poste',
		'Courrier, colis et point d’accès aux services en ligne.',
		[-70, -90],
		'Mo-Fr 09:00-12:00,14:00-17:30; Sa 09:00-12:00; PH off',
	);
	add(
		'community_centre',
		'Maison des associations',
		'Salles à réserver, permanences et repair café le premier samedi du mois.',
		[250, -230],
		'Mo-Fr 09:00-21:00; Sa 09:00-18:00',
		220,
	);
	add(
		'health_centre',
		'Maison de santé des Forges',
		'Sept médecins, deux infirmières et une sage-femme.',
		around(640, 0.42),
		'Mo-Fr 08:00-19:30; Sa 08:30-12:00; PH off',
	);
	add(
		'recycling_centre',
		'Déchèterie de la Briqueterie',
		'Encombrants, végétaux, gravats et local du réemploi.',
		around(1250, 0.4),
		'Mo-Sa 09:00-12:00,14:00-18:00; PH off',
	);
	add(
		'cemetery',
		'Cimetière des Coteaux',
		'Cimetière paysager en terrasses.',
		around(1150, 0.21),
		'Mo-Su 08:00-18:00',
	);
	add(
		'water_tower',
		'Château d’eau de Bellevue',
		'Réservoir de 800 m³ qui alimente l’est de la commune.',
		around(1300, 0.83),
	);
	add(
		'pumping_station',
		'Station de pompage des Gravières',
		'Captage de la nappe et premier traitement.',
		around(1180, 0.33),
	);
	add(
		'pumping_station',
		'Poste de relèvement du Pont-Vieux',
		'Relève les eaux usées du centre vers la station d’épuration.',
		[-230, 40],
	);
	add(
		'river',
		'L’Orle au Pont-Vieux',
		'Point de mesure de la rivière, juste en amont du pont de pierre.',
		[-205, 30],
		null,
		null,
		true,
	);
	add(
		'nursery',
		'Crèche Les Roitelets',
		'Quarante berceaux, repas préparés sur place.',
		around(520, 0.72),
		'Mo-Fr 07:30-18:30; PH off',
		40,
	);
	for (const [name, radius, turn, text] of [
		['École élémentaire Léonie-Garnier', 260, 0.12, 'Dix classes, cour plantée d’arbres depuis 2024.'],
		['École du Grand Pré', 760, 0.9, 'École maternelle et élémentaire, restaurant scolaire en régie.'],
		['École des Forges', 700, 0.5, 'Huit classes au cœur du quartier, jardin potager des élèves.'],
		['École de Bellefontaine', 820, 0.63, 'Six classes et une salle ouverte aux associations le soir.'],
	] as const)
		add('school', name, text, around(radius, turn), schoolHours, 240);
	add(
		'college',
		'Collège Irène-Fabre',
		'Quatre cent cinquante élèves, section sportive et classe média.',
		around(900, 0.28),
		'Mo-Fr 08:00-17:30; PH off',
		480,
	);
	for (const [name, position, capacity] of [
		['Parking de la Halle', [-90, 175], 64],
		['Parking des Fossés', [290, 160], 118],
		['Parking de la Gare', around(690, 0.985), 142],
		['Parking du Pont-Vieux', [-290, -60], 52],
		['Parking de la Piscine', [650, 345], 86],
		['Parking des Écoles', around(290, 0.15), 38],
	] as const)
		add(
			'car_park',
			name,
			`Stationnement gratuit, ${capacity} places dont deux adaptées.`,
			position as Point,
			'24/7',
			capacity,
		);
	for (const { name, centre } of parks)
		add(
			'park',
			name,
			name.startsWith('Bois')
				? 'Promenades balisées sous les chênes, aires de pique-nique.'
				: 'Pelouses, bancs à l’ombre et point d’eau potable.',
			centre,
			name.startsWith('Bois') ? null : 'Mo-Su 08:00-20:00',
			null,
			true,
		);
	for (const [i, { name, text, hours }] of shopNames.entries()) {
		const kind = name.startsWith('Pharmacie')
			? 'pharmacy'
			: /Café|Restaurant|Pizzeria|Salon de thé/.test(name)
				? 'restaurant'
				: 'shop';
		add(kind, name, text, around(60 + (i % 5) * 52, (i * 0.137) % 1), hours);
	}
	const stops = [360, 560, 760, 980, 1260, 1540];
	for (let sector = 0; sector < sectorCount; sector++)
		for (const [n, radius] of stops.entries()) {
			const point = around(radius, sector / sectorCount + 0.004);
			const { street } = nearest(grown(point));
			const names = ['Porte', 'Carrefour', 'Mairie annexe', 'Clos', 'Hauts', 'Terminus'];
			add(
				'bus_stop',
				`Arrêt ${names[n]} ${street.name.replace(/^(Avenue|Route|Boulevard|Rue) /, '')}`,
				`Ligne ${'ABCDEFG'[sector]} du réseau Orlibus, abri et annonce sonore.`,
				point,
			);
		}
	const corners = [
		'des Vergers',
		'de la Poste',
		'du Lavoir',
		'des Platanes',
		'du Stade',
		'de la Fontaine',
		'des Ateliers',
		'du Collège',
		'de la Passerelle',
		'des Jardins',
	];
	for (let i = 0; i < 46; i++) {
		const radius = 200 + (i % 9) * 130 + random() * 60;
		const name = `Point de tri ${pick(random, corners)} ${i + 1}`;
		add(
			'waste_point',
			name,
			'Colonnes pour le verre, les emballages et les papiers.',
			around(radius, (i * 0.381966) % 1),
		);
	}
	return places;
}

/** Places as the platform imports them. */
export function placesCollection(places: readonly DemoPlace[]): FeatureCollection {
	return collection(
		places.map(({ longitude, latitude, ...properties }) => ({
			type: 'Feature',
			id: properties.id,
			properties: { ...properties, postcode, city: townName },
			geometry: { type: 'Point', coordinates: [longitude, latitude] },
		})),
	);
}
