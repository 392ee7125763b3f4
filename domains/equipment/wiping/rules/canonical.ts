/** Values that are written one way only: no fractions, no dates. */
export type Canonical =
	| string
	| number
	| boolean
	| null
	| readonly Canonical[]
	| { readonly [key: string]: Canonical };

/**
 * JSON written one way only, so that it can be signed: keys in the order of their UTF-16 code units, no spaces. What RFC 8785
 * (JSON Canonicalization Scheme) gives for whole numbers, which are the only ones here.
 * @throws for a number that is not whole
 */
export function canonicalJson(value: Canonical): string {
	if (typeof value === 'number' && !Number.isSafeInteger(value))
		throw new Error('only whole numbers are signed');
	if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
	if (typeof value === 'object' && value !== null) {
		const object = value as { readonly [key: string]: Canonical };
		return `{${Object.keys(object)
			.sort()
			.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] ?? null)}`)
			.join(',')}}`;
	}
	return JSON.stringify(value);
}
