const makers: Record<string, string> = {
	'dell inc': 'Dell',
	'dell technologies': 'Dell',
	dell: 'Dell',
	'hewlett packard': 'HP',
	'hewlett packard enterprise': 'HPE',
	hpe: 'HPE',
	'hp inc': 'HP',
	hp: 'HP',
	lenovo: 'Lenovo',
	'lenovo group limited': 'Lenovo',
	'apple inc': 'Apple',
	apple: 'Apple',
	'samsung electronics': 'Samsung',
	'samsung electronics co ltd': 'Samsung',
	samsung: 'Samsung',
	'microsoft corporation': 'Microsoft',
	microsoft: 'Microsoft',
	'asustek computer inc': 'Asus',
	asus: 'Asus',
	'fujitsu client computing limited': 'Fujitsu',
	fujitsu: 'Fujitsu',
	'cisco systems': 'Cisco',
	cisco: 'Cisco',
	'xiaomi inc': 'Xiaomi',
	xiaomi: 'Xiaomi',
};

const plain = (text: string) =>
	text
		.normalize('NFKD')
		.replaceAll(/\p{Mn}/gu, '')
		.toLowerCase()
		.replaceAll(/[^a-z0-9]+/g, ' ')
		.trim();

/** The name by which a maker is known, from what inventories write: `Dell Inc.` is Dell, `LENOVO` Lenovo. */
export function makerName(written: string): string {
	const tidy = written.replaceAll(/\s+/g, ' ').trim();
	return makers[plain(tidy)] ?? tidy;
}

const families: readonly [RegExp, string][] = [
	[/\b(latitude|optiplex|poweredge|precision|vostro|inspiron|ultrasharp|xps 1\d)\b/i, 'Dell'],
	[/\b(elitebook|probook|zbook|elitedesk|prodesk|elitedisplay|laserjet|officejet)\b/i, 'HP'],
	[/\b(thinkpad|thinkbook|thinkcentre|thinkvision|thinksystem|ideapad)\b/i, 'Lenovo'],
	[/\b(iphone|ipad|macbook|imac|mac mini|mac studio)\b/i, 'Apple'],
	[/\bgalaxy\b/i, 'Samsung'],
	[/\bsurface (pro|go|laptop|book)\b/i, 'Microsoft'],
	[/\bfairphone\b/i, 'Fairphone'],
];

/** The maker that a model's name gives away, by its first word or its family; null for one that does not. */
export function makerOfModel(name: string): string | null {
	const [first = ''] = name.trim().split(/\s+/);
	return makers[plain(first)] ?? families.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** A model's name without its maker in front: `HP EliteBook 840 G5` of HP is EliteBook 840 G5. */
export function modelName(maker: string, written: string): string {
	const tidy = written.replaceAll(/\s+/g, ' ').trim();
	const start = `${maker.toLowerCase()} `;
	return tidy.toLowerCase().startsWith(start) && tidy.length > start.length
		? tidy.slice(start.length).trim()
		: tidy;
}

/** What two spellings of a model have in common, storage left out: `iPhone 12 64GB` and `IPHONE 12` are alike. */
export function modelKey(manufacturer: string, name: string): string {
	const maker = makerName(manufacturer);
	const words = plain(modelName(maker, name))
		.replaceAll(/\b(\d+) ?(gb|go|tb|to)\b/g, '')
		.replaceAll(/\b(notebook|laptop|business|desktop|mobile workstation|monitor) (pc)?$/g, '')
		.replaceAll(/\b(notebook pc|pc|monitor)$/g, '')
		.replaceAll(/\s+/g, ' ')
		.trim();
	return `${plain(maker)}|${words}`;
}
