import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;

const keyFor = (secret: string, use: string) =>
	Buffer.from(hkdfSync('sha256', secret, '', `parvis council ${use}`, 32));

/** AES-256-GCM under a key derived from the town's secret: nonce, tag, text. */
export function encrypt(secret: string, text: string): Buffer {
	const nonce = randomBytes(nonceBytes);
	const cipher = createCipheriv('aes-256-gcm', keyFor(secret, 'stream keys'), nonce);
	const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Null when it was encrypted under another secret, or changed. */
export function decrypt(secret: string, sealed: Buffer): string | null {
	try {
		const decipher = createDecipheriv(
			'aes-256-gcm',
			keyFor(secret, 'stream keys'),
			sealed.subarray(0, nonceBytes),
		);
		decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
		return (
			decipher.update(sealed.subarray(nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
		);
	} catch {
		return null;
	}
}

/** What a camera desk gives as stream key or passphrase to be the picture of this meeting; nothing is stored. */
export function ingestKey(secret: string, meetingId: string): string {
	return createHmac('sha256', keyFor(secret, 'camera desk'))
		.update(meetingId)
		.digest('base64url')
		.slice(0, 32);
}
