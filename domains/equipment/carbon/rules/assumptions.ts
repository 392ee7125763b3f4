import { exactly, type Range } from '@parvis/device-lifecycle';
import type { Category } from '../../kinds.ts';

/** What is supposed, and where it comes from. */
export interface Supposed {
	range: Range;
	source: string;
	url: string | null;
	/** No source gives the value as it stands: it is a choice that the town should look at. */
	chosen: boolean;
}

export interface AssumptionKind {
	name: AssumptionName;
	/** `years`, `share` (0 to 1), `cents`, `centsPerTonne`, `centsPerKwh`, `number`. */
	unit: 'years' | 'share' | 'cents' | 'centsPerTonne' | 'centsPerKwh' | 'number';
	/** What it serves: the carbon that is claimed, or the replacement plan alone. */
	use: 'carbon' | 'plan';
	byCategory: boolean;
	/** Bounds of a value that means anything. */
	min: number;
	max: number;
}

export const assumptionNames = [
	'referenceYears',
	'secondLifeYears',
	'refurbishingShare',
	'newerUsesLess',
	'rebound',
	'substitution',
	'newPrice',
	'refurbishedPrice',
	'failureYears',
	'failureShape',
	'repairCost',
	'failureCost',
	'beyondRepair',
	'supportYears',
	'refurbishedAge',
	'moveCost',
	'carbonPrice',
	'electricityPrice',
	'discount',
] as const;
export type AssumptionName = (typeof assumptionNames)[number];

const kind = (
	name: AssumptionName,
	unit: AssumptionKind['unit'],
	use: AssumptionKind['use'],
	byCategory: boolean,
	min: number,
	max: number,
): AssumptionKind => ({ name, unit, use, byCategory, min, max });

export const assumptionKinds: readonly AssumptionKind[] = [
	kind('referenceYears', 'years', 'carbon', true, 0.5, 30),
	kind('secondLifeYears', 'years', 'carbon', true, 0.5, 30),
	kind('refurbishingShare', 'share', 'carbon', true, 0, 1),
	kind('newerUsesLess', 'share', 'carbon', true, 0, 1),
	kind('rebound', 'share', 'carbon', false, 0, 1),
	kind('substitution', 'share', 'carbon', false, 0, 1),
	kind('newPrice', 'cents', 'plan', true, 0, 100_000_000),
	kind('refurbishedPrice', 'cents', 'plan', true, 0, 100_000_000),
	kind('failureYears', 'years', 'plan', true, 0.5, 100),
	kind('failureShape', 'number', 'plan', true, 1, 10),
	kind('repairCost', 'cents', 'plan', true, 0, 10_000_000),
	kind('failureCost', 'cents', 'plan', true, 0, 10_000_000),
	kind('beyondRepair', 'share', 'plan', true, 0.01, 1),
	kind('supportYears', 'years', 'plan', true, 1, 30),
	kind('refurbishedAge', 'years', 'plan', true, 0, 20),
	kind('moveCost', 'cents', 'plan', false, 0, 1_000_000),
	kind('carbonPrice', 'centsPerTonne', 'plan', false, 0, 10_000_000),
	kind('electricityPrice', 'centsPerKwh', 'plan', false, 0, 1000),
	kind('discount', 'share', 'plan', false, 0, 0.2),
];

const boavizta = {
	source: 'Boavizta, BoaviztAPI, archetypes/user_terminal.csv (hours_life_time), 2024 ; bornes choisies',
	url: 'https://github.com/Boavizta/boaviztapi/blob/main/boaviztapi/data/archetypes/user_terminal.csv',
	chosen: false,
};
const ademe = {
	source:
		'ADEME, Évaluation de l’impact environnemental d’un ensemble de produits reconditionnés, 2022 (impact annuel évité, tous indicateurs hors radiations ionisantes ; milieu de l’intervalle choisi)',
	url: 'https://librairie.ademe.fr/dechets-economie-circulaire/5241-evaluation-de-l-impact-environnemental-d-un-ensemble-de-produits-reconditionnes.html',
	chosen: false,
};
const chosen = { source: 'Hypothèse de Parvis, à remplacer par vos chiffres', url: null, chosen: true };
const makov = {
	source:
		'Hypothèse de Parvis ; pour mémoire Makov et Font Vivanco, Frontiers in Energy Research 6:39, 2018 : 29 % de rebond en moyenne pour des smartphones réemployés, 27 à 46 % selon le modèle, substitution imparfaite comprise',
	url: 'https://doi.org/10.3389/fenrg.2018.00039',
	chosen: true,
};
const quinet = {
	source:
		'France Stratégie, La valeur de l’action pour le climat (commission Quinet), mars 2025 : 256 €/t au départ, 300 €/t en 2030 ; borne basse : l’ancienne trajectoire. Lu chez Veltys et Linséa, à vérifier dans le rapport',
	url: 'https://strategie.gouv.fr/publications/la-valeur-de-laction-pour-le-climat-une-reference-pour-evaluer-et-agir',
	chosen: false,
};

