import type { Category } from '../../kinds.ts';

/** What the invented fleet looks like, by category. */
export interface DemoCategory {
	category: Category;
	/** Devices present on the day. */
	present: number;
	/** Years of service before it is replaced, about. */
	years: number;
	/** Euros of a new one, about. */
	euros: number;
	/** Years with updates of its system from the purchase; null: it has none to lose. */
	supportYears: number | null;
	/** Points of battery health lost in a year; null: no battery. */
	batteryLoss: number | null;
	/** Held by one person, by a service, or by schools. */
	heldBy: 'person' | 'service' | 'school';
	/** A model to fall back on where the catalogue has none. */
	model: string;
}

export const demoCategories: readonly DemoCategory[] = [
	{
		category: 'monitor',
		present: 260,
		years: 9,
		euros: 180,
		supportYears: null,
		batteryLoss: null,
		heldBy: 'service',
		model: 'Écran 24 pouces',
	},
	{
		category: 'laptop',
		present: 210,
		years: 5.5,
		euros: 950,
		supportYears: 8,
		batteryLoss: 7,
		heldBy: 'person',
		model: 'Portable 14 pouces',
	},
	{
		category: 'desktop',
		present: 150,
		years: 6.5,
		euros: 650,
		supportYears: 8,
		batteryLoss: null,
		heldBy: 'service',
		model: 'Unité centrale compacte',
	},
	{
		category: 'smartphone',
		present: 95,
		years: 4,
		euros: 320,
		supportYears: 5,
		batteryLoss: 8,
		heldBy: 'person',
		model: 'Téléphone 6 pouces',
	},
	{
		category: 'tablet',
		present: 75,
		years: 5,
		euros: 380,
		supportYears: 6,
		batteryLoss: 6,
		heldBy: 'school',
		model: 'Tablette 10 pouces',
	},
	{
		category: 'printer',
		present: 40,
		years: 7,
		euros: 420,
		supportYears: null,
		batteryLoss: null,
		heldBy: 'service',
		model: 'Imprimante laser',
	},
	{
		category: 'network',
		present: 35,
		years: 9,
		euros: 500,
		supportYears: 10,
		batteryLoss: null,
		heldBy: 'service',
		model: 'Commutateur 24 ports',
	},
	{
		category: 'projector',
		present: 20,
		years: 8,
		euros: 700,
		supportYears: null,
		batteryLoss: null,
		heldBy: 'school',
		model: 'Vidéoprojecteur',
	},
	{
		category: 'server',
		present: 8,
		years: 7,
		euros: 4200,
		supportYears: 9,
		batteryLoss: null,
		heldBy: 'service',
		model: 'Serveur 1U',
	},
	{
		category: 'feature_phone',
		present: 7,
		years: 5,
		euros: 45,
		supportYears: null,
		batteryLoss: 6,
		heldBy: 'person',
		model: 'Téléphone simple',
	},
];

export const services: readonly { name: string; site: string; need: string; weight: number }[] = [
	{ name: 'Accueil et état civil', site: 'Mairie', need: 'standard', weight: 10 },
	{ name: 'Finances et marchés', site: 'Mairie', need: 'standard', weight: 9 },
	{ name: 'Ressources humaines', site: 'Mairie', need: 'standard', weight: 7 },
	{ name: 'Direction générale', site: 'Mairie', need: 'standard', weight: 6 },
	{ name: 'Urbanisme', site: 'Mairie', need: 'design', weight: 7 },
	{ name: 'Communication', site: 'Mairie', need: 'design', weight: 4 },
	{ name: 'Informatique', site: 'Mairie', need: 'standard', weight: 4 },
	{ name: 'Services techniques', site: 'Centre technique', need: 'field', weight: 18 },
	{ name: 'Espaces verts', site: 'Centre technique', need: 'field', weight: 9 },
	{ name: 'Propreté', site: 'Centre technique', need: 'field', weight: 8 },
	{ name: 'Police municipale', site: 'Poste de police municipale', need: 'security', weight: 7 },
	{ name: 'CCAS', site: 'Maison des solidarités', need: 'standard', weight: 10 },
	{ name: 'Petite enfance', site: 'Crèche des Tilleuls', need: 'standard', weight: 7 },
	{ name: 'Médiathèque', site: 'Médiathèque', need: 'standard', weight: 9 },
	{ name: 'Sports et vie associative', site: 'Gymnase du Stade', need: 'standard', weight: 5 },
	{ name: 'Scolaire et périscolaire', site: 'Mairie', need: 'standard', weight: 8 },
];

