import type { Acquired, Category } from '../kinds.ts';
import type { DecisionKind, Trouble } from './face.ts';

/** Prices in euros excluding tax, invented: repair, battery, reinstalling, refurbished, new. */
export const demoPrices: Partial<
	Record<Category, readonly [number | null, number | null, number | null, number | null, number | null]>
> = {
	smartphone: [110, 55, null, 210, 420],
	feature_phone: [30, 20, null, 35, 60],
	tablet: [140, 70, null, 230, 450],
	laptop: [160, 85, 45, 410, 890],
	desktop: [120, null, 45, 290, 640],
	monitor: [90, null, null, 95, 190],
	server: [600, null, 300, 1900, 5200],
	printer: [130, null, null, 220, 480],
	network: [150, null, null, 260, 700],
	projector: [150, null, null, 300, 650],
};

export interface DemoRequest {
	daysAgo: number;
	category: Category;
	need: string;
	trouble: Trouble;
	purpose: string;
	/** As proposed; else an exception with its reason; null: to decide; `withdrawn`. */
	decided: 'as_proposed' | 'withdrawn' | null | { decision: DecisionKind; reason: string };
}

/** Invented needs, the latest last. */
export const demoRequests: readonly DemoRequest[] = [
	{
		daysAgo: 640,
		category: 'laptop',
		need: 'standard',
		trouble: 'slow',
		purpose: 'Instruction des permis : l’ouverture des plans prend plusieurs minutes.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 598,
		category: 'smartphone',
		need: 'field',
		trouble: 'broken',
		purpose: 'Tournée des aires de jeux : l’écran est fendu.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 520,
		category: 'monitor',
		need: 'standard',
		trouble: 'none',
		purpose: 'Un second écran pour le suivi des factures.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 470,
		category: 'desktop',
		need: 'standard',
		trouble: 'unsupported',
		purpose: 'Poste de l’accueil de la médiathèque.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 410,
		category: 'laptop',
		need: 'standard',
		trouble: 'none',
		purpose: 'Arrivée d’une chargée de mission au service jeunesse.',
		decided: {
			decision: 'new',
			reason: 'Le contrat de reconditionnés était épuisé et l’arrivée tombait dans la semaine.',
		},
	},
	{
		daysAgo: 330,
		category: 'tablet',
		need: 'field',
		trouble: 'battery',
		purpose: 'Relevés des compteurs d’eau : la batterie ne tient plus la matinée.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 260,
		category: 'laptop',
		need: 'design',
		trouble: 'unsuitable',
		purpose: 'Cartographie du plan local d’urbanisme.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 190,
		category: 'smartphone',
		need: 'standard',
		trouble: 'lost',
		purpose: 'Téléphone oublié dans le train.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 150,
		category: 'laptop',
		need: 'standard',
		trouble: 'broken',
		purpose: 'Le clavier ne répond plus après un café renversé.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 95,
		category: 'smartphone',
		need: 'standard',
		trouble: 'unsuitable',
		purpose: 'L’appareil photo ne suffit plus pour le journal municipal.',
		decided: {
			decision: 'refurbished',
			reason:
				'Les photos sont publiées : la qualité de l’appareil actuel a été jugée insuffisante par la communication.',
		},
	},
	{
		daysAgo: 60,
		category: 'printer',
		need: 'standard',
		trouble: 'none',
		purpose: 'Une imprimante pour le bureau des élus.',
		decided: { decision: 'nothing', reason: 'Le copieur de l’étage est à dix mètres et suffit aux tirages.' },
	},
	{
		daysAgo: 40,
		category: 'desktop',
		need: 'standard',
		trouble: 'slow',
		purpose: 'Poste de l’état civil, aux heures d’affluence.',
		decided: 'as_proposed',
	},
	{
		daysAgo: 21,
		category: 'tablet',
		need: 'standard',
		trouble: 'none',
		purpose: 'Lire les délibérations en commission.',
		decided: 'withdrawn',
	},
	{
		daysAgo: 6,
		category: 'smartphone',
		need: 'field',
		trouble: 'battery',
		purpose: 'Astreinte voirie : il s’éteint avant la fin de la nuit.',
		decided: null,
	},
	{
		daysAgo: 2,
		category: 'laptop',
		need: 'standard',
		trouble: 'none',
		purpose: 'Un nouvel agent rejoint l’urbanisme le mois prochain.',
		decided: null,
	},
];

