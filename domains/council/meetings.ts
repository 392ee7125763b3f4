import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { createAgenda } from './agenda.ts';
import { indexAnnexes } from './annexes/annex-text.ts';
import { calendarOf } from './calendar.ts';
import { type Context, parseInput } from './context.ts';
import { tellConvened } from './convening.ts';
import { createConvocations } from './convocations.ts';
import type { Meetings } from './face.ts';
import { type MeetingRow, meetingOf, prepared, rowOf, selectedMeeting, summaryOf } from './meeting-rows.ts';
import { mayPrepare } from './policies.ts';
import { createProxies } from './proxies.ts';
import { dayOf } from './rules/notice.ts';
import { slugFor } from './slugs.ts';

const mostPageSize = 100;
const calendarDays = 30;

const meetingInput = z.object({
	bodyId: z.uuid('council.body_unknown'),
	title: textInput(160, 'council.title_missing'),
	startsAt: z.date('council.date_invalid'),
	place: textInput(200).default(''),
	urgent: z.boolean().default(false),
	synthesis: textInput(50_000).default(''),
	secondOfId: z.uuid().nullable().default(null),
});

/** Meetings of the bodies, and what is prepared of them before they open. */
export function createMeetings(context: Context): Meetings {
	const { db, platform } = context;
	return {
		...createAgenda(context),
		...createConvocations(context),
		...createProxies(context),

		async list(actor, query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 20)), mostPageSize);
			const narrowed = sql`WHERE (meeting.status <> 'draft' OR ${mayPrepare(actor)})
				${query.bodyId === undefined ? sql`` : sql`AND body_id = ${asId(query.bodyId)}`}`;
			const [{ rows }, { rows: counts }] = await Promise.all([
				sql<MeetingRow>`${selectedMeeting} ${narrowed} ORDER BY starts_at DESC, meeting.id
					LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM council.meeting ${narrowed}`.execute(db),
			]);
			return { items: rows.map(summaryOf), total: counts[0]?.count ?? 0, page, pageSize };
		},

		async get(actor, reference) {
			const row = await rowOf(db, reference);
			return row ? meetingOf(context, row, actor) : null;
		},

		async create(actor, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(meetingInput, given);
			if (!input.ok) return input;
			const { bodyId, title, startsAt, place, urgent, synthesis, secondOfId } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql`SELECT FROM council.body WHERE id = ${bodyId}`.execute(trx);
				if (!rows.length) return refuse('council.body_unknown');
				const id = newId();
				const slug = await slugFor(trx, 'council.meeting', `${title} ${dayOf(startsAt)}`);
				await trx
					.insertInto('council.meeting')
					.values({
						id,
						body_id: bodyId,
						slug,
						title,
						starts_at: startsAt,
						place,
						urgent,
						synthesis,
						second_of_id: secondOfId,
						created_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.created',
					subject: `meeting:${id}`,
				});
				return ok({ id, slug });
			});
		},

		async change(actor, id, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(meetingInput.omit({ bodyId: true }), given);
			if (!input.ok) return input;
			const { title, startsAt, place, urgent, synthesis, secondOfId } = input.value;
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				// Who was convened for one hour cannot be expected at another.
				const { row } = meeting.value;
				if (row.status === 'convened' && startsAt.getTime() !== row.starts_at.getTime())
					return refuse('council.convened_already');
				const moved = row.status === 'convened' && place !== row.place;
				await trx
					.updateTable('council.meeting')
					.set({
						title,
						starts_at: startsAt,
						place,
						urgent,
						synthesis,
						second_of_id: secondOfId,
						sequence: row.sequence + (moved ? 1 : 0),
					})
					.where('id', '=', row.id)
					.execute();
				if (moved) await tellConvened(context, trx, { ...row, place }, 'moved');
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.changed',
					subject: `meeting:${id}`,
				});
				return ok(null);
			});
		},

		async cancel(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				await sql`UPDATE council.meeting SET status = 'cancelled', sequence = sequence + 1
					WHERE id = ${row.id}`.execute(trx);
				await indexAnnexes(context, trx, row.id);
				if (row.status === 'convened') {
					await tellConvened(context, trx, row, 'cancelled');
					await context.town.search.remove(trx, 'council', 'meeting', [row.id]);
				}
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.cancelled',
					subject: `meeting:${id}`,
				});
				return ok(null);
			});
		},

		async calendar(actor, reference) {
			const row = await rowOf(db, reference);
			if (!row || (row.status === 'draft' && !mayPrepare(actor))) return null;
			return calendarOf([calendarEntry(row)], row.body, platform.config.publicUrl);
		},

		async wholeCalendar() {
			const from = new Date(context.now().getTime() - calendarDays * 86_400_000);
			const [{ rows }, { name }] = await Promise.all([
				sql<MeetingRow>`${selectedMeeting} WHERE status <> 'draft' AND starts_at > ${from}
					ORDER BY starts_at, meeting.id LIMIT 200`.execute(db),
				context.town.settings.get(),
			]);
			return calendarOf(rows.map(calendarEntry), name, platform.config.publicUrl);
		},
	};
}

const calendarEntry = (row: MeetingRow) => ({
	...summaryOf(row),
	sequence: row.sequence,
	stampedAt: row.convened_at ?? row.created_at,
});