export const schools = [
	'École du Centre',
	'École Jules-Ferry',
	'École des Prés',
	'École maternelle des Lilas',
] as const;

export const suppliers = {
	new: ['Micro Plaine', 'Bureautique du Val'],
	refurbished: ['Atelier Second Souffle', 'Reconditech Centre'],
} as const;

export const firstNames = [
	'Adèle',
	'Amine',
	'Anaïs',
	'Bastien',
	'Bruno',
	'Carine',
	'Chloé',
	'Damien',
	'Élodie',
	'Fatima',
	'Franck',
	'Gaëlle',
	'Hugo',
	'Isabelle',
	'Jérôme',
	'Karine',
	'Laurent',
	'Leïla',
	'Lucie',
	'Marc',
	'Mehdi',
	'Nathalie',
	'Noémie',
	'Olivier',
	'Pascale',
	'Quentin',
	'Rachid',
	'Sandrine',
	'Sylvain',
	'Thomas',
	'Valérie',
	'Yann',
] as const;

export const lastNames = [
	'Aubert',
	'Barbier',
	'Besson',
	'Carpentier',
	'Charrier',
	'Colin',
	'Da Silva',
	'Delmas',
	'Diallo',
	'Fabre',
	'Garnier',
	'Guillot',
	'Hamel',
	'Jacquet',
	'Kaya',
	'Laurent',
	'Lebrun',
	'Maillard',
	'Mercier',
	'Navarro',
	'Nguyen',
	'Perrin',
	'Pichon',
	'Renault',
	'Rivière',
	'Saidi',
	'Tessier',
	'Vidal',
	'Weber',
	'Zidane',
] as const;

/** About when models of the demonstration's catalogue came out, so that no lot is bought before its time. */
export const soldSince: Readonly<Record<string, number>> = {
	'iPhone 8': 2017,
	'iPhone SE (2nd generation)': 2020,
	'iPhone 12': 2020,
	'iPhone 13': 2021,
	'Galaxy A52': 2021,
	'Galaxy A54': 2023,
	'Galaxy XCover 6 Pro': 2022,
	'Fairphone 3': 2019,
	'Fairphone 4': 2021,
	'Fairphone 5': 2023,
	'iPad (9th generation)': 2021,
	'Galaxy Tab A8': 2022,
	'Galaxy Tab Active 3': 2020,
	'Smart Tab M8': 2019,
	'Latitude 5480': 2017,
	'Latitude 5490': 2018,
	'Latitude 5400': 2019,
	'Latitude 5420': 2021,
	'Latitude 7420': 2021,
	'Precision 3561': 2021,
	'EliteBook 840 G4': 2017,
	'EliteBook 840 G5': 2018,
	'EliteBook 840 G6': 2019,
	'ProBook 450 G8': 2021,
	'ThinkPad X280': 2018,
	'ThinkPad T14 Gen 1': 2020,
	'ThinkPad T14 Gen 3': 2022,
	'MacBook Air (M1 2020)': 2020,
	'OptiPlex 3050 Micro Form Factor': 2017,
	'OptiPlex 3060 Micro Form Factor': 2018,
	'OptiPlex 5060 Small Form Factor': 2018,
	'EliteDesk 800 G5': 2019,
	'ThinkCentre M720 Tiny': 2018,
};
