/**
 * Text of a file as inventories write it: UTF-8, UTF-16 with or without a mark, else Windows-1252, which is what French
 * spreadsheets still save.
 */
export function decode(bytes: Uint8Array): string {
	const [first, second, third] = bytes;
	if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
	if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
	const marked = first === 0xef && second === 0xbb && third === 0xbf;
	if (!marked) {
		const start = bytes.subarray(0, 1000);
		const zeros = (parity: number) => start.filter((byte, at) => byte === 0 && at % 2 === parity).length;
		if (zeros(1) > start.length / 4) return new TextDecoder('utf-16le').decode(bytes);
		if (zeros(0) > start.length / 4) return new TextDecoder('utf-16be').decode(bytes);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}
