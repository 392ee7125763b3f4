/**
 * The part of a file that a `Range` header asks for (RFC 9110, 14): its first and last byte. Null for the whole file, also
 * when the header is not understood or asks for several parts; `unsatisfiable` when the file has no such part.
 */
export function rangeOf(
	header: string | null,
	size: number,
): { start: number; end: number } | 'unsatisfiable' | null {
	const found = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '');
	if (!found || (found[1] === '' && found[2] === '')) return null;
	const [, from = '', to = ''] = found;
	if (from === '') {
		const length = Math.min(Number(to), size);
		return length ? { start: size - length, end: size - 1 } : 'unsatisfiable';
	}
	const start = Number(from);
	const end = to === '' ? size - 1 : Math.min(Number(to), size - 1);
	if (to !== '' && Number(to) < start) return null;
	return start < size ? { start, end } : 'unsatisfiable';
}
