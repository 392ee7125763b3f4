import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * A broker password for a device and the hash to keep. With 192 random bits there is nothing to guess, so a plain
 * SHA-256 protects it as well as a slow hash and lets thousands of devices reconnect at once.
 */
export function newCredential(): { password: string; hash: string } {
	const password = randomBytes(24).toString('base64url');
	return { password, hash: credentialHash(password) };
}

export function credentialHash(password: string): string {
	return createHash('sha256').update(password).digest('hex');
}

/** @param hash as kept in sensing.device.credential_hash */
export function credentialHolds(password: string, hash: string): boolean {
	return timingSafeEqual(Buffer.from(credentialHash(password), 'hex'), Buffer.from(hash, 'hex'));
}
