import type { Category } from '../../kinds.ts';
import type { Duty, Obligation } from '../orders-face.ts';

/** Lines of products as the statement on the national portal names them. */
export const lineNames: Readonly<Record<string, string>> = {
	it: 'Matériel informatique et téléphonie',
	printing: 'Matériel de reprographie et d’impression',
};

const itCategories: readonly Category[] = [
	'smartphone',
	'feature_phone',
	'tablet',
	'laptop',
	'desktop',
	'monitor',
	'server',
	'projector',
];

const decree2021 = {
	text: {
		fr: 'Article 58 de la loi n° 2020-105 du 10 février 2020 ; décret n° 2021-254 du 9 mars 2021, annexe (abrogé au 1er juillet 2024)',
		en: 'Article 58 of law 2020-105 of 10 February 2020; decree 2021-254 of 9 March 2021, annex (repealed on 1 July 2024)',
	},
	from: 2021,
	until: 2023,
	source: {
		label: 'Annexe du décret n° 2021-254, lignes 4 et 5, reproduite par Doubletrade',
		url: 'https://doubletrade.com/?p=20095',
	},
} as const;

const decree2024 = {
	text: {
		fr: 'Article 58 de la loi n° 2020-105 du 10 février 2020 ; décret n° 2024-134 du 21 février 2024, annexe ; arrêté du 29 février 2024 (liste des produits)',
		en: 'Article 58 of law 2020-105 of 10 February 2020; decree 2024-134 of 21 February 2024, annex; order of 29 February 2024 (list of products)',
	},
	source: {
		label:
			'Lettre n° 347 de l’agence technique départementale de la Haute-Garonne, d’après le décret n° 2024-134',
		url: 'https://atd31.fr/fr/publications/info-lettre/il-2024/info-lettre-347/produits-issus-du-reemploi-ou-du-recyclage-dans-la-commande-publique.html',
	},
} as const;

const itCaveat = {
	fr: 'Les taux de 20, 25 et 30 % sont ceux que publie l’agence technique départementale de la Haute-Garonne ; le tableau du décret, qui sépare réemploi et matières recyclées, n’a pas pu être relu. Par prudence le taux est comparé ici aux seuls achats issus du réemploi ou de la réutilisation. À vérifier sur Légifrance.',
	en: 'The rates of 20, 25 and 30 % are those published by the technical agency of Haute-Garonne; the table of the decree, which separates reuse and recycled content, could not be read again. To be on the safe side the rate is compared here with reused purchases alone. To be checked on Légifrance.',
};

const it2024 = (from: number, until: number | null, percent: number): Obligation => ({
	line: 'it',
	name: lineNames.it ?? '',
	...decree2024,
	from,
	until,
	reusePercent: percent,
	recycledPercent: null,
	categories: itCategories,
	caveat:
		from === 2024
			? {
					fr: `${itCaveat.fr} Le décret s’applique depuis le 1er juillet 2024 ; l’année 2024 entière est comparée à son taux, égal à celui du décret précédent.`,
					en: `${itCaveat.en} The decree applies from 1 July 2024; the whole of 2024 is compared with its rate, which equals that of the former decree.`,
				}
			: itCaveat,
});

/**
 * What law asks of public buyers, by line of products and calendar year. Shares are in percent of the expense
 * excluding tax of one calendar year for each line (article 2 of decree 2021-254, kept by decree 2024-134).
 * A percentage that could not be read in a text stands as null and says so.
 */
