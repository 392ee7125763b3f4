import {
	createCipheriv,
	createDecipheriv,
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	type KeyObject,
} from 'node:crypto';
import { fromCode, toCode } from './codes.ts';

const keyBytes = 32;
const tagBytes = 16;

/**
 * The key of a call's vote: X25519 (RFC 7748). The public half stays with the town's data; the secret half is shown once,
 * printed, and put away, so that nobody can tell from the data which ballot is whose.
 * @returns publicKey 32 bytes; secretKey as people type it
 */
export function createSealingKey(): { publicKey: Buffer; secretKey: string } {
	const pair = generateKeyPairSync('x25519');
	return { publicKey: rawPublic(pair.publicKey), secretKey: toCode(rawSecret(pair.privateKey)) };
}

/**
 * Seal 32 bytes for who holds the secret key: an ephemeral X25519 key, HKDF-SHA-256, AES-256-GCM. Sealing the same twice
 * gives different bytes.
 * @returns ephemeral public key, tag, ciphertext: 80 bytes
 */
export function seal(publicKey: Buffer, content: Buffer): Buffer {
	const ephemeral = generateKeyPairSync('x25519');
	const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: publicFrom(publicKey) });
	const own = rawPublic(ephemeral.publicKey);
	const { key, nonce } = derive(shared, own, publicKey);
	const cipher = createCipheriv('aes-256-gcm', key, nonce);
	const body = Buffer.concat([cipher.update(content), cipher.final()]);
	return Buffer.concat([own, cipher.getAuthTag(), body]);
}

/** @returns a function that opens what was sealed for the public key; null when the secret key is another's, or mistyped */
export function openerOf(secretKey: string, publicKey: Buffer): ((sealed: Buffer) => Buffer) | null {
	const secret = fromCode(secretKey, keyBytes);
	if (!secret) return null;
	const privateKey = createPrivateKey({
		key: Buffer.concat([secretPrefix, secret]),
		format: 'der',
		type: 'pkcs8',
	});
	if (!rawPublic(createPublicKey(privateKey)).equals(publicKey)) return null;
	return (sealed) => {
		const ephemeral = sealed.subarray(0, keyBytes);
		const shared = diffieHellman({ privateKey, publicKey: publicFrom(ephemeral) });
		const { key, nonce } = derive(shared, ephemeral, publicKey);
		const decipher = createDecipheriv('aes-256-gcm', key, nonce);
		decipher.setAuthTag(sealed.subarray(keyBytes, keyBytes + tagBytes));
		return Buffer.concat([decipher.update(sealed.subarray(keyBytes + tagBytes)), decipher.final()]);
	};
}

function derive(shared: Buffer, ephemeral: Buffer, receiver: Buffer): { key: Buffer; nonce: Buffer } {
	const bytes = Buffer.from(
		hkdfSync('sha256', shared, Buffer.concat([ephemeral, receiver]), 'parvis sealed ballot', 44),
	);
	return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) };
}

// DER before the 32 bytes of a key (RFC 8410).
const secretPrefix = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex');

function rawPublic(key: KeyObject): Buffer {
	return key.export({ format: 'der', type: 'spki' }).subarray(publicPrefix.length);
}

function rawSecret(key: KeyObject): Buffer {
	return key.export({ format: 'der', type: 'pkcs8' }).subarray(secretPrefix.length);
}

function publicFrom(raw: Buffer): KeyObject {
	return createPublicKey({ key: Buffer.concat([publicPrefix, raw]), format: 'der', type: 'spki' });
}
