/** An amount as people type it, `12 500,50`, in cents; null when empty, NaN when it is no amount: the room refuses it. */
export function centsOf(text: string | undefined): number | null {
	const plain = (text ?? '').replaceAll(/[\s\u00a0\u202f€]/g, '').replace(',', '.');
	if (plain === '') return null;
	return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : Number.NaN;
}

/** Cents as they stand in a field: `12500,50`. */
export function eurosOf(cents: number | null): string {
	if (cents === null) return '';
	return (cents / 100).toFixed(cents % 100 ? 2 : 0).replace('.', ',');
}
