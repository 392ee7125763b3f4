import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

/** What identity does with secrets, all from the one secret of the configuration. */
export interface Secrets {
	/** 256 random bits, base64url. */
	token(): string;
	/** SHA-256, base64url: enough for what is random already (tokens, keys). */
	hash(text: string): string;
	/** Keyed hash, base64url, for what could be guessed: mail and network addresses, recovery codes. */
	keyedHash(text: string): string;
	/** AES-256-GCM: nonce, tag, then ciphertext. */
	encrypt(text: string): Buffer;
	/** @throws when the text was made with another secret, or changed */
	decrypt(sealed: Buffer): string;
}

export function createSecrets(secret: string): Secrets {
	const derive = (purpose: string) =>
		Buffer.from(hkdfSync('sha256', secret, '', `parvis identity ${purpose}`, 32));
	const encryptionKey = derive('encryption');
	const hashKey = derive('keyed hash');
	return {
		token: () => randomBytes(32).toString('base64url'),
		hash: (text) => createHash('sha256').update(text).digest('base64url'),
		keyedHash: (text) => createHmac('sha256', hashKey).update(text).digest('base64url'),
		encrypt(text) {
			const nonce = randomBytes(12);
			const cipher = createCipheriv('aes-256-gcm', encryptionKey, nonce);
			const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			return Buffer.concat([nonce, cipher.getAuthTag(), body]);
		},
		decrypt(sealed) {
			const decipher = createDecipheriv('aes-256-gcm', encryptionKey, sealed.subarray(0, 12));
			decipher.setAuthTag(sealed.subarray(12, 28));
			return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString('utf8');
		},
	};
}
