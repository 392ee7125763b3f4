import { type Actor, asId, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { publicSeat, seatsOn } from './bodies.ts';
import { type Context, type Db, paths } from './context.ts';
import type { Item, Meeting, MeetingSummary, PlaceName, Seat } from './face.ts';
import { mayPrepare } from './policies.ts';
import { dayOf } from './rules/notice.ts';
import { numbersOf } from './rules/numbering.ts';
import type { DB } from './tables.ts';

/** A meeting with its body, as it is kept. */
export interface MeetingRow {
	id: string;
	slug: string;
	title: string;
	body: string;
	body_id: string;
	body_kind: string;
	inhabitants: number;
	starts_at: Date;
	place: string;
	status: MeetingSummary['status'];
	urgent: boolean;
	synthesis: string;
	second_of_id: string | null;
	convened_at: Date | null;
	list_posted_at: Date | null;
	sequence: number;
	created_at: Date;
}

export const selectedMeeting = sql`SELECT meeting.*, body.name AS body, body.kind AS body_kind, body.inhabitants
	FROM council.meeting JOIN council.body ON body.id = meeting.body_id`;

export const summaryOf = (row: MeetingRow): MeetingSummary => ({
	id: row.id,
	slug: row.slug,
	title: row.title,
	body: row.body,
	bodyId: row.body_id,
	startsAt: row.starts_at,
	place: row.place,
	status: row.status,
	convenedAt: row.convened_at,
	url: paths.meeting(row.slug),
});

/** By slug or id. */
export async function rowOf(from: Db, reference: string): Promise<MeetingRow | null> {
	const { rows } =
		await sql<MeetingRow>`${selectedMeeting} WHERE meeting.slug = ${reference} OR meeting.id = ${asId(reference)}`.execute(
			from,
		);
	return rows[0] ?? null;
}

/** @param insider whether the reader sees drafts that are not for everybody */
export async function itemsOf(
	{ town }: Pick<Context, 'town'>,
	from: Db,
	meetingId: string,
	insider: boolean,
): Promise<Item[]> {
	const { rows } = await sql<{
		id: string;
		kind: Item['kind'];
		section: string;
		title: string;
		rapporteur_id: string | null;
		rapporteur: string | null;
		draft: string;
		matter_code: string;
		budget_year: string;
		budget_name: string;
		public: boolean;
		place_id: string | null;
		number: string | null;
		adopted: boolean | null;
	}>`
		SELECT item.*, seat.name AS rapporteur, deliberation.number, deliberation.adopted FROM council.item
		LEFT JOIN council.seat ON seat.id = item.rapporteur_id
		LEFT JOIN council.deliberation ON deliberation.item_id = item.id
		WHERE item.meeting_id = ${meetingId} ORDER BY item.position`.execute(from);
	const numbers = numbersOf(rows);
	const placeIds = rows.flatMap(({ place_id }) => place_id ?? []);
	const places = placeIds.length ? await town.places.find(placeIds) : new Map<string, never>();
	return rows.map((row, n) => ({
		id: row.id,
		position: n + 1,
		number: numbers[n] ?? '',
		kind: row.kind,
		section: row.section,
		title: row.title,
		rapporteurId: row.rapporteur_id,
		rapporteur: row.rapporteur,
		draft: row.public || insider ? row.draft : '',
		matterCode: row.matter_code,
		budgetYear: row.budget_year,
		budgetName: row.budget_name,
		public: row.public,
		place: placeOf(places.get(row.place_id ?? '')),
		deliberation: row.number !== null ? { number: row.number, adopted: row.adopted ?? false } : null,
	}));
}

/** A place as items and acts name it. */
export const placeOf = (place: { id: string; slug: string; name: string } | undefined): PlaceName | null =>
	place ? { id: place.id, slug: place.slug, name: place.name } : null;

export const holdsSeat = (actor: Actor, seats: readonly Seat[]) =>
	actor.kind === 'person' && actor.id !== null && seats.some(({ personId }) => personId === actor.id);

/** A meeting as an actor may see it; null for a draft that is not theirs. @param insider who holds a convocation */
export async function meetingOf(
	context: Context,
	row: MeetingRow,
	actor: Actor,
	insider = false,
): Promise<Meeting | null> {
	const { db } = context;
	const seats = await seatsOn(db, [row.body_id], dayOf(row.starts_at));
	const clerk = mayPrepare(actor);
	const inside = insider || clerk || holdsSeat(actor, seats);
	if (row.status === 'draft' && !clerk) return null;
	const minutes = await db
		.selectFrom('council.minutes')
		.select(['status', 'published_at'])
		.where('meeting_id', '=', row.id)
		.executeTakeFirst();
	return {
		...summaryOf(row),
		urgent: row.urgent,
		secondOfId: row.second_of_id,
		synthesis: inside ? row.synthesis : '',
		listPostedAt: row.list_posted_at,
		items: await itemsOf(context, db, row.id, inside),
		seats: seats.map(({ bodyId: _, ...seat }) => (clerk ? seat : publicSeat(seat))),
		minutes:
			minutes && (clerk || minutes.status === 'published')
				? {
						status: minutes.status as NonNullable<Meeting['minutes']>['status'],
						publishedAt: minutes.published_at,
					}
				: null,
	};
}

/** Lock a meeting that still stands so, or say why not. */
export async function prepared(
	trx: Transaction<DB>,
	id: string,
	statuses: readonly string[],
): Promise<Result<{ row: MeetingRow }>> {
	const { rows } = await sql<{
		id: string;
	}>`SELECT id FROM council.meeting WHERE id = ${asId(id)} FOR UPDATE`.execute(trx);
	const row = rows[0] ? await rowOf(trx, rows[0].id) : null;
	if (!row) return refuse('council.meeting_unknown');
	return statuses.includes(row.status) ? ok({ row }) : refuse('council.meeting_begun');
}
