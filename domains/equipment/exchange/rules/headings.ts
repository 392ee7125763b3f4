import { createHash } from 'node:crypto';
import { fold } from './values.ts';

/** What a column can mean. */
export const importFields = [
	'externalId',
	'tag',
	'name',
	'serial',
	'manufacturer',
	'model',
	'category',
	'status',
	'holderId',
	'holderName',
	'holderEmail',
	'service',
	'site',
	'need',
	'boughtOn',
	'inUseOn',
	'warrantyUntil',
	'warrantyMonths',
	'supportedUntil',
	'acquired',
	'firstUsedOn',
	'condition',
	'batteryHealthPercent',
	'batteryMeasuredOn',
	'price',
	'supplier',
	'orderNumber',
	'leftOn',
	'leftAs',
	'note',
] as const;

export type ImportField = (typeof importFields)[number];

export const importSystems = ['glpi', 'snipeit', 'intune', 'lansweeper', 'parvis', 'csv'] as const;

export type ImportSystem = (typeof importSystems)[number];

/** Heading, folded, to field; null: known and of no use here. */
export type HeadingTable = Readonly<Record<string, ImportField | null>>;

/** GLPI, list exported as CSV, French and English; financial columns come as « Informations financières … - Date d’achat ». */
const glpi: HeadingTable = {
	// Each list of GLPI counts from 1: the number alone names nothing.
	id: null,
	nom: 'name',
	name: 'name',
	entite: null,
	entity: null,
	statut: 'status',
	status: 'status',
	fabricant: 'manufacturer',
	manufacturer: 'manufacturer',
	'numero de serie': 'serial',
	'serial number': 'serial',
	'numero d inventaire': 'tag',
	'inventory number': 'tag',
	type: 'category',
	'type d element': 'category',
	'item type': 'category',
	modele: 'model',
	model: 'model',
	lieu: 'site',
	location: 'site',
	utilisateur: 'holderName',
	user: 'holderName',
	usager: null,
	'alternate username': null,
	groupe: 'service',
	group: 'service',
	commentaires: 'note',
	comments: 'note',
	'date d achat': 'boughtOn',
	'date of purchase': 'boughtOn',
	'date de mise en service': 'inUseOn',
	'startup date': 'inUseOn',
	'duree de garantie': 'warrantyMonths',
	'warranty duration': 'warrantyMonths',
	'date d expiration de la garantie': 'warrantyUntil',
	'warranty expiration date': 'warrantyUntil',
	valeur: 'price',
	value: 'price',
	fournisseur: 'supplier',
	supplier: 'supplier',
	'numero de commande': 'orderNumber',
	'order number': 'orderNumber',
	'date de reforme': 'leftOn',
	'decommission date': 'leftOn',
	'derniere modification': null,
	'last update': null,
	'systeme d exploitation nom': null,
	'operating system name': null,
};

/** Snipe-IT: its list and custom report exported, and its own import files. */
const snipeit: HeadingTable = {
	id: 'externalId',
	company: null,
	'asset name': 'name',
	'item name': 'name',
	'asset tag': 'tag',
	serial: 'serial',
	'serial number': 'serial',
	model: 'model',
	'model name': 'model',
	'model number': null,
	'model no': null,
	category: 'category',
	status: 'status',
	'checked out to': 'holderName',
	'checked out': 'holderName',
	'assigned to': 'holderName',
	'full name': 'holderName',
	email: 'holderEmail',
	username: null,
	'employee number': null,
	department: 'service',
	location: 'site',
	'default location': null,
	manufacturer: 'manufacturer',
	supplier: 'supplier',
	'purchase date': 'boughtOn',
	purchased: 'boughtOn',
	'purchase cost': 'price',
	cost: 'price',
	'order number': 'orderNumber',
	eol: null,
	'eol date': null,
	warranty: 'warrantyMonths',
	'warranty months': 'warrantyMonths',
	'warranty expires': 'warrantyUntil',
	notes: 'note',
	'checkout date': 'inUseOn',
	'device image': null,
	age: null,
	'current value': null,
	'created at': null,
	'updated at': null,
	'checkin checkout': null,
	byod: null,
};

/** Intune, « All devices » exported. */
const intune: HeadingTable = {
	'device id': 'externalId',
	'device name': 'name',
	'enrollment date': 'inUseOn',
	'last check in': null,
	'serial number': 'serial',
	manufacturer: 'manufacturer',
	model: 'model',
	'primary user upn': null,
	'primary user email address': 'holderEmail',
	'primary user display name': 'holderName',
	'user approved enrollment': null,
	os: null,
	'os version': null,
	ownership: null,
	compliance: null,
	'managed by': null,
	category: null,
	imei: null,
};

