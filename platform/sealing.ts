import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/**
 * Keeps what must be read again: secrets that sign, keys of other servers. AES-256-GCM under a key of the town's secret.
 * @param purpose whose secrets they are; what was sealed for one purpose opens for no other
 */
export function createSealing(secret: string, purpose: string) {
	const key = Buffer.from(hkdfSync('sha256', secret, '', purpose, 32));
	return {
		/** Nonce, tag, ciphertext. */
		seal(text: string): Buffer {
			const nonce = randomBytes(12);
			const cipher = createCipheriv('aes-256-gcm', key, nonce);
			const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
			return Buffer.concat([nonce, cipher.getAuthTag(), body]);
		},
		/** Null when it was sealed under another secret, or changed. */
		open(sealed: Buffer): string | null {
			try {
				const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12));
				decipher.setAuthTag(sealed.subarray(12, 28));
				return decipher.update(sealed.subarray(28), undefined, 'utf8') + decipher.final('utf8');
			} catch {
				return null;
			}
		},
	};
}

export type Sealing = ReturnType<typeof createSealing>;