export interface DemoOrder {
	/** 0: this year, 1: the one before. */
	yearsAgo: number;
	/** `05-14`. */
	day: string;
	supplier: string;
	lines: readonly {
		category: Category;
		label: string;
		quantity: number;
		euros: number;
		acquired: Acquired;
		donated?: boolean;
		recycledContent?: boolean;
		need?: string;
		exceptionReason?: string;
	}[];
}

/** Invented orders: a year above its share, one below, and this one under way. */
export const demoOrders: readonly DemoOrder[] = [
	{
		yearsAgo: 2,
		day: '03-18',
		supplier: 'Fournitures du Ponant (démonstration)',
		lines: [
			{
				category: 'laptop',
				label: 'Portables pour l’urbanisme',
				quantity: 14,
				euros: 890,
				acquired: 'new',
				need: 'design',
			},
			{
				category: 'monitor',
				label: 'Écrans 24 pouces',
				quantity: 20,
				euros: 185,
				acquired: 'new',
				recycledContent: true,
				exceptionReason: 'Aucun lot de vingt écrans identiques n’était proposé en reconditionné.',
			},
		],
	},
	{
		yearsAgo: 2,
		day: '09-30',
		supplier: 'Atelier Seconde Main (démonstration)',
		lines: [
			{
				category: 'laptop',
				label: 'Portables reconditionnés',
				quantity: 12,
				euros: 405,
				acquired: 'refurbished',
			},
			{
				category: 'printer',
				label: 'Imprimantes reconditionnées',
				quantity: 2,
				euros: 230,
				acquired: 'refurbished',
			},
		],
	},
	{
		yearsAgo: 1,
		day: '02-11',
		supplier: 'Fournitures du Ponant (démonstration)',
		lines: [
			{
				category: 'smartphone',
				label: 'Smartphones durcis, voirie',
				quantity: 18,
				euros: 430,
				acquired: 'new',
				need: 'field',
			},
			{
				category: 'server',
				label: 'Serveur de sauvegarde',
				quantity: 1,
				euros: 5200,
				acquired: 'new',
				need: 'security',
			},
			{
				category: 'laptop',
				label: 'Portable, service jeunesse',
				quantity: 1,
				euros: 880,
				acquired: 'new',
				exceptionReason: 'Contrat de reconditionnés épuisé, arrivée dans la semaine.',
			},
		],
	},
	{
		yearsAgo: 1,
		day: '10-06',
		supplier: 'Atelier Seconde Main (démonstration)',
		lines: [
			{
				category: 'smartphone',
				label: 'Smartphones reconditionnés',
				quantity: 9,
				euros: 205,
				acquired: 'refurbished',
			},
			{
				category: 'network',
				label: 'Bornes sans fil',
				quantity: 6,
				euros: 240,
				acquired: 'new',
				need: 'security',
			},
		],
	},
	{
		yearsAgo: 0,
		day: '01-08',
		supplier: 'Fournitures du Ponant (démonstration)',
		lines: [
			{
				category: 'laptop',
				label: 'Portables, accessibilité',
				quantity: 3,
				euros: 1100,
				acquired: 'new',
				need: 'accessibility',
			},
			{
				category: 'monitor',
				label: 'Grands écrans, conception',
				quantity: 8,
				euros: 320,
				acquired: 'new',
				need: 'design',
				recycledContent: true,
			},
			{
				category: 'tablet',
				label: 'Tablettes durcies, eau',
				quantity: 6,
				euros: 520,
				acquired: 'new',
				need: 'field',
			},
		],
	},
	{
		yearsAgo: 0,
		day: '01-15',
		supplier: 'Atelier Seconde Main (démonstration)',
		lines: [
			{
				category: 'laptop',
				label: 'Portables reconditionnés',
				quantity: 5,
				euros: 400,
				acquired: 'refurbished',
			},
			{
				category: 'desktop',
				label: 'Postes cédés par le département',
				quantity: 4,
				euros: 60,
				acquired: 'reused',
				donated: true,
			},
		],
	},
];
