import type { Category } from '../kinds.ts';
import type { Audience, ItemCondition, ItemEnd, PartnerKind } from './face.ts';

/** What the demonstration shows; every name is invented. */
export const demoPartners: { name: string; kind: PartnerKind; email: string; address: string }[] = [
	{
		name: 'Atelier Seconde Vie',
		kind: 'reuse_workshop',
		email: 'atelier@partenaires.parvis.example',
		address: '4 rue des Tanneurs',
	},
	{
		name: 'Repair café du Quai',
		kind: 'repair_cafe',
		email: 'repaircafe@partenaires.parvis.example',
		address: 'Maison des associations',
	},
	{
		name: 'Filière D3E (éco-organisme)',
		kind: 'eco_organisation',
		email: 'enlevements@partenaires.parvis.example',
		address: 'Centre de regroupement',
	},
];

export interface DemoCampaign {
	title: string;
	why: string;
	audience: Audience;
	taken: Category[];
	notTaken: string;
	/** Days from today. */
	starts: number;
	ends: number;
	points: { name: string; address: string; at: [number, number] }[];
	/** Days from today on which the points are open. */
	openDays: number[];
	items: number;
}

export const demoCampaigns: DemoCampaign[] = [
	{
		title: 'Videz vos tiroirs : la collecte d’automne',
		why: 'Un téléphone gardé au fond d’un tiroir ne sert à personne. Réparé, il évite d’en fabriquer un neuf ; sinon ses pièces et ses métaux servent encore. La commune efface les données et dit ce que devient chaque appareil.',
		audience: 'residents',
		taken: ['smartphone', 'feature_phone', 'tablet', 'laptop', 'desktop', 'monitor', 'network'],
		notTaken: 'batteries gonflées ou percées, électroménager, ampoules',
		starts: -6,
		ends: 8,
		points: [
			{ name: 'Stand du marché', address: 'Rue du Marché', at: [2.2136, 46.7421] },
			{ name: 'Hall de la mairie', address: 'Mairie', at: [2.2112, 46.7433] },
			{ name: 'Médiathèque', address: 'Médiathèque Jeanne-Valmont', at: [2.2169, 46.7402] },
		],
		openDays: [-6, -4, -2, 0, 1, 3, 5, 8],
		items: 110,
	},
	{
		title: 'Collecte de printemps',
		why: 'Première collecte ouverte à tous, habitants et commerces. Le devenir de chaque appareil est connu.',
		audience: 'residents',
		taken: ['smartphone', 'feature_phone', 'tablet', 'laptop', 'monitor'],
		notTaken: 'piles et batteries seules',
		starts: -190,
		ends: -183,
		points: [{ name: 'Salle des fêtes', address: 'Salle des fêtes', at: [2.2098, 46.7455] }],
		openDays: [-190, -187, -183],
		items: 140,
	},
	{
		title: 'Les tablettes des écoles',
		why: 'Les écoles changent de tablettes à la rentrée : celles qui fonctionnent iront aux associations, après effacement.',
		audience: 'schools',
		taken: ['tablet', 'laptop', 'projector'],
		notTaken: '',
		starts: 20,
		ends: 24,
		points: [
			{ name: 'École Léonie-Garnier', address: 'École élémentaire Léonie-Garnier', at: [2.2151, 46.7448] },
		],
		openDays: [20, 22, 24],
		items: 0,
	},
];

/** How often each kind is brought, and in what state. */
export const demoKinds: readonly (readonly [Category, number])[] = [
	['smartphone', 46],
	['feature_phone', 16],
	['laptop', 12],
	['tablet', 9],
	['monitor', 9],
	['network', 5],
	['desktop', 3],
];

export const demoConditions: readonly (readonly [ItemCondition, number])[] = [
	['works', 34],
	['faulty', 28],
	['broken', 23],
	['unknown', 15],
];

/** What becomes of an item by its state: mostly what can be expected of a workshop and a recycler. */
export const demoEnds: Readonly<Record<ItemCondition, readonly (readonly [ItemEnd, number])[]>> = {
	works: [
		['reused', 78],
		['repaired', 8],
		['parts', 6],
		['recycled', 8],
	],
	faulty: [
		['repaired', 38],
		['reused', 10],
		['parts', 30],
		['recycled', 22],
	],
	broken: [
		['parts', 32],
		['recycled', 66],
		['missing', 2],
	],
	unknown: [
		['reused', 25],
		['repaired', 15],
		['parts', 25],
		['recycled', 35],
	],
};
