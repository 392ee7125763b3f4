/** Kinds of places, with their French and English names and the theme they stand under on the map. */
export const placeKinds = {
	town_hall: { fr: 'Mairie', en: 'Town hall', theme: 'administration' },
	public_service: { fr: 'Service public', en: 'Public service', theme: 'administration' },
	fire_station: { fr: 'Caserne de pompiers', en: 'Fire station', theme: 'administration' },
	police: { fr: 'Police', en: 'Police', theme: 'administration' },
	post_office: { fr: 'Bureau de poste', en: 'Post office', theme: 'administration' },
	cemetery: { fr: 'Cimetière', en: 'Cemetery', theme: 'administration' },
	school: { fr: 'École', en: 'School', theme: 'education' },
	nursery: { fr: 'Crèche', en: 'Nursery', theme: 'education' },
	college: { fr: 'Collège ou lycée', en: 'Secondary school', theme: 'education' },
	library: { fr: 'Médiathèque', en: 'Library', theme: 'culture' },
	museum: { fr: 'Musée', en: 'Museum', theme: 'culture' },
	theatre: { fr: 'Salle de spectacle', en: 'Theatre', theme: 'culture' },
	community_centre: { fr: 'Salle municipale', en: 'Community hall', theme: 'culture' },
	place_of_worship: { fr: 'Lieu de culte', en: 'Place of worship', theme: 'culture' },
	swimming_pool: { fr: 'Piscine', en: 'Swimming pool', theme: 'sport' },
	gym: { fr: 'Gymnase', en: 'Gymnasium', theme: 'sport' },
	stadium: { fr: 'Stade', en: 'Stadium', theme: 'sport' },
	playground: { fr: 'Aire de jeux', en: 'Playground', theme: 'nature' },
	park: { fr: 'Parc ou jardin', en: 'Park or garden', theme: 'nature' },
	river: { fr: 'Cours d’eau', en: 'River', theme: 'nature' },
	car_park: { fr: 'Parking', en: 'Car park', theme: 'mobility' },
	bus_stop: { fr: 'Arrêt de bus', en: 'Bus stop', theme: 'mobility' },
	station: { fr: 'Gare', en: 'Station', theme: 'mobility' },
	bicycle_parking: { fr: 'Stationnement vélo', en: 'Bicycle parking', theme: 'mobility' },
	charging_station: { fr: 'Borne de recharge', en: 'Charging station', theme: 'mobility' },
	shop: { fr: 'Commerce', en: 'Shop', theme: 'shops' },
	market: { fr: 'Marché', en: 'Market', theme: 'shops' },
	restaurant: { fr: 'Restaurant ou café', en: 'Restaurant or café', theme: 'shops' },
	pharmacy: { fr: 'Pharmacie', en: 'Pharmacy', theme: 'health' },
	health_centre: { fr: 'Centre de santé', en: 'Health centre', theme: 'health' },
	waste_point: { fr: 'Point de tri', en: 'Recycling point', theme: 'waste' },
	recycling_centre: { fr: 'Déchèterie', en: 'Recycling centre', theme: 'waste' },
	water_tower: { fr: 'Château d’eau', en: 'Water tower', theme: 'networks' },
	pumping_station: { fr: 'Station de pompage', en: 'Pumping station', theme: 'networks' },
	street_light: { fr: 'Éclairage public', en: 'Street lighting', theme: 'networks' },
	square: { fr: 'Place', en: 'Square', theme: 'nature' },
	other: { fr: 'Autre lieu', en: 'Other place', theme: 'administration' },
} as const satisfies Record<string, { fr: string; en: string; theme: string }>;

export const themes = {
	administration: { fr: 'Mairie et services', en: 'Town hall and services' },
	education: { fr: 'Écoles', en: 'Schools' },
	culture: { fr: 'Culture et vie locale', en: 'Culture and community' },
	sport: { fr: 'Sport', en: 'Sport' },
	nature: { fr: 'Parcs et jardins', en: 'Parks and gardens' },
	mobility: { fr: 'Se déplacer', en: 'Getting around' },
	shops: { fr: 'Commerces', en: 'Shops' },
	health: { fr: 'Santé', en: 'Health' },
	waste: { fr: 'Déchets', en: 'Waste' },
	networks: { fr: 'Réseaux', en: 'Networks' },
} as const;

export type PlaceKind = keyof typeof placeKinds;
export type Theme = keyof typeof themes;

/** A kind we do not know is shown as another place, never refused. */
export function toPlaceKind(text: string): PlaceKind {
	return Object.hasOwn(placeKinds, text) ? (text as PlaceKind) : 'other';
}
