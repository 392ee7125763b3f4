import { createHash, createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { SigningKey } from './face.ts';

/** DER of a PKCS #8 Ed25519 private key (RFC 8410) up to its 32 bytes. */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The key that signs certificates: Ed25519 (RFC 8032), drawn from the town's secret, so that no private key lies in the
 * database. Another secret gives another key; public keys of the past are kept.
 */
export function createSigning({ platform, now }: Pick<Context, 'platform' | 'now'>) {
	let made: { key: KeyObject; id: string; spki: Buffer } | null = null;
	function own() {
		if (made) return made;
		const seed = Buffer.from(
			hkdfSync('sha256', platform.config.secret, '', 'parvis equipment certificates', 32),
		);
		const key = createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
		const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
		made = { key, id: createHash('sha256').update(spki).digest('hex').slice(0, 16), spki };
		return made;
	}
	return {
		/** Id of the key, which is published from now on. */
		async keyId(trx: Db): Promise<string> {
			const { id, spki } = own();
			await sql`INSERT INTO equipment.certificate_key (id, public_key, since) VALUES (${id}, ${spki}, ${now()})
				ON CONFLICT DO NOTHING`.execute(trx);
			return id;
		},
		/** Detached signature of the text's UTF-8 bytes, 64 bytes. */
		sign: (text: string): Buffer => sign(null, Buffer.from(text, 'utf8'), own().key),
	};
}

export async function readKeys(db: Db): Promise<SigningKey[]> {
	const rows = await db
		.selectFrom('equipment.certificate_key')
		.selectAll()
		.orderBy('since', 'desc')
		.execute();
	return rows.map(({ id, public_key, since }) => ({
		id,
		since,
		pem: createPublicKey({ key: public_key, format: 'der', type: 'spki' })
			.export({ format: 'pem', type: 'spki' })
			.toString(),
	}));
}
