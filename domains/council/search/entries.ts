import { sql, type Transaction } from 'kysely';
import { type Context, paths } from '../context.ts';
import type { DB } from '../tables.ts';
import type { FoundKind } from './face.ts';
import { passagesOf, type SpokenLine, spokenPassages } from './passages.ts';

interface Entry {
	item_id: string | null;
	kind: FoundKind;
	subject_id: string;
	title: string;
	body: string;
	starts_at: Date | null;
	ends_at: Date | null;
	speaker: string;
}

const batchSize = 500;

/** Make the entries of a meeting anew, of what is public of it: the one place that decides what search may find. */
export async function indexMeeting(
	{ town }: Pick<Context, 'town'>,
	trx: Transaction<DB>,
	meetingId: string,
): Promise<void> {
	await sql`SELECT pg_advisory_xact_lock(hashtext('council.search'), hashtext(${meetingId}))`.execute(trx);
	await sql`DELETE FROM council.search_stale WHERE meeting_id = ${meetingId}`.execute(trx);
	const { rows } = await sql<{
		title: string;
		slug: string;
		body: string;
		body_id: string;
		starts_at: Date;
		status: string;
	}>`SELECT title, meeting.slug, body.name AS body, body_id, starts_at, status FROM council.meeting
		JOIN council.body ON body.id = body_id WHERE meeting.id = ${meetingId}`.execute(trx);
	const [meeting] = rows;
	await sql`DELETE FROM council.search_entry WHERE meeting_id = ${meetingId}`.execute(trx);
	if (!meeting || meeting.status === 'draft' || meeting.status === 'cancelled') {
		await town.search.remove(trx, 'council', 'meeting', [meetingId]);
		return;
	}
	const entries = await publicEntries(trx, meetingId, meeting.title);
	for (let at = 0; at < entries.length; at += batchSize)
		await trx
			.insertInto('council.search_entry')
			.values(
				entries.slice(at, at + batchSize).map((entry) => ({
					...entry,
					meeting_id: meetingId,
					body_id: meeting.body_id,
					held_at: meeting.starts_at,
				})),
			)
			.execute();
	await sql`
		INSERT INTO council.search_word (plain, word)
		SELECT DISTINCT ON (town.plain(word)) town.plain(word), word FROM (
			SELECT lower(word) AS word FROM council.search_entry,
				regexp_split_to_table(title || ' ' || body, '[^[:alnum:]]+') AS word
			WHERE meeting_id = ${meetingId} AND length(word) BETWEEN 3 AND 40) AS words
		ORDER BY town.plain(word), word ON CONFLICT (plain) DO NOTHING`.execute(trx);
	await town.search.index(trx, [
		{
			room: 'council',
			kind: 'meeting',
			id: meetingId,
			title: meeting.title,
			body: [meeting.body, ...entries.filter(({ kind }) => kind === 'item').map(({ title }) => title)].join(
				'. ',
			),
			url: paths.meeting(meeting.slug),
			publishedAt: meeting.starts_at,
		},
	]);
}

async function publicEntries(
	trx: Transaction<DB>,
	meetingId: string,
	meetingTitle: string,
): Promise<Entry[]> {
	const entries: Entry[] = [];
	const written = (
		kind: FoundKind,
		subjectId: string,
		itemId: string | null,
		title: string,
		text: string,
	) => {
		const parts = passagesOf(text);
		for (const body of parts.length ? parts : [''])
			entries.push({
				item_id: itemId,
				kind,
				subject_id: subjectId,
				title,
				body,
				starts_at: null,
				ends_at: null,
				speaker: '',
			});
	};
	const { rows: items } = await sql<{ id: string; title: string; draft: string }>`
		SELECT id, title, CASE WHEN public THEN draft ELSE '' END AS draft FROM council.item
		WHERE meeting_id = ${meetingId} ORDER BY position`.execute(trx);
	const { rows: acts } = await sql<{ id: string; item_id: string; title: string; text: string }>`
		SELECT id, item_id, title, text FROM council.deliberation
		WHERE meeting_id = ${meetingId} AND published_at IS NOT NULL`.execute(trx);
	for (const act of acts) written('deliberation', act.id, act.item_id, act.title, act.text);
	for (const item of items) {
		// The act says what its draft said.
		const voted = acts.some(({ item_id }) => item_id === item.id);
		written('item', item.id, item.id, item.title, voted ? '' : item.draft);
	}
	const { rows: annexes } = await sql<{ id: string; item_id: string | null; title: string; text: string }>`
		SELECT annex.id, item_id, annex.title, text FROM council.annex LEFT JOIN council.item ON item.id = item_id
		WHERE annex.meeting_id = ${meetingId} AND annex.public AND coalesce(item.public, true) AND withdrawn_at IS NULL`.execute(
		trx,
	);
	for (const annex of annexes) written('document', annex.id, annex.item_id, annex.title, annex.text);
	const { rows: minutes } = await sql<{ text: string }>`SELECT text FROM council.minutes
		WHERE meeting_id = ${meetingId} AND status = 'published'`.execute(trx);
	for (const { text } of minutes) written('minutes', meetingId, null, meetingTitle, text);
	const { rows: lines } = await sql<SpokenLine>`
		SELECT caption.id, starts_at AS "startsAt", duration_seconds AS "durationSeconds", text,
			coalesce(seat.name, speaker) AS speaker, (
				SELECT (data ->> 'itemId')::uuid FROM council.event WHERE event.meeting_id = ${meetingId}
					AND kind = 'item_taken' AND at <= starts_at ORDER BY event.id DESC LIMIT 1) AS "itemId"
		FROM council.caption LEFT JOIN council.seat ON seat.id = seat_id
		WHERE caption.meeting_id = ${meetingId} AND NOT removed ORDER BY starts_at, caption.id`.execute(trx);
	for (const passage of spokenPassages(lines))
		entries.push({
			item_id: passage.itemId,
			kind: 'speech',
			subject_id: passage.firstId,
			title: '',
			body: passage.text,
			starts_at: passage.startsAt,
			ends_at: passage.endsAt,
			speaker: passage.speaker,
		});
	return entries;
}
