import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { matterOf } from './acts/matters.ts';
import { forgetFiles, indexAnnexes } from './annexes/annex-text.ts';
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
		.refine((code) => code === '' || matterOf(code) !== null, 'council.matter_invalid')
		.default(''),
	section: textInput(120).default(''),
	budgetYear: z
		.string()
		.regex(/^(\d{4}(\/\d{4})?)?$/, 'council.budget_year_invalid')
		.default(''),
	budgetName: textInput(160).default(''),
	placeId: z.uuid('council.place_unknown').nullable().default(null),
	public: z.boolean().default(true),
});

type ItemInput = z.output<typeof itemInput>;

const columnsOf = (input: ItemInput) => ({
	kind: input.kind,
	section: input.section,
	title: input.title,
	rapporteur_id: input.rapporteurId,
	draft: input.draft,
	matter_code: input.matterCode,
	budget_year: input.budgetYear,
	budget_name: input.budgetName,
	place_id: input.placeId,
	public: input.public,
});

/** Once convened the agenda is what it was: nothing may be added to be voted, or taken away (CGCT L2121-10, L2121-12). */
const agendaStands = (row: MeetingRow, kind: string) => row.status === 'convened' && kind === 'deliberation';

/** What stands on the agenda of a meeting before it opens. */
export function createAgenda(context: Context): Agenda {
	const { db } = context;

	/** Message key of the rapporteur or place that is not there. */
	async function unknownOf(trx: Transaction<DB>, row: MeetingRow, input: ItemInput): Promise<string | null> {
		if (input.rapporteurId !== null) {
			const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
			if (!seats.some((seat) => seat.id === input.rapporteurId)) return 'council.seat_unknown';
		}
		if (input.placeId !== null && !(await context.town.places.find([input.placeId])).has(input.placeId))
			return 'council.place_unknown';
		return null;
	}

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
			const { kind } = input.value;
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, meetingId, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				if (agendaStands(row, kind)) return refuse('council.agenda_stands');
				const wrong = await unknownOf(trx, row, input.value);
				if (wrong) return refuse(wrong);
				const id = newId();
				const { rows } = await sql<{ next: number }>`SELECT coalesce(max(position), 0)::int + 1 AS next
					FROM council.item WHERE meeting_id = ${row.id}`.execute(trx);
				await trx
					.insertInto('council.item')
					.values({ id, meeting_id: row.id, position: rows[0]?.next ?? 1, ...columnsOf(input.value) })
					.execute();
				return ok({ id });
			});
		},

		async changeItem(actor, itemId, given) {
			const input = parseInput(itemInput, given);
			if (!input.ok) return input;
			const { kind } = input.value;
			return withItem(actor, itemId, async (trx, item, row) => {
				if (kind !== item.kind && (agendaStands(row, kind) || agendaStands(row, item.kind)))
					return refuse('council.agenda_stands');
				const wrong = await unknownOf(trx, row, input.value);
				if (wrong) return refuse(wrong);
				await trx.updateTable('council.item').set(columnsOf(input.value)).where('id', '=', item.id).execute();
				await indexAnnexes(context, trx, row.id);
				return ok(null);
			});
		},

		removeItem: (actor, itemId) =>
			withItem(actor, itemId, async (trx, item, row) => {
				if (agendaStands(row, item.kind)) return refuse('council.agenda_stands');
				const { rows } = await sql<{ id: string; file_key: string }>`
					DELETE FROM council.annex WHERE item_id = ${item.id} RETURNING id, file_key`.execute(trx);
				await forgetFiles(
					context,
					rows.map(({ file_key }) => file_key),
					{ trx },
				);
				await context.town.search.remove(
					trx,
					'council',
					'document',
					rows.map(({ id }) => id),
				);
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

		async orderItems(actor, meetingId, ids) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, meetingId, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				const { rows } = await sql<{ id: string }>`SELECT id FROM council.item
					WHERE meeting_id = ${row.id}`.execute(trx);
				const there = new Set(rows.map(({ id }) => id));
				if (there.size !== ids.length || there.symmetricDifference(new Set(ids)).size)
					return refuse('council.agenda_changed');
				await sql`UPDATE council.item SET position = place FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS t(one, place)
					WHERE id = one`.execute(trx);
				return ok(null);
			});
		},
	};
}
