import { createHash } from 'node:crypto';
import type { ImportField, ImportSystem } from './fields.ts';
import { headingTables } from './heading-tables.ts';
import { fold } from './values.ts';

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
