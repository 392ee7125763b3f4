import { anonymous, changing, ok, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { indexAnnexes } from './annexes/annex-text.ts';
import { createAnnexes } from './annexes/annexes.ts';
import { seatsOn } from './bodies.ts';
import { type Context, type Db, paths } from './context.ts';
import { type Addressee, membersOf, whenOf } from './convening.ts';
import { hashOf, tokenOf } from './convocation-token.ts';
import type { Convocations, Item, LegalCheck } from './face.ts';
import { itemsOf, type MeetingRow, meetingOf, prepared, rowOf } from './meeting-rows.ts';
import { mayPrepare } from './policies.ts';
import { clearDays, dayOf, needsSynthesis, noticeDays } from './rules/notice.ts';
import { secondMeetingDays } from './rules/quorum.ts';
import type { DB } from './tables.ts';

const day = 86_400_000;

/** A meeting is convened, once the law is kept; each letter tells that it was opened and acknowledged. */
export function createConvocations(context: Context): Convocations {
	const { db, platform, town } = context;
	const annexes = createAnnexes(context);

	/** The agenda as letters give it, with the documents below each item. */
	async function agendaOf(trx: Transaction<DB>, row: MeetingRow, items: readonly Item[]): Promise<string> {
		const { rows } = await sql<{
			item_id: string | null;
			title: string;
		}>`SELECT item_id, title FROM council.annex
			WHERE meeting_id = ${row.id} AND withdrawn_at IS NULL ORDER BY position`.execute(trx);
		const below = (id: string | null) =>
			rows.filter(({ item_id }) => item_id === id).map(({ title }) => `   – ${title}`);
		return [
			...items.flatMap(({ id, number, title }) => [`${number}. ${title}`, ...below(id)]),
			...below(null),
		].join('\n');
	}

	/** One letter of convocation. */
	const write = (
		trx: Transaction<DB>,
		row: MeetingRow,
		agenda: string,
		{ seat, address, token }: Addressee,
	) =>
		platform.mail.send(
			{
				to: address,
				subject: platform.messages.t('fr', 'council.convocation_subject', {
					body: row.body,
					when: whenOf(row),
				}),
				text: platform.messages.t('fr', 'council.convocation_text', {
					name: seat.name,
					body: row.body,
					when: whenOf(row),
					place: row.place || '–',
					agenda,
					link: platform.config.publicUrl + paths.convocation(token),
				}),
			},
			trx,
		);

	const noteSent = (trx: Db, meetingId: string, seatId: string, tokenHash: Buffer, at: Date) =>
		sql`INSERT INTO council.convocation (meeting_id, seat_id, token_hash, sent_at, last_sent_at)
			VALUES (${meetingId}, ${seatId}, ${tokenHash}, ${at}, ${at})
			ON CONFLICT (meeting_id, seat_id) DO UPDATE SET letters = convocation.letters + 1, last_sent_at = ${at},
				token_hash = ${tokenHash}`.execute(trx);

	/** What the law asks before the convocation goes out, at an instant. */
	async function checksOf(from: Db, row: MeetingRow, now: Date): Promise<Omit<LegalCheck, 'text'>[]> {
		const kind = { kind: row.body_kind, inhabitants: row.inhabitants };
		const wanted = noticeDays(kind, row.urgent);
		const { unreachable } = await membersOf(context, from, row);
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
				const items = await itemsOf(context, trx, row.id, true);
				const agenda = await agendaOf(trx, row, items);
				const { reachable } = await membersOf(context, trx, row);
				for (const member of reachable) {
					await noteSent(trx, row.id, member.seat.id, hashOf(member.token), now);
					await write(trx, row, agenda, member);
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
				await indexAnnexes(context, trx, row.id);
				await platform.events.publish(trx, 'council.meeting.convened', { meetingId: row.id });
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.convened',
					subject: `meeting:${id}`,
				});
				return ok({ letters: reachable.length });
			});
		},

		async convocations(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const row = await rowOf(db, id);
			if (!row) return refuse('council.meeting_unknown');
			const { reachable, unreachable } = await membersOf(context, db, row);
			const { rows } = await sql<{
				seat_id: string;
				sent_at: Date;
				last_sent_at: Date | null;
				letters: number;
				on_paper: boolean;
				opened_at: Date | null;
				acknowledged_at: Date | null;
			}>`SELECT * FROM council.convocation WHERE meeting_id = ${row.id}`.execute(db);
			const sent = new Map(rows.map((one) => [one.seat_id, one]));
			return ok(
				[...reachable.map(({ seat }) => seat), ...unreachable]
					.map((seat) => {
						const one = sent.get(seat.id);
						return {
							seatId: seat.id,
							name: seat.name,
							reachable: !unreachable.includes(seat),
							sentAt: one?.sent_at ?? null,
							lastSentAt: one?.last_sent_at ?? one?.sent_at ?? null,
							letters: one?.letters ?? 0,
							onPaper: one?.on_paper ?? false,
							openedAt: one?.opened_at ?? null,
							acknowledgedAt: one?.acknowledged_at ?? null,
						};
					})
					.toSorted((a, b) => a.name.localeCompare(b.name, 'fr')),
			);
		},

		async remind(actor, id, seatId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				const { reachable } = await membersOf(context, trx, row);
				const { rows } = await sql<{ seat_id: string }>`SELECT seat_id FROM council.convocation
					WHERE meeting_id = ${row.id} AND (acknowledged_at IS NOT NULL OR on_paper)`.execute(trx);
				const done = new Set(rows.map((one) => one.seat_id));
				const asked = reachable.filter(
					({ seat }) => !done.has(seat.id) && (seatId === undefined || seat.id === seatId),
				);
				if (!asked.length) return refuse('council.nobody_to_remind');
				const agenda = await agendaOf(trx, row, await itemsOf(context, trx, row.id, true));
				for (const member of asked) {
					await noteSent(trx, row.id, member.seat.id, hashOf(member.token), context.now());
					await write(trx, row, agenda, member);
				}
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.reminded',
					subject: `meeting:${row.id}`,
					detail: { letters: asked.length },
				});
				return ok({ letters: asked.length });
			});
		},

		async convenedOnPaper(actor, id, seatId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				if (!seats.some((seat) => seat.id === seatId)) return refuse('council.seat_unknown');
				await trx
					.insertInto('council.convocation')
					.values({
						meeting_id: row.id,
						seat_id: seatId,
						token_hash: hashOf(tokenOf(platform.config.secret, row.id, seatId)),
						sent_at: context.now(),
						letters: 0,
						on_paper: true,
					})
					.onConflict((conflict) =>
						conflict.columns(['meeting_id', 'seat_id']).doUpdateSet({ on_paper: true }),
					)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.convened_on_paper',
					subject: `meeting:${row.id}`,
					detail: { seat: seatId },
				});
				return ok(null);
			});
		},

		async convocation(token) {
			const { rows } = await sql<{ meeting_id: string; name: string; acknowledged: boolean }>`
				UPDATE council.convocation SET opened_at = coalesce(opened_at, ${context.now()})
				FROM council.seat WHERE seat.id = seat_id AND token_hash = ${hashOf(token)}
				RETURNING meeting_id, seat.name, acknowledged_at IS NOT NULL AS acknowledged`.execute(db);
			const [found] = rows;
			const row = found ? await rowOf(db, found.meeting_id) : null;
			if (!found || !row) return null;
			const [meeting, documents] = await Promise.all([
				meetingOf(context, row, anonymous, true),
				annexes.list(anonymous, row.id, token),
			]);
			return meeting && { meeting, annexes: documents, name: found.name, acknowledged: found.acknowledged };
		},

		async acknowledge(token) {
			const { rows } = await sql`UPDATE council.convocation
				SET acknowledged_at = coalesce(acknowledged_at, ${context.now()}), opened_at = coalesce(opened_at, ${context.now()})
				WHERE token_hash = ${hashOf(token)} RETURNING seat_id`.execute(db);
			return rows.length > 0;
		},
	};
}
