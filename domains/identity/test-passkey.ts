import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/**
 * A software authenticator for tests: one passkey (ES256, attestation "none") that answers the page's options as a
 * browser would (WebAuthn level 3).
 */
export function createAuthenticator(origin: string, { userVerified }: { userVerified: boolean }) {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const credentialId = randomBytes(32);
	const rpIdHash = createHash('sha256').update(new URL(origin).hostname).digest();
	let counter = 0;

	const clientData = (type: string, challenge: string) =>
		Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));

	function authenticatorData(attested: Buffer): Buffer {
		const flags = 0x01 | (userVerified ? 0x04 : 0) | (attested.length ? 0x40 : 0);
		const count = Buffer.alloc(4);
		count.writeUInt32BE(++counter);
		return Buffer.concat([rpIdHash, Buffer.from([flags]), count, attested]);
	}

	/** COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}. */
	function coseKey(): Buffer {
		const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
		return Buffer.concat([
			Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]),
			Buffer.from(x, 'base64url'),
			Buffer.from([0x22, 0x58, 0x20]),
			Buffer.from(y, 'base64url'),
		]);
	}

	const credential = (response: object) => ({
		id: credentialId.toString('base64url'),
		rawId: credentialId.toString('base64url'),
		type: 'public-key',
		clientExtensionResults: {},
		response,
	});

	return {
		register(options: object) {
			const { challenge } = options as { challenge: string };
			const attested = Buffer.concat([
				Buffer.alloc(16),
				Buffer.from([0, credentialId.length]),
				credentialId,
				coseKey(),
			]);
			const data = authenticatorData(attested);
			// CBOR: {"fmt": "none", "attStmt": {}, "authData": bytes}.
			const attestationObject = Buffer.concat([
				Buffer.from([0xa3, 0x63]),
				Buffer.from('fmt'),
				Buffer.from([0x64]),
				Buffer.from('none'),
				Buffer.from([0x67]),
				Buffer.from('attStmt'),
				Buffer.from([0xa0, 0x68]),
				Buffer.from('authData'),
				Buffer.from([0x58, data.length]),
				data,
			]);
			return credential({
				clientDataJSON: clientData('webauthn.create', challenge).toString('base64url'),
				attestationObject: attestationObject.toString('base64url'),
				transports: ['internal'],
			});
		},
		signIn(options: object) {
			const { challenge } = options as { challenge: string };
			const client = clientData('webauthn.get', challenge);
			const data = authenticatorData(Buffer.alloc(0));
			const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
			return credential({
				clientDataJSON: client.toString('base64url'),
				authenticatorData: data.toString('base64url'),
				signature: createSign('sha256').update(signed).sign(privateKey).toString('base64url'),
			});
		},
	};
}
