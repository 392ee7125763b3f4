export type FileType = 'image/jpeg' | 'image/png' | 'image/webp' | 'application/pdf';

/** What a file is, by its first bytes; null for anything else, whatever it is called. */
export function fileTypeOf(content: Uint8Array): FileType | null {
	const starts = (...bytes: number[]) => bytes.every((byte, i) => content[i] === byte);
	if (starts(0xff, 0xd8, 0xff)) return 'image/jpeg';
	if (starts(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
	const text = (from: number, to: number) => String.fromCharCode(...content.subarray(from, to));
	if (text(0, 4) === 'RIFF' && text(8, 12) === 'WEBP') return 'image/webp';
	return text(0, 5) === '%PDF-' ? 'application/pdf' : null;
}
