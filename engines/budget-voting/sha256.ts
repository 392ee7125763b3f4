const initial = fractions((n) => Math.sqrt(n), 8);
const constants = fractions((n) => Math.cbrt(n), 64);

/** First 32 bits of the fractional parts of a root of the first primes (FIPS 180-4, 4.2.2 and 5.3.3). */
function fractions(root: (n: number) => number, count: number): Uint32Array {
	const words = new Uint32Array(count);
	for (let n = 2, found = 0; found < count; n++) {
		let prime = true;
		for (let divisor = 2; divisor * divisor <= n && prime; divisor++) prime = n % divisor !== 0;
		if (prime) words[found++] = Math.floor((root(n) % 1) * 2 ** 32);
	}
	return words;
}

/** SHA-256 (FIPS 180-4) of a text's UTF-8, in hexadecimal: at once, and the same in servers and browsers. */
export function sha256(text: string): string {
	const content = new TextEncoder().encode(text);
	const padded = new Uint8Array(Math.ceil((content.length + 9) / 64) * 64);
	padded.set(content);
	padded[content.length] = 0x80;
	const view = new DataView(padded.buffer);
	view.setUint32(padded.length - 8, Math.floor((content.length * 8) / 2 ** 32));
	view.setUint32(padded.length - 4, (content.length * 8) >>> 0);
	const hash = initial.slice();
	const words = new Uint32Array(64);
	const word = (i: number) => words[i] ?? 0;
	const turn = (value: number, bits: number) => (value >>> bits) | (value << (32 - bits));
	for (let block = 0; block < padded.length; block += 64) {
		for (let i = 0; i < 16; i++) words[i] = view.getUint32(block + i * 4);
		for (let i = 16; i < 64; i++) {
			const early = word(i - 15);
			const late = word(i - 2);
			words[i] =
				word(i - 16) +
				(turn(early, 7) ^ turn(early, 18) ^ (early >>> 3)) +
				word(i - 7) +
				(turn(late, 17) ^ turn(late, 19) ^ (late >>> 10));
		}
		let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = hash;
		for (let i = 0; i < 64; i++) {
			const first =
				(h +
					(turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
					((e & f) ^ (~e & g)) +
					(constants[i] ?? 0) +
					word(i)) |
				0;
			const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
			[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
		}
		for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) hash[i] = (hash[i] ?? 0) + value;
	}
	return [...hash].map((value) => value.toString(16).padStart(8, '0')).join('');
}
