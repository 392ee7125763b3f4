import { createHash, randomBytes } from 'node:crypto';
import { anonymous, asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { seatsOn } from './bodies.ts';
import { type Context, type Db, paths } from './context.ts';
import type { Convocations, LegalCheck } from './face.ts';
import { itemsOf, type MeetingRow, meetingOf, prepared, rowOf } from './meeting-rows.ts';
import { mayPrepare } from './policies.ts';
import { clearDays, dayOf, needsSynthesis, noticeDays } from './rules/notice.ts';
import { secondMeetingDays } from './rules/quorum.ts';

const tokenBytes = 24;
const day = 86_400_000;

const hashOf = (token: string) => createHash('sha256').update(`parvis convocation\n${token}`).digest();

/** A meeting is convened, once the law is kept; each letter tells that it was opened and acknowledged. */
export function createConvocations(context: Context): Convocations {
	const { db, platform, identity, town } = context;

	/** What the law asks before the convocation goes out, at an instant. */
	async function checksOf(from: Db, row: MeetingRow, now: Date): Promise<Omit<LegalCheck, 'text'>[]> {
		const kind = { kind: row.body_kind, inhabitants: row.inhabitants };
		const wanted = noticeDays(kind, row.urgent);
		const seats = await seatsOn(from, [row.body_id], dayOf(row.starts_at));
		const addresses = await identity.people.addresses(seats.flatMap(({ personId }) => personId ?? []));
		const unreachable = seats.filter(({ email, personId }) => !email && !addresses.has(personId ?? ''));
		const { rows } = await sql<{ items: number; first: Date | null }>`
			SELECT (SELECT count(*)::int FROM council.item WHERE meeting_id = ${row.id}) AS items,
				(SELECT starts_at FROM council.meeting WHERE id = ${row.second_of_id}) AS first`.execute(from);
		const [facts] = rows;
		const article =
			row.body_kind === 'community'
				? 'CGCT L5211-1, L2121-12'
				: row.inhabitants >= 3500
					? 'CGCT L2121-12'
					: 'CGCT L2121-11';
		return [
			{ name: 'agenda', ok: (facts?.items ?? 0) > 0, blocking: true, article: 'CGCT L2121-10' },
			...(wanted
				? [
						{
							name: 'notice',
							ok: clearDays(now, row.starts_at) >= wanted,
							blocking: true,
							article,
						},
					]
				: []),
			...(needsSynthesis(kind)
				? [{ name: 'synthesis', ok: row.synthesis !== '', blocking: true, article: 'CGCT L2121-12' }]
				: []),
			...(row.urgent ? [{ name: 'urgency', ok: false, blocking: false, article }] : []),
			...(facts?.first
				? [
						{
							name: 'second',
							ok: row.starts_at.getTime() - facts.first.getTime() >= secondMeetingDays * day,
							blocking: true,
							article: 'CGCT L2121-17',
						},
					]
				: []),
			{ name: 'recipients', ok: unreachable.length === 0, blocking: false, article: 'CGCT L2121-10' },
		];
	}

	return {
		async checks(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const row = await rowOf(db, id);
			if (!row) return refuse('council.meeting_unknown');
			const now = row.convened_at ?? context.now();
			const detail = {
				days: noticeDays({ kind: row.body_kind, inhabitants: row.inhabitants }, row.urgent),
				given: clearDays(now, row.starts_at),
			};
			return ok(
				(await checksOf(db, row, now)).map((check) => ({
					...check,
					text: platform.messages.t('fr', `council.check_${check.name}_${check.ok ? 'ok' : 'wrong'}`, detail),
				})),
			);
		},

		async convene(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				const now = context.now();
				const wrong = (await checksOf(trx, row, now)).find((check) => check.blocking && !check.ok);
				if (wrong)
					return refuse(`council.check_${wrong.name}_wrong`, {
						days: noticeDays({ kind: row.body_kind, inhabitants: row.inhabitants }, row.urgent),
						given: clearDays(now, row.starts_at),
					});
				await trx
					.updateTable('council.meeting')
					.set({ status: 'convened', convened_at: now })
					.where('id', '=', row.id)
					.execute();
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				const accounts = await identity.people.addresses(seats.flatMap(({ personId }) => personId ?? []));
				const items = await itemsOf(trx, row.id, true);
				const when = row.starts_at.toLocaleString('fr-FR', {
					timeZone: 'Europe/Paris',
					dateStyle: 'full',
					timeStyle: 'short',
				});
				let letters = 0;
				for (const seat of seats) {
					const address = seat.email ?? accounts.get(seat.personId ?? '')?.email;
					if (!address) continue;
					const token = randomBytes(tokenBytes).toString('base64url');
					await trx
						.insertInto('council.convocation')
						.values({ meeting_id: row.id, seat_id: seat.id, token_hash: hashOf(token), sent_at: now })
						.execute();
					await platform.mail.send(
						{
							to: address,
							subject: platform.messages.t('fr', 'council.convocation_subject', { body: row.body, when }),
							text: platform.messages.t('fr', 'council.convocation_text', {
								name: seat.name,
								body: row.body,
								when,
								place: row.place || '–',
								agenda: items.map(({ position, title }) => `${position}. ${title}`).join('\n'),
								link: `${platform.config.publicUrl}${paths.convocation(token)}`,
							}),
						},
						trx,
					);
					letters++;
				}
				const title = { fr: `${row.body} : convocation`, en: `${row.body}: meeting convened` };
				await town.timeline.record(trx, {
					room: 'council',
					subject: `meeting:${row.id}`,
					placeId: null,
					happenedAt: now,
					title,
					url: paths.meeting(row.slug),
				});
				await town.search.index(trx, [
					{
						room: 'council',
						kind: 'meeting',
						id: row.id,
						title: row.title,
						body: items.map((item) => item.title).join('\n'),
						url: paths.meeting(row.slug),
					},
				]);
				await platform.events.publish(trx, 'council.meeting.convened', { meetingId: row.id });
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.convened',
					subject: `meeting:${id}`,
				});
				return ok({ letters });
			});
		},

		async convocations(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				name: string;
				sentAt: Date;
				openedAt: Date | null;
				acknowledgedAt: Date | null;
			}>`
				SELECT seat.name, sent_at AS "sentAt", opened_at AS "openedAt", acknowledged_at AS "acknowledgedAt"
				FROM council.convocation JOIN council.seat ON seat.id = seat_id
				WHERE meeting_id = ${asId(id)} ORDER BY seat.name`.execute(db);
			return ok(rows);
		},

		async convocation(token) {
			const { rows } = await sql<{ meeting_id: string; name: string; acknowledged: boolean }>`
				UPDATE council.convocation SET opened_at = coalesce(opened_at, ${context.now()})
				FROM council.seat WHERE seat.id = seat_id AND token_hash = ${hashOf(token)}
				RETURNING meeting_id, seat.name, acknowledged_at IS NOT NULL AS acknowledged`.execute(db);
			const [found] = rows;
			const row = found ? await rowOf(db, found.meeting_id) : null;
			if (!found || !row) return null;
			const meeting = await meetingOf(db, row, anonymous, true);
			return meeting && { meeting, name: found.name, acknowledged: found.acknowledged };
		},

		async acknowledge(token) {
			const { rows } = await sql`UPDATE council.convocation
				SET acknowledged_at = coalesce(acknowledged_at, ${context.now()}), opened_at = coalesce(opened_at, ${context.now()})
				WHERE token_hash = ${hashOf(token)} RETURNING seat_id`.execute(db);
			return rows.length > 0;
		},
	};
}
