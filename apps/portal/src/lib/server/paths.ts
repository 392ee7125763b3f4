/** A path on this site to come back to; anything else leads to `otherwise`. */
export function safePath(path: string | null | undefined, otherwise = '/'): string {
	if (!path || path.length > 500 || !/^\/(?![/\\])/.test(path)) return otherwise;
	// What a browser drops while it reads an address could turn `/…` into `//…`.
	for (const character of path) if (character.charCodeAt(0) < 0x20 || character === '\\') return otherwise;
	return path;
}
