import { asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, type Trx } from '../context.ts';
import { mayCollect } from '../policies.ts';
import type { VerificationOutcome, Wiping } from './face.ts';
import { issueFor } from './issuing.ts';
import { revokeIn } from './revoking.ts';
import { findSubject } from './subjects.ts';

const input = z.object({
	passed: z.boolean('equipment.wipe_verdict_missing'),
	means: z.enum(
		['read_back', 'starts_as_new', 'recovery_attempt', 'remains_seen', 'opened'],
		'equipment.wipe_means_missing',
	),
	note: textInput(1000)
		.nullish()
		.transform((text) => text || null),
});

/** Somebody else looks at what an operator wiped. */
export function createVerifying(context: Context): Pick<Wiping, 'verify'> {
	return {
		async verify(actor, wipeId, given) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			if (actor.kind !== 'person') return refuse('equipment.wipe_needs_person');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const { passed, means, note } = parsed.value;
			if (!passed && !note) return refuse('equipment.wipe_fault_missing', { field: 'note' });
			return changing(context.db, async (trx): Promise<Result<VerificationOutcome>> => {
				const wipe = await holdWipe(trx, wipeId);
				if (wipe?.result !== 'done') return refuse('equipment.wipe_unknown');
				if (wipe.operator_id === actor.id) return refuse('equipment.wipe_own');
				if (wipe.standing === 'verified' && passed) return refuse('equipment.wipe_verified_already');
				if (wipe.standing === 'withdrawn') return refuse('equipment.wipe_withdrawn');
				if (wipe.standing === 'refuted') return refuse('equipment.wipe_refuted_already');
				const verification = newId();
				await trx
					.insertInto('equipment.wipe_verification')
					.values({
						id: verification,
						wipe_id: wipe.id,
						verifier_id: actor.id,
						means,
						passed,
						note,
						simulated: wipe.simulated,
						recorded_at: context.now(),
					})
					.execute();
				await context.platform.audit.record(trx, {
					actor,
					action: passed ? 'equipment.wipe.verified' : 'equipment.wipe.refuted',
					subject: `wipe:${wipe.id}`,
				});
				if (passed) return ok({ issued: await issueBatch(wipe), reopened: 0, revoked: [], gone: 0 });
				const doubted = await reopen(trx, context.now(), wipe, verification);
				const revoked = await revokeIn(context, trx, actor, [wipe.id, ...doubted.map(({ id }) => id)], {
					why: 'verification_failed',
					note: null,
				});
				return ok({
					issued: [],
					reopened: doubted.length,
					revoked,
					gone: doubted.filter(({ gone }) => gone).length,
				});

				/** Certificates for what became good: this one, and those that waited for it. */
				async function issueBatch({ series_id, day, id }: Held): Promise<string[]> {
					const { rows } = await sql<{ item_id: string | null; device_id: string | null; leaving: boolean }>`
						SELECT item_id, device_id, bool_or(leaving) AS leaving FROM equipment.wipe
						WHERE id = ${id} OR (series_id = ${series_id} AND day = ${day} AND result = 'done')
						GROUP BY item_id, device_id ORDER BY min(sequence)`.execute(trx);
					const issued: string[] = [];
					for (const { item_id, device_id, leaving } of rows) {
						const subject = await findSubject(
							trx,
							item_id ? { kind: 'item', id: item_id } : { kind: 'device', id: device_id ?? '' },
						);
						const number = subject && (await issueFor(context, trx, actor, { ...subject, leaving }));
						if (number) issued.push(number);
					}
					return issued;
				}
			});
		},
	};
}

interface Held {
	id: string;
	sequence: number;
	series_id: string;
	day: string;
	result: string;
	standing: string;
	operator_id: string | null;
	simulated: boolean;
}

/** The wipe, its series held until the transaction ends. */
async function holdWipe(trx: Trx, wipeId: string): Promise<Held | null> {
	await sql`SELECT FROM equipment.wipe_series
		WHERE id = (SELECT series_id FROM equipment.wipe WHERE id = ${asId(wipeId)}) FOR UPDATE`.execute(trx);
	const { rows } = await sql<Held>`
		SELECT wipe.id, wipe.sequence, wipe.series_id, wipe.day::text AS day, wipe.result, standing.standing,
			series.operator_id, wipe.simulated
		FROM equipment.wipe JOIN equipment.wipe_series series ON series.id = wipe.series_id
		JOIN equipment.wipe_standing standing ON standing.wipe_id = wipe.id
		WHERE wipe.id = ${asId(wipeId)}`.execute(trx);
	return rows[0] ?? null;
}

/** Put in doubt all wipes of the series since its last good sample before this one; those verified themselves stay good. */
async function reopen(
	trx: Trx,
	now: Date,
	{ id, series_id, sequence }: Held,
	verification: string,
): Promise<{ id: string; gone: boolean }[]> {
	const { rows } = await sql<{ id: string; gone: boolean }>`
		UPDATE equipment.wipe SET reopened_at = ${now}, reopened_by = ${verification}
		WHERE series_id = ${series_id} AND id <> ${id} AND result = 'done'
			AND sequence > coalesce((SELECT max(good.sequence) FROM equipment.wipe good
				JOIN equipment.wipe_standing judged ON judged.wipe_id = good.id
				WHERE good.series_id = ${series_id} AND good.sequence < ${sequence} AND judged.standing = 'verified'), 0)
			AND (SELECT standing FROM equipment.wipe_standing WHERE wipe_id = wipe.id) NOT IN ('verified', 'refuted')
		RETURNING id, EXISTS (SELECT FROM equipment.collected_item item WHERE item.id = wipe.item_id
				AND item.state IN ('handed_over', 'ended'))
			OR EXISTS (SELECT FROM equipment.device WHERE device.id = wipe.device_id AND status = 'left') AS gone`.execute(
		trx,
	);
	return rows;
}
