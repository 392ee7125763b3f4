export type Format = 'xml' | 'json';
export type Scalar = string | number | boolean | null;
/** A record of GeoReport; in XML each key is an element. */
export interface Item {
	[name: string]: Scalar | List;
}
/** Many of the same: `name` is the element of each in XML; JSON has the array alone. */
export interface List {
	name: string;
	items: readonly (Item | Scalar)[];
}

// What XML 1.0 cannot hold at all, not even escaped.
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must go.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
const entities: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&apos;',
	'\r': '&#13;',
};

export function escapeXml(text: string): string {
	return text
		.toWellFormed()
		.replaceAll(unwritable, '')
		.replaceAll(/[&<>"'\r]/g, (character) => entities[character] ?? '');
}

const isObject = (value: Scalar | Item | List): value is Item | List =>
	typeof value === 'object' && value !== null;
const isList = (value: Scalar | Item | List): value is List =>
	isObject(value) && Array.isArray((value as Partial<List>).items);

const element = (name: string, inner: string) =>
	inner === '' ? `<${name}/>` : `<${name}>${inner}</${name}>`;

function inner(value: Scalar | Item | List): string {
	if (isList(value)) return value.items.map((one) => element(value.name, inner(one))).join('');
	if (isObject(value))
		return Object.entries(value)
			.map(([name, one]) => element(name, inner(one)))
			.join('');
	return value === null ? '' : escapeXml(String(value));
}

function plain(value: Scalar | Item | List): unknown {
	if (isList(value)) return value.items.map(plain);
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
}

/** Content types of GeoReport v2. */
export const contentTypes: Record<Format, string> = {
	xml: 'text/xml; charset=utf-8',
	json: 'application/json; charset=utf-8',
};

/**
 * A document of GeoReport v2. In XML a list stands in an element `root`; in JSON it is the document, as an item is.
 * @param root name of the outermost element
 */
export function writeDocument(format: Format, root: string, value: Item | List): string {
	if (format === 'json') return JSON.stringify(plain(value));
	return `<?xml version="1.0" encoding="utf-8"?>\n${element(root, inner(value))}\n`;
}
