import { createHmac } from 'node:crypto';
import { ok, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { readChoices } from './ballot-check.ts';
import { type Context, type Db, isOpen, keyedHash, takingPart } from './context.ts';
import type { Ballots, Choice, ProjectSummary } from './face.ts';
import { mayManage } from './policies.ts';
import { projectsOfCall } from './project-list.ts';
import { commitmentOf, createReceipt, handleOf, secretOf } from './receipts.ts';
import { createSealingKey, seal } from './seal.ts';
import type { DB } from './tables.ts';

/**
 * The ballot box of the web. The register (`voter`) says who has voted, the box (`web_ballot`) what was voted; both are
 * written in one transaction, so that they agree whatever fails, and share no key.
 */
export function createBallots(context: Context): Ballots {
	const { db, platform } = context;

	/** Hold the count back until this ballot is committed: it locks the call's row for itself. */
	async function withOpenVote(trx: Transaction<DB>, callId: string): Promise<boolean> {
		const { rows } = await sql`
			SELECT FROM participation.call WHERE id::text = ${callId} FOR KEY SHARE`.execute(trx);
		return rows.length > 0 && (await isOpen(context, trx, callId, 'voting'));
	}

	return {
		async candidates(actor, callId) {
			const projects = await projectsOfCall(context, callId);
			const person = takingPart(actor);
			const seed = keyedHash(context, `order ${callId}`, person.ok ? person.value : 'visitor');
			return inFairOrder(projects, seed);
		},

		async check(callId, given) {
			return (await isOpen(context, db, callId, 'voting'))
				? readChoices(db, callId, given)
				: refuse('participation.vote_closed');
		},

		drawReceipt: createReceipt,

		async cast(actor, callId, given, receipt) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return db.transaction().execute(async (trx) => {
				if (!(await withOpenVote(trx, callId))) return refuse('participation.vote_closed');
				const choices = await readChoices(trx, callId, given);
				if (!choices.ok) return choices;
				const voter = await trx
					.selectFrom('participation.voter')
					.select(['id', 'channel'])
					.where('call_id', '=', callId)
					.where('person_id', '=', person.value)
					.forUpdate()
					.executeTakeFirst();
				if (!voter) return refuse('participation.not_registered');
				if (voter.channel === 'paper') return refuse('participation.voted_on_paper');
				if (voter.channel === 'web') {
					const secret = receipt ? secretOf(receipt) : null;
					if (!receipt || !secret)
						return refuse(receipt ? 'participation.receipt_unreadable' : 'participation.voted_on_web');
					const changed = await trx
						.updateTable('participation.web_ballot')
						.set({
							choices: JSON.stringify(choices.value),
							commitment: commitmentOf(callId, secret, choices.value),
						})
						.where('call_id', '=', callId)
						.where('handle', '=', handleOf(secret))
						.returning('handle')
						.executeTakeFirst();
					return changed ? ok({ receipt, changed: true }) : refuse('participation.receipt_unknown');
				}
				const fresh = receipt ?? createReceipt();
				const secret = secretOf(fresh);
				if (!secret) return refuse('participation.receipt_unreadable');
				const handle = handleOf(secret);
				const key = await trx
					.selectFrom('participation.ballot_key')
					.select('public_key')
					.where('call_id', '=', callId)
					.executeTakeFirst();
				const kept = await trx
					.insertInto('participation.web_ballot')
					.values({
						call_id: callId,
						handle,
						choices: JSON.stringify(choices.value),
						commitment: commitmentOf(callId, secret, choices.value),
					})
					.onConflict((conflict) => conflict.doNothing())
					.returning('handle')
					.executeTakeFirst();
				// Somebody else's receipt is no receipt of theirs.
				if (!kept) return refuse('participation.receipt_unknown');
				await trx
					.updateTable('participation.voter')
					.set({ channel: 'web', sealed_ballot: key ? seal(key.public_key, handle) : null })
					.where('id', '=', voter.id)
					.execute();
				return ok({ receipt: fresh, changed: false });
			});
		},

		async read(callId, receipt) {
			const secret = secretOf(receipt);
			if (!secret || !(await isOpen(context, db, callId, 'voting'))) return null;
			const row = await db
				.selectFrom('participation.web_ballot')
				.select('choices')
				.where('call_id', '=', callId)
				.where('handle', '=', handleOf(secret))
				.executeTakeFirst();
			return (row?.choices as Choice[] | undefined) ?? null;
		},

		async createKey(actor, callId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const call = await trx
					.selectFrom('participation.call as call')
					.innerJoin('participation.phase as phase', (join) =>
						join.onRef('phase.call_id', '=', 'call.id').on('phase.kind', '=', 'voting'),
					)
					.select('phase.starts_at')
					.where(sql<string>`call.id::text`, '=', callId)
					.executeTakeFirst();
				if (!call) return refuse('participation.call_unknown');
				// Ballots sealed for another key could not be taken out any more.
				if (call.starts_at <= context.now()) return refuse('participation.vote_begun');
				const { publicKey, secretKey } = createSealingKey();
				await trx
					.insertInto('participation.ballot_key')
					.values({ call_id: callId, public_key: publicKey })
					.onConflict((conflict) => conflict.column('call_id').doUpdateSet({ public_key: publicKey }))
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'participation.ballot_key.created',
					subject: `call:${callId}`,
				});
				return ok({ secretKey });
			});
		},

		async hasKey(callId) {
			const row = await db
				.selectFrom('participation.ballot_key')
				.select('call_id')
				.where('call_id', '=', callId)
				.executeTakeFirst();
			return row !== undefined;
		},

		async mix() {
			await db.transaction().execute((trx) => mixBoxes(trx));
			await platform.pool.query('VACUUM participation.web_ballot');
		},
	};
}

/**
 * Write all boxes anew in random order, in one transaction: neither the order of rows nor the transaction that wrote them
 * tells any more when a ballot came, or with which entry of the register.
 */
export async function mixBoxes(trx: Db): Promise<void> {
	await sql`LOCK TABLE participation.web_ballot IN EXCLUSIVE MODE`.execute(trx);
	await sql`CREATE TEMP TABLE mixed_ballot ON COMMIT DROP AS TABLE participation.web_ballot`.execute(trx);
	await sql`DELETE FROM participation.web_ballot`.execute(trx);
	await sql`INSERT INTO participation.web_ballot SELECT * FROM mixed_ballot ORDER BY gen_random_uuid()`.execute(
		trx,
	);
}

/** An order that nobody chose: by a keyed hash of each project, so that it differs between voters and stays for one. */
function inFairOrder(projects: readonly ProjectSummary[], seed: Buffer): ProjectSummary[] {
	const rank = new Map(
		projects.map(({ id, code }) => [id, createHmac('sha256', seed).update(code).digest('hex')]),
	);
	return projects.toSorted((a, b) => ((rank.get(a.id) ?? '') < (rank.get(b.id) ?? '') ? -1 : 1));
}
