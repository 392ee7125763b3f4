import { randomBytes, randomInt } from 'node:crypto';
import { Readable } from 'node:stream';
import { newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { toCode } from './codes.ts';
import { type Context, type Db, keyedHash, takingPart } from './context.ts';
import { parseDeclaration } from './declaration.ts';
import type { Eligibilities, Eligibility, ProofKind } from './face.ts';
import { fileTypeOf } from './file-types.ts';
import { phaseState } from './phases.ts';
import { mayHoldBooth, mayManage } from './policies.ts';
import { parsePhoneNumber, type SmsProvider } from './sms.ts';

const smsMinutes = 10;
const mostSmsAttempts = 5;
const mostSmsPerDay = 5;
const mostDocumentBytes = 8 * 1024 * 1024;
const letterCodeBytes = 8;
const mostLetterCodes = 20_000;

export const proofFile = (id: string) => `participation/proof/${id}`;

/** Who may vote in a call: proofs, and the register of voters. */
export function createEligibilities(context: Context, sms: SmsProvider | null): Eligibilities {
	const { db, platform, identity } = context;

	/** The call's terms, while its vote is not over. */
	async function terms(
		from: Db,
		callId: string,
	): Promise<Result<Eligibility & { opensAt: Date; open: boolean }>> {
		const row = await from
			.selectFrom('participation.call as call')
			.innerJoin('participation.phase as phase', (join) =>
				join.onRef('phase.call_id', '=', 'call.id').on('phase.kind', '=', 'voting'),
			)
			.select(['call.eligibility', 'phase.starts_at', 'phase.ends_at'])
			.where(sql<string>`call.id::text`, '=', callId)
			.where('call.status', '=', 'published')
			.executeTakeFirst();
		if (!row) return refuse('participation.call_unknown');
		const state = phaseState({ startsAt: row.starts_at, endsAt: row.ends_at }, context.now());
		if (state === 'over') return refuse('participation.vote_over');
		return ok({
			...(row.eligibility as unknown as Eligibility),
			opensAt: row.starts_at,
			open: state === 'open',
		});
	}

	/** The person, for a proof that the call takes. */
	async function asking(
		actor: Parameters<Eligibilities['state']>[0],
		callId: string,
		kind: ProofKind,
	): Promise<Result<string>> {
		const person = takingPart(actor);
		if (!person.ok) return person;
		const call = await terms(db, callId);
		if (!call.ok) return call;
		return call.value.proofs.includes(kind) ? person : refuse('participation.proof_not_taken');
	}

	/** Note a granted proof; what proves somebody else already is refused. */
	async function grant(
		from: Db,
		callId: string,
		personId: string,
		kind: ProofKind,
		keyHash: Buffer | null,
	): Promise<Result<null>> {
		const granted = {
			status: 'granted' as const,
			key_hash: keyHash,
			code_hash: null,
			code_expires_at: null,
			refusal: '',
		};
		try {
			await from
				.insertInto('participation.proof')
				.values({ id: newId(), call_id: callId, person_id: personId, kind, ...granted })
				.onConflict((conflict) => conflict.columns(['call_id', 'person_id', 'kind']).doUpdateSet(granted))
				.execute();
			return ok(null);
		} catch (error) {
			if ((error as { constraint?: string }).constraint === 'proof_key')
				return refuse('participation.proof_used_by_another');
			throw error;
		}
	}

	return {
		async state(actor, callId) {
			const person = takingPart(actor);
			const call = await terms(db, callId);
			const nothing = {
				signedIn: person.ok,
				open: call.ok && call.value.open,
				registered: false,
				voted: null,
			};
			if (!person.ok || !call.ok) return { ...nothing, proofs: [] };
			const [proofs, voter] = await Promise.all([
				db
					.selectFrom('participation.proof')
					.select(['kind', 'status', 'refusal'])
					.where('call_id', '=', callId)
					.where('person_id', '=', person.value)
					.execute(),
				db
					.selectFrom('participation.voter')
					.select('channel')
					.where('call_id', '=', callId)
					.where('person_id', '=', person.value)
					.executeTakeFirst(),
			]);
			return {
				...nothing,
				registered: voter !== undefined,
				voted: voter?.channel ?? null,
				proofs: call.value.proofs.map((kind) => {
					const known = proofs.find((proof) => proof.kind === kind);
					return { kind, status: known?.status ?? 'missing', refusal: known?.refusal ?? '' };
				}),
			};
		},

		async proveByAccount(actor, callId, kind) {
			const person = await asking(actor, callId, kind);
			if (!person.ok) return person;
			const { email, franceConnect } = await identity.people.evidence(person.value);
			const key = kind === 'email' ? email : franceConnect;
			if (!key)
				return refuse(
					kind === 'email' ? 'participation.email_not_confirmed' : 'participation.franceconnect_not_linked',
				);
			return grant(db, callId, person.value, kind, keyedHash(context, kind, key.toLowerCase()));
		},

		async askSms(actor, callId, phoneNumber) {
			const person = await asking(actor, callId, 'sms');
			if (!person.ok) return person;
			if (!sms) return refuse('participation.sms_unavailable');
			const number = parsePhoneNumber(phoneNumber);
			if (!number) return refuse('participation.phone_invalid');
			const code = String(randomInt(1_000_000)).padStart(6, '0');
			const columns = {
				status: 'asked' as const,
				key_hash: keyedHash(context, 'sms', number),
				code_hash: keyedHash(context, `sms code ${callId} ${person.value}`, code),
				code_expires_at: new Date(context.now().getTime() + smsMinutes * 60_000),
			};
			// Attempts count codes sent (in hundreds) and codes tried, over a day.
			const row = await db
				.insertInto('participation.proof')
				.values({
					id: newId(),
					call_id: callId,
					person_id: person.value,
					kind: 'sms',
					...columns,
					attempts: 100,
					created_at: context.now(),
				})
				.onConflict((conflict) =>
					conflict
						.columns(['call_id', 'person_id', 'kind'])
						.doUpdateSet({
							...columns,
							attempts: sql<number>`CASE WHEN proof.created_at < ${new Date(context.now().getTime() - 86_400_000)}
								THEN 100 ELSE proof.attempts / 100 * 100 + 100 END`,
							created_at: sql<Date>`CASE WHEN proof.created_at < ${new Date(context.now().getTime() - 86_400_000)}
								THEN ${context.now()} ELSE proof.created_at END`,
						})
						.where('participation.proof.status', '!=', 'granted')
						.where(({ eb, or }) =>
							or([
								eb('participation.proof.attempts', '<', mostSmsPerDay * 100),
								eb('participation.proof.created_at', '<', new Date(context.now().getTime() - 86_400_000)),
							]),
						),
				)
				.returning('id')
				.executeTakeFirst();
			if (!row) return refuse('participation.sms_too_many');
			await sms.send(
				number,
				platform.messages.t('fr', 'participation.sms_text', { code, minutes: smsMinutes }),
			);
			return ok(null);
		},

		async proveBySms(actor, callId, code) {
			const person = await asking(actor, callId, 'sms');
			if (!person.ok) return person;
			const tried = await db
				.updateTable('participation.proof')
				.set((e) => ({ attempts: e('attempts', '+', 1) }))
				.where('call_id', '=', callId)
				.where('person_id', '=', person.value)
				.where('kind', '=', 'sms')
				.where('status', '=', 'asked')
				.where('code_expires_at', '>', context.now())
				.where(sql<boolean>`attempts % 100 < ${mostSmsAttempts}`)
				.returning(['code_hash', 'key_hash'])
				.executeTakeFirst();
			const typed = keyedHash(context, `sms code ${callId} ${person.value}`, code.replaceAll(/\s/g, ''));
			if (!tried?.code_hash?.equals(typed)) return refuse('participation.code_wrong');
			return grant(db, callId, person.value, 'sms', tried.key_hash);
		},

		async proveByLetter(actor, callId, code) {
			const person = await asking(actor, callId, 'letter');
			if (!person.ok) return person;
			const hash = letterHash(callId, code);
			if (!hash) return refuse('participation.code_wrong');
			return db.transaction().execute(async (trx) => {
				const used = await trx
					.updateTable('participation.letter_code')
					.set({ used: true })
					.where('call_id', '=', callId)
					.where('code_hash', '=', hash)
					.where('used', '=', false)
					.returning('used')
					.executeTakeFirst();
				if (!used) return refuse('participation.code_wrong');
				return grant(trx, callId, person.value, 'letter', hash);
			});
		},

		async askByDocument(actor, callId, { content }) {
			const person = await asking(actor, callId, 'document');
			if (!person.ok) return person;
			if (content.length > mostDocumentBytes)
				return refuse('participation.file_too_large', { megabytes: mostDocumentBytes / 1024 / 1024 });
			if (!fileTypeOf(content)) return refuse('participation.file_type');
			const id = newId();
			const key = proofFile(id);
			await platform.files.put(key, Readable.from([Buffer.from(content)]));
			const before = await db
				.selectFrom('participation.proof')
				.select('file_key')
				.where('call_id', '=', callId)
				.where('person_id', '=', person.value)
				.where('kind', '=', 'document')
				.executeTakeFirst();
			const kept = await db
				.insertInto('participation.proof')
				.values({
					id,
					call_id: callId,
					person_id: person.value,
					kind: 'document',
					status: 'asked',
					file_key: key,
					created_at: context.now(),
				})
				.onConflict((conflict) =>
					conflict
						.columns(['call_id', 'person_id', 'kind'])
						.doUpdateSet({ status: 'asked', file_key: key, refusal: '', created_at: context.now() })
						.where('participation.proof.status', '!=', 'granted'),
				)
				.returning('id')
				.executeTakeFirst();
			const gone = kept ? before?.file_key : key;
			if (gone) await platform.files.delete(gone);
			return kept ? ok(null) : refuse('participation.proof_granted_already');
		},

		async documents(actor, callId) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('participation.proof')
				.select(['id', 'person_id', 'created_at'])
				.where('call_id', '=', callId)
				.where('kind', '=', 'document')
				.where('status', '=', 'asked')
				.orderBy('created_at')
				.limit(500)
				.execute();
			const names = await identity.people.names(rows.map(({ person_id }) => person_id));
			return ok(
				rows.map(({ id, person_id, created_at }) => ({
					id,
					person: names.get(person_id) ?? '',
					askedAt: created_at,
				})),
			);
		},

		async openDocument(actor, id) {
			if (!mayHoldBooth(actor)) return null;
			const row = await db
				.selectFrom('participation.proof')
				.select('file_key')
				.where(sql<string>`id::text`, '=', id)
				.where('status', '=', 'asked')
				.executeTakeFirst();
			const stream = row?.file_key ? await platform.files.get(row.file_key) : null;
			if (!stream) return null;
			const chunks: Buffer[] = [];
			for await (const chunk of stream) chunks.push(chunk as Buffer);
			const content = Buffer.concat(chunks);
			await db.transaction().execute((trx) =>
				platform.audit.record(trx, {
					actor,
					action: 'participation.document.read',
					subject: `proof:${id}`,
				}),
			);
			return {
				contentType: fileTypeOf(content) ?? 'application/octet-stream',
				content: Readable.from([content]),
			};
		},

		async decideDocument(actor, id, { granted, refusal }) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			const reason = refusal.trim().slice(0, 1000);
			if (!granted && !reason) return refuse('participation.refusal_missing');
			const decided = await db.transaction().execute(async (trx) => {
				const row = await trx
					.selectFrom('participation.proof')
					.select(['file_key'])
					.where(sql<string>`id::text`, '=', id)
					.where('kind', '=', 'document')
					.where('status', '=', 'asked')
					.forUpdate()
					.executeTakeFirst();
				if (!row) return null;
				await trx
					.updateTable('participation.proof')
					.set({
						status: granted ? 'granted' : 'refused',
						refusal: granted ? '' : reason,
						file_key: null,
						decided_by: actor.kind === 'person' ? actor.id : null,
					})
					.where('id', '=', id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: granted ? 'participation.document.granted' : 'participation.document.refused',
					subject: `proof:${id}`,
				});
				return row;
			});
			if (!decided) return refuse('participation.document_unknown');
			// What proved it is not kept.
			if (decided.file_key) await platform.files.delete(decided.file_key);
			return ok(null);
		},

		async createLetterCodes(actor, callId, count) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const call = await terms(db, callId);
			if (!call.ok) return call;
			if (!call.value.proofs.includes('letter')) return refuse('participation.proof_not_taken');
			if (!Number.isInteger(count) || count < 1 || count > mostLetterCodes)
				return refuse('participation.letter_count', { most: mostLetterCodes });
			const codes = Array.from({ length: count }, () => toCode(randomBytes(letterCodeBytes)));
			await db.transaction().execute(async (trx) => {
				await sql`
					INSERT INTO participation.letter_code (call_id, code_hash)
					SELECT ${callId}, hash FROM unnest(${codes.map((code) => letterHash(callId, code))}::bytea[]) AS given(hash)`.execute(
					trx,
				);
				await platform.audit.record(trx, {
					actor,
					action: 'participation.letter_codes.created',
					subject: `call:${callId}`,
					detail: { count },
				});
			});
			return ok(codes);
		},

		async register(actor, callId, given) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return db.transaction().execute(async (trx) => {
				const call = await terms(trx, callId);
				if (!call.ok) return call;
				const proof = await trx
					.selectFrom('participation.proof')
					.select('id')
					.where('call_id', '=', callId)
					.where('person_id', '=', person.value)
					.where('status', '=', 'granted')
					.where('kind', 'in', [...call.value.proofs])
					.executeTakeFirst();
				if (!proof) return refuse('participation.proof_missing');
				const declared = parseDeclaration(context, callId, given, call.value.leastAge, call.value.opensAt);
				if (!declared.ok) return declared;
				const { identityHash, districtId } = declared.value;
				try {
					await sql`SAVEPOINT registering`.execute(trx);
					const row = await trx
						.insertInto('participation.voter')
						.values({
							id: crypto.randomUUID(),
							call_id: callId,
							identity_hash: identityHash,
							person_id: person.value,
							district_id: districtId,
						})
						.onConflict((conflict) =>
							conflict
								.columns(['call_id', 'identity_hash'])
								.doUpdateSet({ person_id: person.value })
								.where(({ eb, or }) =>
									or([
										eb('participation.voter.person_id', 'is', null),
										eb('participation.voter.person_id', '=', person.value),
									]),
								),
						)
						.returning('id')
						.executeTakeFirst();
					return row ? ok(null) : refuse('participation.identity_taken');
				} catch (error) {
					if ((error as { constraint?: string }).constraint !== 'voter_person') throw error;
					// Registered already under another name or date.
					await sql`ROLLBACK TO SAVEPOINT registering`.execute(trx);
					return refuse('participation.registered_already');
				}
			});
		},
	};

	function letterHash(callId: string, code: string): Buffer | null {
		const tidy = code
			.slice(0, 100)
			.toUpperCase()
			.replaceAll(/[^0-9A-Z]/g, '')
			.replaceAll('O', '0')
			.replaceAll(/[IL]/g, '1');
		return tidy ? keyedHash(context, `letter ${callId}`, tidy) : null;
	}
}
