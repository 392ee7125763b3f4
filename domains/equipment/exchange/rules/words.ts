import { type Category, type Condition, categories, type DeviceStatus, type LeftAs } from '../../kinds.ts';
import { fold } from './values.ts';

/** A status as another inventory's word means it; a device that left also says how. */
export type StatusMeant = { status: Exclude<DeviceStatus, 'left'> } | { status: 'left'; leftAs: LeftAs };

export const leftWays = ['reused', 'sold', 'donated', 'parts', 'recycled', 'lost'] as const;

/** What a word for a status can be set to. */
export const statusValues = [
	'ordered',
	'in_stock',
	'in_use',
	'on_loan',
	'in_repair',
	'missing',
	'leaving',
	...leftWays.map((way) => `left:${way}` as const),
] as const;

export type StatusValue = (typeof statusValues)[number];

const categoryWords: Record<Category, readonly string[]> = {
	smartphone: [
		'smartphone',
		'smartphones',
		'mobile',
		'mobile phone',
		'mobile phones',
		'cell phone',
		'telephone mobile',
		'telephone portable',
		'iphone',
		'android',
		'phone',
	],
	feature_phone: ['feature phone', 'telephone basique', 'telephone simple', 'gsm'],
	tablet: ['tablet', 'tablets', 'tablette', 'tablettes', 'ipad', 'detachable'],
	laptop: [
		'laptop',
		'laptops',
		'notebook',
		'notebooks',
		'portable',
		'portables',
		'ordinateur portable',
		'ordinateurs portables',
		'pc portable',
		'portable computer',
		'convertible',
		'sub notebook',
		'ultrabook',
		'macbook',
		'chromebook',
	],
	desktop: [
		'desktop',
		'desktops',
		'ordinateur',
		'ordinateurs',
		'computer',
		'pc',
		'pc fixe',
		'fixe',
		'ordinateur fixe',
		'poste fixe',
		'unite centrale',
		'tour',
		'tower',
		'mini tower',
		'mini pc',
		'all in one',
		'tout en un',
		'station de travail',
		'workstation',
		'low profile desktop',
		'small form factor',
		'thin client',
		'client leger',
		'imac',
	],
	monitor: [
		'monitor',
		'monitors',
		'moniteur',
		'moniteurs',
		'ecran',
		'ecrans',
		'screen',
		'screens',
		'display',
		'displays',
	],
	server: ['server', 'servers', 'serveur', 'serveurs', 'rack mount chassis', 'blade', 'main server chassis'],
	printer: ['printer', 'printers', 'imprimante', 'imprimantes', 'copieur', 'multifonction', 'mfp', 'traceur'],
	network: [
		'network',
		'network equipment',
		'networkequipment',
		'network device',
		'networking',
		'materiel reseau',
		'materiels reseau',
		'reseau',
		'switch',
		'commutateur',
		'routeur',
		'router',
		'borne wifi',
		'access point',
		'firewall',
		'pare feu',
	],
	projector: ['projector', 'projectors', 'videoprojecteur', 'video projecteur', 'projecteur', 'vpi'],
	other: [
		'other',
		'autre',
		'autres',
		'divers',
		'peripheral',
		'peripheriques',
		'peripherique',
		'accessory',
		'accessoire',
		'telephone ip',
		'ip phone',
		'docking station',
		'station d accueil',
	],
};

const statusWords: Record<Exclude<DeviceStatus, 'left'>, readonly string[]> = {
	ordered: ['ordered', 'on order', 'commande', 'en commande', 'commandee'],
	in_stock: [
		'in stock',
		'stock',
		'en stock',
		'ready to deploy',
		'deployable',
		'available',
		'disponible',
		'disponibles',
		'reserve',
		'en reserve',
		'a affecter',
		'spare',
		'non affecte',
	],
	in_use: [
		'in use',
		'en service',
		'en production',
		'production',
		'deployed',
		'ready to deploy deployed',
		'deployable deployed',
		'active',
		'actif',
		'affecte',
		'en cours d utilisation',
		'utilise',
		'en fonction',
	],
	on_loan: ['on loan', 'pret', 'en pret', 'prete', 'loan'],
	in_repair: [
		'in repair',
		'en reparation',
		'reparation',
		'en panne',
		'panne',
		'sav',
		'en sav',
		'maintenance',
		'en maintenance',
		'out for repair',
		'out for diagnostics',
		'pending',
		'pending diagnostics',
		'broken',
		'undeployable',
	],
	missing: [
		'missing',
		'manquant',
		'perdu',
		'vole',
		'lost',
		'stolen',
		'lost stolen',
		'perdu vole',
		'introuvable',
		'disparu',
	],
	leaving: [
		'leaving',
		'a reformer',
		'a sortir',
		'sortant',
		'a recycler',
		'a donner',
		'broken not fixable',
		'to be disposed',
	],
};