export const obligations: readonly Obligation[] = [
	{
		line: 'it',
		name: lineNames.it ?? '',
		...decree2021,
		reusePercent: 20,
		recycledPercent: null,
		categories: itCategories,
		caveat: {
			fr: 'La ligne 4 de l’annexe (machines et matériel informatiques, terminaux, ordinateurs) demande 20 %, dont 20 % issus du réemploi. Les téléphones, ligne distincte au même taux selon les débats parlementaires du 25 mai 2021, sont comptés ici avec elle.',
			en: 'Line 4 of the annex (computing machines and equipment, terminals, computers) asks for 20 %, of which 20 % reused. Telephones, a line of their own at the same rate according to the parliamentary debate of 25 May 2021, are counted here with it.',
		},
	},
	{
		line: 'printing',
		name: lineNames.printing ?? '',
		...decree2021,
		reusePercent: 20,
		recycledPercent: null,
		categories: ['printer'],
		caveat: {
			fr: 'Ligne 5 de l’annexe : photocopieurs et matériel d’impression. Que toute imprimante en relève reste à vérifier.',
			en: 'Line 5 of the annex: copiers and printing equipment. That every printer belongs to it remains to be checked.',
		},
	},
	it2024(2024, 2026, 20),
	it2024(2027, 2029, 25),
	it2024(2030, null, 30),
	{
		line: 'printing',
		name: lineNames.printing ?? '',
		...decree2024,
		from: 2024,
		until: null,
		reusePercent: null,
		recycledPercent: null,
		categories: ['printer'],
		source: {
			label: 'Décret n° 2024-134 (Légifrance)',
			url: 'https://www.legifrance.gouv.fr/jorf/id/JORFTEXT000049184670',
		},
		caveat: {
			fr: 'La catégorie figure au décret, mais ses taux n’ont pas pu être vérifiés : la part est calculée sans être comparée. À lire sur Légifrance.',
			en: 'The category is in the decree, but its rates could not be verified: the share is reckoned and not compared. To be read on Légifrance.',
		},
	},
];

/** What applies to the purchases of a calendar year. */
export function obligationsOf(year: number): Obligation[] {
	return obligations.filter(({ from, until }) => from <= year && (until === null || year <= until));
}

/** The line that a category belongs to, by the lists of the decree and its order; null: outside of both. */
export function lineOf(category: Category): string | null {
	return obligations.find(({ categories }) => categories.includes(category))?.line ?? null;
}

/** Duties that are no share of purchases, said beside them. */
export const duties: readonly Duty[] = [
	{
		text: {
			fr: 'Prendre en compte l’indice de réparabilité (depuis le 1er janvier 2023) et l’indice de durabilité (depuis le 1er janvier 2026) lors de l’achat de produits numériques qui en disposent.',
			en: 'Take the repairability index (since 1 January 2023) and the durability index (since 1 January 2026) into account when buying digital products that have one.',
		},
		reference: 'Loi n° 2021-1485 du 15 novembre 2021, article 15 (article 55 de la loi n° 2020-105)',
		url: 'https://www.cogitis.fr/blog/indice-reparabilite-achat-produits-numeriques/',
	},
	{
		text: {
			fr: 'Orienter vers le réemploi ou la réutilisation au moins la moitié des matériels informatiques réformés de moins de dix ans, chaque année à partir de 2025 (25 % en 2023, 35 % en 2024).',
			en: 'Direct at least half of the computing equipment taken out of service, less than ten years old, to reuse, each year from 2025 (25 % in 2023, 35 % in 2024).',
		},
		reference: 'Loi n° 2021-1485, article 16 ; décret n° 2023-266 du 12 avril 2023, article 3',
		url: 'https://legal.tricoteuses.fr/articles/JORFARTI000047439327',
	},
	{
		text: {
			fr: 'Pour les communes de plus de 50 000 habitants : une stratégie numérique responsable, avec un bilan annuel.',
			en: 'For communes of more than 50,000 inhabitants: a responsible digital strategy, with a yearly review.',
		},
		reference: 'Loi n° 2021-1485, article 35 ; décret n° 2022-1084 du 29 juillet 2022',
		url: 'https://www.lagazettedescommunes.com/774444/empreinte-environnementale-du-numerique-la-loi-est-publiee/',
	},
	{
		text: {
			fr: 'Déclarer les dépenses de l’année sur la plateforme nationale des données ouvertes avant le 30 juin suivant.',
			en: 'Declare the expense of the year on the national open-data platform before 30 June of the next.',
		},
		reference: 'Décret n° 2024-134 ; schéma de déclaration de data.gouv.fr',
		url: 'https://github.com/datagouv/schema-declaration-biens-reemploi-reutilisation-recycle',
	},
];
