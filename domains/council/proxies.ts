import { asId, changing, newId, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { seatsOn } from './bodies.ts';
import type { Context } from './context.ts';
import type { Proxies } from './face.ts';
import { rowOf } from './meeting-rows.ts';
import { mayPrepare } from './policies.ts';
import { dayOf } from './rules/notice.ts';
import { meetingsInARow, mostMeetingsInARow } from './rules/proxies.ts';

/** Pouvoirs: written, one per holder, revocable (CGCT L2121-20). */
export function createProxies(context: Context): Proxies {
	const { db, platform } = context;

	return {
		async proxies(meetingId) {
			const { rows } = await sql<{
				id: string;
				giverId: string;
				giver: string;
				holderId: string;
				holder: string;
				ill: boolean;
			}>`
				SELECT proxy.id, giver_id AS "giverId", giver.name AS giver, holder_id AS "holderId", holder.name AS holder, ill
				FROM council.proxy JOIN council.seat giver ON giver.id = giver_id JOIN council.seat holder ON holder.id = holder_id
				WHERE meeting_id = ${asId(meetingId)} AND revoked_at IS NULL ORDER BY giver.name`.execute(db);
			return rows;
		},

		async giveProxy(actor, meetingId, { giverId, holderId, ill }) {
			return changing(db, async (trx) => {
				const { rows: locked } =
					await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
				const row = locked.length ? await rowOf(trx, meetingId) : null;
				if (!row || !['convened', 'open'].includes(row.status)) return refuse('council.meeting_unknown');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				const [giver, holder] = [giverId, holderId].map((id) => seats.find((seat) => seat.id === id));
				if (!giver || !holder) return refuse('council.seat_unknown');
				const own = actor.kind === 'person' && giver.personId !== null && giver.personId === actor.id;
				if (!own && !mayPrepare(actor)) return refuse('platform.not_allowed');
				if (giver.id === holder.id) return refuse('council.proxy_to_oneself');
				const { rows: clash } = await sql<{ holder: boolean; giver: boolean }>`
					SELECT coalesce(bool_or(holder_id = ${holder.id}), false) AS holder,
						coalesce(bool_or(giver_id = ${giver.id}), false) AS giver
					FROM council.proxy WHERE meeting_id = ${row.id} AND revoked_at IS NULL`.execute(trx);
				if (clash[0]?.holder) return refuse('council.proxy_holder_taken', { name: holder.name });
				if (clash[0]?.giver) return refuse('council.proxy_given_already', { name: giver.name });
				const { rows: before } = await sql<{ represented: boolean }>`
					SELECT EXISTS (SELECT FROM council.proxy WHERE meeting_id = meeting.id AND giver_id = ${giver.id}
						AND revoked_at IS NULL AND NOT ill) AS represented
					FROM council.meeting WHERE body_id = ${row.body_id} AND starts_at < ${row.starts_at}
						AND status = 'closed' ORDER BY starts_at DESC LIMIT ${mostMeetingsInARow}`.execute(trx);
				if (!ill && meetingsInARow(before.map(({ represented }) => represented)) >= mostMeetingsInARow)
					return refuse('council.proxy_too_often', { name: giver.name });
				const id = newId();
				await trx
					.insertInto('council.proxy')
					.values({
						id,
						meeting_id: row.id,
						giver_id: giver.id,
						holder_id: holder.id,
						ill,
						given_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.proxy.given',
					subject: `meeting:${row.id}`,
				});
				return ok({ id });
			});
		},

		async revokeProxy(actor, proxyId) {
			return changing(db, async (trx) => {
				const { rows } = await sql<{ person_id: string | null; status: string }>`
					SELECT seat.person_id, meeting.status FROM council.proxy JOIN council.seat ON seat.id = giver_id
						JOIN council.meeting ON meeting.id = meeting_id
					WHERE proxy.id = ${asId(proxyId)} AND revoked_at IS NULL FOR UPDATE OF proxy, meeting`.execute(trx);
				const [proxy] = rows;
				if (!proxy) return refuse('council.proxy_unknown');
				if (!mayPrepare(actor) && !(actor.id !== null && proxy.person_id === actor.id))
					return refuse('platform.not_allowed');
				// Who represented whom in a meeting that was held is a fact of its minutes.
				if (!['convened', 'open'].includes(proxy.status)) return refuse('council.meeting_over');
				await sql`UPDATE council.proxy SET revoked_at = ${context.now()} WHERE id = ${proxyId}`.execute(trx);
				return ok(null);
			});
		},
	};
}
