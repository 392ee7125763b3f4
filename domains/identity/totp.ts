import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepSeconds = 30;
const digits = 6;

/** 160 random bits in base32 (RFC 4648), as authenticator apps take them. */
export function newTotpSecret(): string {
	let bits = '';
	for (const byte of randomBytes(20)) bits += byte.toString(2).padStart(8, '0');
	return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('');
}

function bytesOf(secret: string): Buffer {
	let bits = '';
	for (const letter of secret) bits += alphabet.indexOf(letter).toString(2).padStart(5, '0');
	return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)));
}

/** Number of the 30-second step an instant falls in. */
export function totpStep(instant: Date): number {
	return Math.floor(instant.getTime() / 1000 / stepSeconds);
}

/** Code of a step: HOTP (RFC 4226) with SHA-1 over the step's number (RFC 6238), 6 digits. */
export function totpCode(secret: string, step: number): string {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(step));
	const mac = createHmac('sha1', bytesOf(secret)).update(counter).digest();
	const offset = (mac.at(-1) ?? 0) & 0xf;
	const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits;
	return String(number).padStart(digits, '0');
}

/** The step whose code this is, within one step of the instant (clocks differ); null when it is of none. */
export function matchTotp(secret: string, code: string, instant: Date): number | null {
	const now = totpStep(instant);
	let found: number | null = null;
	for (const step of [now - 1, now, now + 1])
		if (code.length === digits && timingSafeEqual(Buffer.from(code), Buffer.from(totpCode(secret, step))))
			found = step;
	return found;
}

/** Address that authenticator apps read from a QR code (Google's key URI format, which all of them take). */
export function totpUri(secret: string, issuer: string, account: string): string {
	const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
	return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`;
}
