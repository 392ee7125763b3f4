/** What stands in a URL for a name: lower case, without accents or apostrophes, words joined by `-`, 80 characters at most. */
export function slugOf(name: string): string {
	const plain = name
		.replaceAll('œ', 'oe')
		.replaceAll('Œ', 'oe')
		.replaceAll('æ', 'ae')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, 80)
		.replace(/^-+|-+$/g, '');
	return plain || 'lieu';
}

/** A slug that is not taken yet; takes it. */
export function takeSlug(name: string, taken: Set<string>): string {
	const base = slugOf(name);
	let slug = base;
	for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`;
	taken.add(slug);
	return slug;
}
