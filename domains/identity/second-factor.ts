import { randomInt } from 'node:crypto';
import { ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { encode } from 'uqr';
import type { Context } from './context.ts';
import { isDemoAccount } from './demo.ts';
import { limits } from './rate-limits.ts';
import { actorOf, type CurrentSession, type SignedIn } from './sessions.ts';
import { matchTotp, newTotpSecret, totpCode, totpStep, totpUri } from './totp.ts';
import type { Visit } from './visit.ts';

const recoveryCodeCount = 10;
// Without letters and digits that read alike.
const recoveryAlphabet = 'abcdefghjkmnpqrstuvwxyz23456789';

/** The second step of signing in: a code of an authenticator application, or one of ten recovery codes. */
export function createSecondFactor(context: Context) {
	const { platform, db, secrets, limits: rates, letters, sessions } = context;

	async function record(session: CurrentSession, action: string): Promise<void> {
		await platform.audit.record(null, {
			actor: actorOf(session),
			action: `identity.second_factor.${action}`,
			subject: `person:${session.personId}`,
		});
	}

	async function factorOf(personId: string) {
		return db
			.selectFrom('identity.second_factor')
			.selectAll()
			.where('person_id', '=', personId)
			.executeTakeFirst();
	}

	/** Whether the code is right; each is good once. Refuses after too many tries. */
	async function check(session: CurrentSession, code: string, confirmed: boolean): Promise<Result<null>> {
		if (!(await rates.take(limits.codes, session.personId))) return refuse('identity.too_many_attempts');
		const factor = await factorOf(session.personId);
		if (!factor || (factor.confirmed_at !== null) !== confirmed)
			return refuse('identity.second_factor_missing');
		const text = code.replace(/[\s-]/g, '').toLowerCase();
		const accepted =
			(await acceptTotp(session, secrets.decrypt(factor.secret_encrypted), text)) ||
			(confirmed && (await acceptRecoveryCode(session.personId, text)));
		if (!accepted) {
			await record(session, 'refused');
			return refuse('identity.wrong_code');
		}
		await rates.clear(limits.codes, session.personId);
		return ok(null);
	}

	async function acceptTotp(session: CurrentSession, secret: string, code: string): Promise<boolean> {
		const step = matchTotp(secret, code, new Date());
		if (step === null) return false;
		// Everybody may read a demonstration account's code on the page, several at a time: replay is no loss there.
		if (isDemoAccount(platform.config, session.email)) return true;
		const { numUpdatedRows } = await db
			.updateTable('identity.second_factor')
			.set({ last_step: step })
			.where('person_id', '=', session.personId)
			.where('last_step', '<', step)
			.executeTakeFirst();
		return numUpdatedRows > 0n;
	}

	async function acceptRecoveryCode(personId: string, code: string): Promise<boolean> {
		const { numUpdatedRows } = await db
			.updateTable('identity.recovery_code')
			.set({ used_at: sql<Date>`now()` })
			.where('person_id', '=', personId)
			.where('code_hash', '=', secrets.keyedHash(`${personId}:${code}`))
			.where('used_at', 'is', null)
			.executeTakeFirst();
		return numUpdatedRows > 0n;
	}

	async function pass(session: CurrentSession): Promise<void> {
		await db
			.updateTable('identity.session')
			.set({ second_factor_at: sql<Date>`now()` })
			.where('id', '=', session.id)
			.execute();
	}

	async function makeRecoveryCodes(personId: string): Promise<string[]> {
		const codes = Array.from({ length: recoveryCodeCount }, () =>
			Array.from({ length: 10 }, () => recoveryAlphabet[randomInt(recoveryAlphabet.length)]).join(''),
		);
		await db.transaction().execute(async (trx) => {
			await trx.deleteFrom('identity.recovery_code').where('person_id', '=', personId).execute();
			await trx
				.insertInto('identity.recovery_code')
				.values(
					codes.map((code) => ({
						person_id: personId,
						code_hash: secrets.keyedHash(`${personId}:${code}`),
					})),
				)
				.execute();
		});
		return codes.map((code) => `${code.slice(0, 5)}-${code.slice(5)}`);
	}

	/**
	 * Begin: a new secret, to scan or type into an authenticator application; it counts once `confirm` was given a
	 * code. The QR code is a square of true (dark) and false, without margin.
	 */
	async function enable(visit: Visit): Promise<Result<{ secret: string; uri: string; qrCode: boolean[][] }>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const { personId, email, name } = current.value;
		if ((await factorOf(personId))?.confirmed_at) return refuse('identity.second_factor_exists');
		if (!current.value.fresh) return refuse('identity.sign_in_again');
		const secret = newTotpSecret();
		const sealed = { secret_encrypted: secrets.encrypt(secret), last_step: 0 };
		await db
			.insertInto('identity.second_factor')
			.values({ person_id: personId, ...sealed })
			.onConflict((conflict) =>
				conflict
					.column('person_id')
					.doUpdateSet(sealed)
					.where('identity.second_factor.confirmed_at', 'is', null),
			)
			.execute();
		const host = new URL(platform.config.publicUrl).hostname;
		const uri = totpUri(secret, `Parvis ${host}`, email.endsWith('.invalid') ? name : email);
		return ok({ secret, uri, qrCode: encode(uri, { ecc: 'M', border: 0 }).data });
	}

	/** Prove that the application gives right codes. The recovery codes are shown this once. */
	async function confirm(visit: Visit, code: string): Promise<Result<{ recoveryCodes: string[] }>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const checked = await check(current.value, code, false);
		if (!checked.ok) return checked;
		await db
			.updateTable('identity.second_factor')
			.set({ confirmed_at: sql<Date>`now()` })
			.where('person_id', '=', current.value.personId)
			.execute();
		await pass(current.value);
		await record(current.value, 'enabled');
		return ok({ recoveryCodes: await makeRecoveryCodes(current.value.personId) });
	}

	/** The second step, after sign-in or when the working day with it is over: a code, or a recovery code. */
	async function verify(visit: Visit, code: string): Promise<Result<Pick<SignedIn, 'personId' | 'next'>>> {
		const session = await sessions.find(visit.headers);
		if (!session) return refuse('platform.not_signed_in');
		const checked = await check(session, code, true);
		if (!checked.ok) return checked;
		await pass(session);
		await record(session, 'passed');
		return ok({ personId: session.personId, next: 'done' });
	}

	/** Remove it, with a code. An agent then cannot work until a new one is set up. */
	async function disable(visit: Visit, code: string): Promise<Result<null>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const checked = await check(current.value, code, true);
		if (!checked.ok) return checked;
		const { personId } = current.value;
		await db.transaction().execute(async (trx) => {
			await trx.deleteFrom('identity.recovery_code').where('person_id', '=', personId).execute();
			await trx.deleteFrom('identity.second_factor').where('person_id', '=', personId).execute();
			await trx
				.updateTable('identity.session')
				.set({ second_factor_at: null })
				.where('person_id', '=', personId)
				.execute();
			const person = await trx
				.selectFrom('identity.person')
				.selectAll()
				.where('id', '=', personId)
				.executeTakeFirstOrThrow();
			await letters.send('second_factor_off', person, {}, trx);
		});
		await record(current.value, 'disabled');
		return ok(null);
	}

	/** Ten new recovery codes, with a code; the old ones end. */
	async function recoveryCodes(visit: Visit, code: string): Promise<Result<{ recoveryCodes: string[] }>> {
		const current = await sessions.demand(visit);
		if (!current.ok) return current;
		const checked = await check(current.value, code, true);
		if (!checked.ok) return checked;
		await record(current.value, 'recovery_codes_renewed');
		return ok({ recoveryCodes: await makeRecoveryCodes(current.value.personId) });
	}

	/** What the second-step page needs: who is signing in, and in the demonstration the code to type. */
	async function prompt(
		visit: Visit,
	): Promise<Result<{ name: string; pending: boolean; demoCode: string | null }>> {
		const session = await sessions.find(visit.headers);
		if (!session) return refuse('platform.not_signed_in');
		const factor = await factorOf(session.personId);
		const demoCode =
			factor && isDemoAccount(platform.config, session.email)
				? totpCode(secrets.decrypt(factor.secret_encrypted), totpStep(new Date()))
				: null;
		return ok({ name: session.name, pending: session.pending, demoCode });
	}

	return { enable, confirm, verify, disable, recoveryCodes, prompt };
}
