import { type Actor, changing, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, type Trx } from '../context.ts';
import { mayManage } from '../policies.ts';
import type { RevocationReason, Wiping } from './face.ts';
import { readCertificateNumber } from './rules/number.ts';

const input = z.object({
	why: z.enum(['mistaken', 'replaced'], 'equipment.certificate_reason_missing'),
	/** Anybody will read it. */
	note: textInput(300, 'equipment.certificate_note_missing'),
});

export function createRevoking(context: Context): Pick<Wiping['certificates'], 'revoke'> {
	return {
		async revoke(actor, number, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			return changing(context.db, async (trx) => {
				const { rows } = await sql<{ id: string; revoked_at: Date | null }>`
					SELECT id, revoked_at FROM equipment.certificate
					WHERE number = ${readCertificateNumber(number) ?? ''} FOR UPDATE`.execute(trx);
				const [found] = rows;
				if (!found) return refuse('equipment.certificate_unknown');
				if (found.revoked_at) return refuse('equipment.certificate_revoked_already');
				await revoke(context, trx, actor, [found.id], parsed.value);
				return ok(null);
			});
		},
	};
}

interface Why {
	why: RevocationReason;
	note: string | null;
}

/** Revoke the devices' certificates that rest on these wipes. @returns their numbers */
export async function revokeIn(
	context: Context,
	trx: Trx,
	actor: Actor,
	wipeIds: readonly string[],
	why: Why,
): Promise<string[]> {
	const { rows } = await sql<{ id: string }>`
		SELECT id FROM equipment.certificate WHERE kind = 'device' AND revoked_at IS NULL AND id IN
			(SELECT certificate_id FROM equipment.certificate_wipe WHERE wipe_id = ANY (${wipeIds}::uuid[]))
		ORDER BY id FOR UPDATE`.execute(trx);
	return revoke(
		context,
		trx,
		actor,
		rows.map(({ id }) => id),
		why,
	);
}

async function revoke(
	{ platform, now }: Context,
	trx: Trx,
	actor: Actor,
	ids: readonly string[],
	{ why, note }: Why,
): Promise<string[]> {
	const { rows } = await sql<{ number: string; id: string }>`
		UPDATE equipment.certificate SET revoked_at = ${now()}, revoked_why = ${why}, revoked_note = ${note}
		WHERE id = ANY (${ids}::uuid[]) RETURNING id, number`.execute(trx);
	for (const { id, number } of rows) {
		await platform.audit.record(trx, {
			actor,
			action: 'equipment.certificate.revoked',
			subject: `certificate:${number}`,
			detail: { why },
		});
		await platform.events.publish(trx, 'equipment.certificate.revoked', { certificateId: id, number, why });
	}
	return rows.map(({ number }) => number);
}
