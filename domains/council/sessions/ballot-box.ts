import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { sql, type Transaction } from 'kysely';
import type { DB } from '../tables.ts';

const nonceBytes = 12;
const tagBytes = 16;
/** Every box has a size that tells nothing of what is in it. */
const paddedBytes = 32 * 1024;

/** Ballots of secret votes: of each vote only the totals are kept, sealed by the town's secret and sealed anew with each ballot. */
export interface BallotBox {
	/** Add a ballot; call it with the meeting's row locked. */
	put(trx: Transaction<DB>, meetingId: string, voteId: string, ballot: string): Promise<void>;
	/** Take everything out, for the count: how many of each ballot. The box is gone. */
	empty(trx: Transaction<DB>, voteId: string): Promise<Map<string, number>>;
}

/** @param secret of the town, `PARVIS_SECRET` */
export function createBallotBox(secret: string): BallotBox {
	const key = Buffer.from(hkdfSync('sha256', secret, '', 'parvis council ballot box', 32));

	function seal(totals: ReadonlyMap<string, number>, voteId: string): Buffer {
		const text = Buffer.from(JSON.stringify([...totals].toSorted(([a], [b]) => (a < b ? -1 : 1))));
		const padded = Buffer.alloc(Math.ceil((text.length + 4) / paddedBytes) * paddedBytes);
		padded.writeUInt32BE(text.length);
		text.copy(padded, 4);
		const nonce = randomBytes(nonceBytes);
		const cipher = createCipheriv('aes-256-gcm', key, nonce);
		// A box put in another vote's place does not open.
		cipher.setAAD(Buffer.from(voteId));
		const body = Buffer.concat([cipher.update(padded), cipher.final()]);
		return Buffer.concat([nonce, cipher.getAuthTag(), body]);
	}

	function unseal(sealed: Buffer, voteId: string): Map<string, number> {
		const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
		decipher.setAAD(Buffer.from(voteId));
		decipher.setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
		const padded = Buffer.concat([decipher.update(sealed.subarray(nonceBytes + tagBytes)), decipher.final()]);
		return new Map(
			JSON.parse(padded.subarray(4, 4 + padded.readUInt32BE()).toString()) as [string, number][],
		);
	}

	async function taken(trx: Transaction<DB>, voteId: string): Promise<Map<string, number>> {
		const { rows } = await sql<{ sealed: Buffer }>`
			DELETE FROM council.ballot_box WHERE vote_id = ${voteId} RETURNING sealed`.execute(trx);
		return rows[0] ? unseal(rows[0].sealed, voteId) : new Map();
	}

	return {
		async put(trx, meetingId, voteId, ballot) {
			const totals = await taken(trx, voteId);
			totals.set(ballot, (totals.get(ballot) ?? 0) + 1);
			await trx
				.insertInto('council.ballot_box')
				.values({ vote_id: voteId, meeting_id: meetingId, sealed: seal(totals, voteId) })
				.execute();
		},
		empty: taken,
	};
}
