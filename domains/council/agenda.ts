import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { seatsOn } from './bodies.ts';
import { type Context, parseInput } from './context.ts';
import type { Agenda } from './face.ts';
import { type MeetingRow, prepared } from './meeting-rows.ts';
import { mayPrepare } from './policies.ts';
import { dayOf } from './rules/notice.ts';
import type { DB } from './tables.ts';

const itemInput = z.object({
	kind: z.enum(['deliberation', 'information', 'question']),
	title: textInput(300, 'council.title_missing'),
	rapporteurId: z.uuid().nullable().default(null),
	draft: textInput(100_000).default(''),
	matterCode: z
		.string()
		.regex(/^(\d(\.\d{1,2}){0,2})?$/, 'council.matter_invalid')
		.default(''),
	public: z.boolean().default(true),
});

/** Once convened the agenda is what it was: nothing may be added to be voted, or taken away (CGCT L2121-10, L2121-12). */
const agendaStands = (row: MeetingRow, kind: string) => row.status === 'convened' && kind === 'deliberation';

/** What stands on the agenda of a meeting before it opens. */
export function createAgenda(context: Context): Agenda {
	const { db } = context;

	/** Something an item needs: its meeting not begun, and the right to prepare it. */
	async function withItem(
		actor: Actor,
		itemId: string,
		work: (
			trx: Transaction<DB>,
			item: { id: string; position: number; kind: string },
			row: MeetingRow,
		) => Promise<Result<null>>,
	): Promise<Result<null>> {
		if (!mayPrepare(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const { rows } = await sql<{ id: string; meeting_id: string; position: number; kind: string }>`
				SELECT id, meeting_id, position, kind FROM council.item WHERE id = ${asId(itemId)}`.execute(trx);
			const [item] = rows;
			if (!item) return refuse('council.item_unknown');
			const meeting = await prepared(trx, item.meeting_id, ['draft', 'convened']);
			return meeting.ok ? work(trx, item, meeting.value.row) : meeting;
		});
	}

	return {
		async addItem(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(itemInput, given);
			if (!input.ok) return input;
			const { kind, title, rapporteurId, draft, matterCode, public: isPublic } = input.value;
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, meetingId, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				if (agendaStands(row, kind)) return refuse('council.agenda_stands');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				if (rapporteurId !== null && !seats.some((seat) => seat.id === rapporteurId))
					return refuse('council.seat_unknown');
				const id = newId();
				await sql`INSERT INTO council.item (id, meeting_id, position, kind, title, rapporteur_id, draft, matter_code, public)
					SELECT ${id}, ${row.id}, coalesce(max(position), 0) + 1, ${kind}, ${title}, ${rapporteurId}::uuid, ${draft},
						${matterCode}, ${isPublic} FROM council.item WHERE meeting_id = ${row.id}`.execute(trx);
				return ok({ id });
			});
		},

		async changeItem(actor, itemId, given) {
			const input = parseInput(itemInput, given);
			if (!input.ok) return input;
			const { kind, title, rapporteurId, draft, matterCode, public: isPublic } = input.value;
			return withItem(actor, itemId, async (trx, item, row) => {
				if (kind !== item.kind && (agendaStands(row, kind) || agendaStands(row, item.kind)))
					return refuse('council.agenda_stands');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				if (rapporteurId !== null && !seats.some((seat) => seat.id === rapporteurId))
					return refuse('council.seat_unknown');
				await trx
					.updateTable('council.item')
					.set({ kind, title, rapporteur_id: rapporteurId, draft, matter_code: matterCode, public: isPublic })
					.where('id', '=', item.id)
					.execute();
				return ok(null);
			});
		},

		removeItem: (actor, itemId) =>
			withItem(actor, itemId, async (trx, item, row) => {
				if (agendaStands(row, item.kind)) return refuse('council.agenda_stands');
				await sql`DELETE FROM council.item WHERE id = ${item.id}`.execute(trx);
				return ok(null);
			}),

		moveItem: (actor, itemId, by) =>
			withItem(actor, itemId, async (trx, item, row) => {
				const { rows } = await sql<{ id: string; position: number }>`
					SELECT id, position FROM council.item WHERE meeting_id = ${row.id}
						AND ${by < 0 ? sql`position < ${item.position}` : sql`position > ${item.position}`}
					ORDER BY position ${by < 0 ? sql`DESC` : sql`ASC`} LIMIT 1`.execute(trx);
				const [other] = rows;
				if (!other) return ok(null);
				await sql`UPDATE council.item SET position = CASE id WHEN ${item.id} THEN ${other.position}::int ELSE ${item.position}::int END
					WHERE id IN (${item.id}, ${other.id})`.execute(trx);
				return ok(null);
			}),
	};
}