const leftWords: Record<LeftAs, readonly string[]> = {
	reused: ['reemploye', 'reemploi', 'reused'],
	sold: ['vendu', 'sold', 'cede', 'vente'],
	donated: ['donne', 'don', 'donated'],
	parts: ['pieces', 'pour pieces', 'parts', 'cannibalise'],
	recycled: ['recycle', 'recycled', 'recyclage', 'detruit', 'deee', 'mis au rebut deee'],
	lost: [],
};

const conditionWords: Record<Condition, readonly string[]> = {
	new: ['new', 'neuf', 'neuve'],
	good: ['good', 'bon', 'bon etat', 'tres bon', 'tres bon etat', 'correct'],
	worn: ['worn', 'use', 'usage', 'usee', 'moyen', 'etat moyen'],
	damaged: ['damaged', 'abime', 'mauvais', 'mauvais etat', 'endommage'],
	broken: ['broken', 'casse', 'hs', 'hors service', 'en panne'],
};

function index<Value extends string>(words: Record<Value, readonly string[]>): ReadonlyMap<string, Value> {
	return new Map(
		(Object.entries(words) as [Value, readonly string[]][]).flatMap(([value, list]) =>
			[fold(value), ...list].map((word) => [word, value] as const),
		),
	);
}

const knownCategories = index(categoryWords);
const knownStatuses = new Map<string, StatusValue>([
	...index(statusWords),
	...[...index(leftWords)].map(([word, way]) => [word, `left:${way}`] as const),
	...leftWays.map((way) => [`left ${way}`, `left:${way}`] as const),
]);
const knownConditions = index(conditionWords);

/** The town's own reading of words, which goes before the known ones. */
export interface OwnWords {
	category: ReadonlyMap<string, string>;
	status: ReadonlyMap<string, string>;
}

export const noOwnWords: OwnWords = { category: new Map(), status: new Map() };

/** The category that a word means; null for one that nobody knows. */
export function categoryOf(word: string, own: OwnWords): Category | null {
	const folded = fold(word);
	const meant = own.category.get(folded) ?? knownCategories.get(folded);
	return categories.find((category) => category === meant) ?? null;
}

/** The status that a word means; null for one that nobody knows, such as « archivé », which does not say how it left. */
export function statusOf(word: string, own: OwnWords): StatusMeant | null {
	const folded = fold(word);
	const meant = own.status.get(folded) ?? knownStatuses.get(folded);
	if (meant === undefined) return null;
	const [status, way] = meant.split(':');
	return status === 'left'
		? { status: 'left', leftAs: way as LeftAs }
		: { status: status as Exclude<DeviceStatus, 'left'> };
}

export function conditionOf(word: string): Condition | null {
	return knownConditions.get(fold(word)) ?? null;
}

/** New, refurbished or reused; null for another word. */
export function acquiredOf(word: string): 'new' | 'refurbished' | 'reused' | null {
	const folded = fold(word);
	if (['new', 'neuf', 'neuve'].includes(folded)) return 'new';
	if (['refurbished', 'reconditionne', 'reconditionnee', 'remis a neuf'].includes(folded))
		return 'refurbished';
	if (['reused', 'reemploye', 'reemploi', 'occasion', 'used'].includes(folded)) return 'reused';
	return null;
}

const byModel: readonly [RegExp, Category][] = [
	[/\b(iphone|galaxy (a|s|xcover|note)|pixel \d|fairphone|redmi|moto g|xperia)/i, 'smartphone'],
	[/\b(ipad|galaxy tab|surface go|tab m\d+|mediapad)/i, 'tablet'],
	[
		/\b(latitude|elitebook|probook|zbook|thinkpad|thinkbook|ideapad|macbook|xps 1\d|surface (laptop|pro)|chromebook|lifebook|travelmate|vivobook|zenbook|toughbook|vostro \d{4}$)/i,
		'laptop',
	],
	[/\b(poweredge|proliant|thinksystem|primergy)/i, 'server'],
	[/\b(optiplex|elitedesk|prodesk|thinkcentre|imac|mac mini|mac studio|esprimo|veriton|nuc)\b/i, 'desktop'],
	[/\b(thinkvision|prolite|ultrasharp|elitedisplay|monitor)\b/i, 'monitor'],
	[/\b(laserjet|officejet|ecosys|imagerunner|bizhub|workcentre|versalink|deskjet)\b/i, 'printer'],
	[/\b(catalyst|aironet|unifi|procurve|aruba|fortigate|edgeswitch)\b/i, 'network'],
];

/** The category that a model's name gives away; null for one that does not. */
export function categoryOfModel(name: string): Category | null {
	return byModel.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