const around = (low: number, mid: number, high: number): Range => ({ low, mid, high });

type Row = readonly [
	reference: Supposed,
	second: Range,
	refurbishing: Supposed,
	prices: readonly [newCents: number, refurbishedCents: number],
	failureYears: number,
	repairCents: number,
	supportYears: number,
];
const lives = (years: number) => ({ ...boavizta, range: around(years * 0.8, years, years * 1.3) });
const guess = (range: Range): Supposed => ({ ...chosen, range });
const pcShare: Supposed = { ...ademe, range: around(0.03, 0.3, 0.57) };
const likePcs: Supposed = {
	...pcShare,
	source: `${ademe.source} ; valeur des ordinateurs, faute d’une propre à ce type`,
	chosen: true,
};
const phoneShare: Supposed = { ...ademe, range: around(0.13, 0.245, 0.36) };

const rows: Readonly<Record<Category, Row>> = {
	smartphone: [lives(2.5), around(1, 2, 3), phoneShare, [35_000, 22_000], 6, 8_000, 5],
	feature_phone: [guess(around(2, 3, 5)), around(1, 2, 3), likePcs, [6_000, 3_500], 8, 2_000, 6],
	tablet: [
		lives(3),
		around(1, 2, 3),
		{ ...ademe, range: around(0.2, 0.37, 0.54) },
		[40_000, 25_000],
		7,
		9_000,
		5,
	],
	laptop: [lives(4), around(2, 3, 4), pcShare, [90_000, 45_000], 8, 12_000, 8],
	desktop: [lives(6), around(2, 3, 5), pcShare, [70_000, 30_000], 10, 9_000, 9],
	monitor: [lives(6.6), around(2, 4, 6), likePcs, [18_000, 9_000], 13, 6_000, 20],
	server: [lives(4), around(2, 3, 5), likePcs, [500_000, 250_000], 9, 60_000, 10],
	printer: [guess(around(4, 5, 7)), around(2, 3, 5), likePcs, [35_000, 18_000], 8, 10_000, 10],
	network: [
		{ ...lives(5), source: `${boavizta.source} ; valeur d’une box` },
		around(2, 3, 5),
		likePcs,
		[40_000, 20_000],
		12,
		10_000,
		8,
	],
	projector: [guess(around(4, 5, 8)), around(2, 3, 5), likePcs, [70_000, 35_000], 9, 15_000, 20],
	other: [guess(around(3, 5, 8)), around(1, 3, 5), likePcs, [30_000, 15_000], 8, 8_000, 10],
};

const forAll: Partial<Record<AssumptionName, Supposed>> = {
	newerUsesLess: guess(around(0, 0.1, 0.25)),
	rebound: { ...makov, range: around(0, 0.1, 0.29) },
	substitution: { ...makov, range: around(0.4, 0.6, 0.8) },
	failureShape: guess(exactly(2.5)),
	failureCost: guess(around(5_000, 12_000, 25_000)),
	beyondRepair: guess(around(0.2, 0.35, 0.5)),
	refurbishedAge: guess(around(2, 3, 4)),
	moveCost: guess(around(2_500, 5_000, 9_000)),
	carbonPrice: { ...quinet, range: around(18_700, 25_600, 30_000) },
	electricityPrice: guess(around(15, 20, 27)),
	discount: guess(around(0.02, 0.03, 0.045)),
};

/** What ships with Parvis. @param category as the name is by category; else ignored */
export function shippedAssumption(name: AssumptionName, category: Category): Supposed {
	const common = forAll[name];
	if (common) return common;
	const [reference, second, refurbishing, [newCents, refurbishedCents], failureYears, repairCents, support] =
		rows[category];
	switch (name) {
		case 'referenceYears':
			return reference;
		case 'secondLifeYears':
			return guess(second);
		case 'refurbishingShare':
			return refurbishing;
		case 'newPrice':
			return guess(around(newCents * 0.8, newCents, newCents * 1.3));
		case 'refurbishedPrice':
			return guess(around(refurbishedCents * 0.8, refurbishedCents, refurbishedCents * 1.3));
		case 'failureYears':
			return guess(around(failureYears * 0.7, failureYears, failureYears * 1.4));
		case 'repairCost':
			return guess(around(repairCents * 0.5, repairCents, repairCents * 2));
		case 'supportYears':
			return guess(around(support * 0.8, support, support * 1.2));
		default:
			throw new Error(`no assumption ${name}`);
	}
}