const lansweeper: HeadingTable = {
	assetid: 'externalId',
	assetname: 'name',
	assettypename: 'category',
	assettype: 'category',
	barcode: 'tag',
	serialnumber: 'serial',
	manufacturer: 'manufacturer',
	model: 'model',
	location: 'site',
	department: 'service',
	username: 'holderName',
	email: 'holderEmail',
	statename: 'status',
	state: 'status',
	purchasedate: 'boughtOn',
	purchased: 'boughtOn',
	warrantydate: 'warrantyUntil',
	ordernumber: 'orderNumber',
	price: 'price',
	comments: 'note',
	lastseen: null,
	domain: null,
};

/** What Parvis itself exports: the names of the fields. */
const parvis: HeadingTable = Object.fromEntries(
	importFields.map((field) => [fold(field === 'externalId' ? 'id' : field), field]),
);

/** Words that headings of anybody's own tables use; a first guess that a person confirms. */
const csv: HeadingTable = {
	...lansweeper,
	...glpi,
	...snipeit,
	etiquette: 'tag',
	tag: 'tag',
	inventaire: 'tag',
	'n inventaire': 'tag',
	'no inventaire': 'tag',
	serie: 'serial',
	'n serie': 'serial',
	'n de serie': 'serial',
	'no serie': 'serial',
	's n': 'serial',
	sn: 'serial',
	imei: 'serial',
	marque: 'manufacturer',
	constructeur: 'manufacturer',
	brand: 'manufacturer',
	make: 'manufacturer',
	designation: 'model',
	reference: 'model',
	categorie: 'category',
	nature: 'category',
	etat: 'condition',
	condition: 'condition',
	situation: 'status',
	agent: 'holderName',
	detenteur: 'holderName',
	'affecte a': 'holderName',
	'nom de l agent': 'holderName',
	courriel: 'holderEmail',
	mail: 'holderEmail',
	'e mail': 'holderEmail',
	'adresse mail': 'holderEmail',
	service: 'service',
	direction: 'service',
	site: 'site',
	batiment: 'site',
	bureau: 'site',
	'date achat': 'boughtOn',
	achat: 'boughtOn',
	'mise en service': 'inUseOn',
	garantie: 'warrantyMonths',
	'fin de garantie': 'warrantyUntil',
	prix: 'price',
	'prix ttc': 'price',
	'prix achat': 'price',
	'prix d achat': 'price',
	montant: 'price',
	'bon de commande': 'orderNumber',
	commande: 'orderNumber',
	batterie: 'batteryHealthPercent',
	remarque: 'note',
	remarques: 'note',
	observations: 'note',
	commentaire: 'note',
};

export const headingTables: Readonly<Record<ImportSystem, HeadingTable>> = {
	glpi,
	snipeit,
	intune,
	lansweeper,
	parvis,
	csv,
};

/** Headings that only that system writes; all of one line have to be there. */
const signs: readonly [ImportSystem, readonly string[]][] = [
	['parvis', ['id', 'tag', 'manufacturer', 'holderid', 'leftas']],
	['intune', ['device id', 'device name', 'primary user upn']],
	['intune', ['device id', 'device name', 'enrollment date']],
	['snipeit', ['asset tag', 'model', 'category']],
	['snipeit', ['asset tag', 'model name', 'category']],
	['glpi', ['nom', 'statut', 'fabricant', 'numero de serie']],
	['glpi', ['nom', 'entite', 'fabricant']],
	['glpi', ['name', 'status', 'manufacturer', 'serial number', 'model', 'location']],
	['glpi', ['name', 'entity', 'manufacturer']],
	['lansweeper', ['assetname', 'assettypename']],
	['lansweeper', ['assetname', 'assettype']],
];

const plain = (heading: string) => fold(heading.split(' - ').at(-1) ?? heading);

/** Which system writes such headings; `csv` when none does. */
export function detectSystem(headings: readonly string[]): ImportSystem {
	const present = new Set(headings.map(plain));
	return signs.find(([, needed]) => needed.every((heading) => present.has(heading)))?.[0] ?? 'csv';
}

export type Mapping = Record<string, ImportField>;

/** The first column for each field that such a system has. */
export function guessMapping(headings: readonly string[], system: ImportSystem): Mapping {
	const table = headingTables[system];
	const mapping: Mapping = {};
	const taken = new Set<ImportField>();
	for (const heading of headings) {
		const field = table[plain(heading)];
		if (!field || taken.has(field)) continue;
		taken.add(field);
		mapping[heading] = field;
	}
	return mapping;
}

/** The same for the same headings, whatever their order and capitals. */
export function signatureOf(headings: readonly string[]): string {
	return createHash('sha256')
		.update([...new Set(headings.map(fold))].sort().join('\n'))
		.digest('hex');
}
