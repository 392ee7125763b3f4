import { type AnyTransaction, asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, parseInput, paths } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import { dayOf } from '../rules/notice.ts';
import { readSitting, type Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import type { Deliberation, Deliberations } from './face.ts';
import { draftOf } from './minutes.ts';

const mostPageSize = 100;

interface Row {
	id: string;
	number: string;
	title: string;
	text: string;
	matter_code: string;
	adopted: boolean;
	in_office: number;
	voting: number;
	votes_for: number;
	votes_against: number;
	abstentions: number;
	published_at: Date;
	slug: string;
	meeting_title: string;
	starts_at: Date;
	body: string;
}

const selected = sql`SELECT deliberation.*, meeting.slug, meeting.title AS meeting_title, meeting.starts_at, body.name AS body
	FROM council.deliberation JOIN council.meeting ON meeting.id = meeting_id JOIN council.body ON body.id = body_id`;

const shown = (row: Row): Deliberation => ({
	id: row.id,
	number: row.number,
	title: row.title,
	text: row.text,
	matterCode: row.matter_code,
	adopted: row.adopted,
	inOffice: row.in_office,
	voting: row.voting,
	for: row.votes_for,
	against: row.votes_against,
	abstention: row.abstentions,
	publishedAt: row.published_at,
	meeting: { slug: row.slug, title: row.meeting_title, startsAt: row.starts_at, body: row.body },
	url: paths.deliberation(row.number),
});

/** The acts of a closed meeting, numbered in the order of their votes; a corrected result is corrected in the act. */
export async function publishDeliberations(
	context: Context,
	trx: Transaction<DB>,
	{ meeting, state }: Sitting,
): Promise<void> {
	for (const vote of state.votes) {
		if (!vote.result) continue;
		const { rows } = await sql<{
			title: string;
			draft: string;
			matter_code: string;
			place_id: string | null;
			known: string | null;
		}>`
			SELECT item.title, draft, item.matter_code, item.place_id, deliberation.id AS known FROM council.item
			LEFT JOIN council.deliberation ON item_id = item.id WHERE item.id = ${vote.itemId}`.execute(trx);
		const [item] = rows;
		if (!item) continue;
		const totals = {
			adopted: vote.result.adopted,
			in_office: state.inOffice,
			voting: vote.voters.length,
			votes_for: vote.result.for,
			votes_against: vote.result.against,
			abstentions: vote.result.abstention,
		};
		if (item.known) {
			await trx.updateTable('council.deliberation').set(totals).where('id', '=', item.known).execute();
			continue;
		}
		const { rows: next } = await sql<{ number: number }>`UPDATE council.meeting
			SET next_deliberation = next_deliberation + 1 WHERE id = ${meeting.id}
			RETURNING next_deliberation - 1 AS number`.execute(trx);
		const number = await freeNumber(trx, dayOf(meeting.starts_at), next[0]?.number ?? 1);
		const id = newId();
		await trx
			.insertInto('council.deliberation')
			.values({
				id,
				meeting_id: meeting.id,
				item_id: vote.itemId,
				number,
				title: item.title,
				text: item.draft,
				matter_code: item.matter_code,
				published_at: context.now(),
				...totals,
			})
			.execute();
		const url = paths.deliberation(number);
		await context.town.timeline.record(trx, {
			room: 'council',
			subject: `deliberation:${id}`,
			placeId: item.place_id,
			happenedAt: context.now(),
			title: { fr: `Délibération : ${item.title}`, en: `Deliberation: ${item.title}` },
			url,
		});
		await context.town.search.index(trx, [
			{ room: 'council', kind: 'deliberation', id, title: item.title, body: item.draft, url },
		]);
		await context.platform.events.publish(trx, 'council.deliberation.published', { deliberationId: id });
	}
}

/** `2026-11-23-01`; two bodies may meet on one day, and the numbers go on. */
async function freeNumber(trx: AnyTransaction, day: string, from: number): Promise<string> {
	const { rows } = await sql<{ number: string }>`
		SELECT number FROM council.deliberation WHERE number LIKE ${`${day}-%`}`.execute(trx);
	const taken = new Set(rows.map(({ number }) => number));
	for (let n = from; ; n++) {
		const number = `${day}-${String(n).padStart(2, '0')}`;
		if (!taken.has(number)) return number;
	}
}

/** What remains of a meeting: its acts, its minutes, the open data. */
export function createDeliberations(context: Context): Deliberations {
	const { db, platform } = context;
	return {
		async list(query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 20)), mostPageSize);
			const text = query.text?.replaceAll('\0', '').trim().slice(0, 200);
			const narrowed = sql`WHERE true
				${query.meetingId === undefined ? sql`` : sql`AND meeting_id = ${asId(query.meetingId)}`}
				${text ? sql`AND to_tsvector('town.french', deliberation.title || ' ' || deliberation.text) @@ websearch_to_tsquery('town.french', ${text})` : sql``}`;
			const [{ rows }, { rows: counts }] = await Promise.all([
				sql<Row>`${selected} ${narrowed} ORDER BY starts_at DESC, number LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(
					db,
				),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM council.deliberation ${narrowed}`.execute(
					db,
				),
			]);
			return { items: rows.map(shown), total: counts[0]?.count ?? 0, page, pageSize };
		},

		async get(number) {
			const { rows } = await sql<Row>`${selected} WHERE number = ${number}`.execute(db);
			return rows[0] ? shown(rows[0]) : null;
		},

		async draftMinutes(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const sitting = await readSitting(db, asId(meetingId), context.now());
			if (sitting?.state.status !== 'closed') return refuse('council.not_closed');
			const { rows: proxies } = await sql<{ giver: string; holder: string }>`
				SELECT giver.name AS giver, holder.name AS holder FROM council.proxy
				JOIN council.seat giver ON giver.id = giver_id JOIN council.seat holder ON holder.id = holder_id
				WHERE meeting_id = ${sitting.meeting.id} AND revoked_at IS NULL ORDER BY giver.name`.execute(db);
			return ok({ text: draftOf(sitting, proxies) });
		},

		async saveMinutes(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const text = parseInput(textInput(500_000, 'council.text_missing'), given);
			if (!text.ok) return text;
			return changing(db, async (trx) => {
				const { rows } =
					await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)} AND status = 'closed'
					FOR UPDATE`.execute(trx);
				if (!rows.length) return refuse('council.not_closed');
				const kept = await trx
					.insertInto('council.minutes')
					.values({ meeting_id: meetingId, text: text.value, updated_at: context.now() })
					.onConflict((conflict) =>
						conflict
							.column('meeting_id')
							.doUpdateSet({ text: text.value, updated_at: context.now() })
							.where('council.minutes.status', '=', 'draft'),
					)
					.returning('meeting_id')
					.executeTakeFirst();
				return kept ? ok(null) : refuse('council.minutes_published');
			});
		},

		async publishMinutes(actor, meetingId, adoptedInId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.updateTable('council.minutes')
					.set({ status: 'published', adopted_in_id: adoptedInId, published_at: context.now() })
					.where('meeting_id', '=', asId(meetingId))
					.where('status', '=', 'draft')
					.returning('meeting_id')
					.executeTakeFirst();
				if (!row) return refuse('council.minutes_missing');
				await platform.audit.record(trx, {
					actor,
					action: 'council.minutes.published',
					subject: `meeting:${meetingId}`,
				});
				return ok(null);
			});
		},

		async *scdl() {
			const { name } = await context.town.settings.get();
			const { rows } = await sql<Row>`${selected} ORDER BY starts_at, number`.execute(db);
			for (const row of rows)
				yield [
					name,
					'',
					row.number,
					dayOf(row.starts_at),
					row.matter_code,
					'',
					row.title,
					'',
					'',
					'',
					'',
					row.in_office,
					row.voting,
					row.votes_for,
					row.votes_against,
					row.abstentions,
					platform.config.publicUrl + paths.deliberation(row.number),
				];
		},
	};
}

/** Columns of the SCDL schema « délibérations » (schema.data.gouv.fr, scdl/deliberations). */
export const scdlColumns = [
	'COLL_NOM',
	'COLL_SIRET',
	'DELIB_ID',
	'DELIB_DATE',
	'DELIB_MATIERE_CODE',
	'DELIB_MATIERE_NOM',
	'DELIB_OBJET',
	'BUDGET_ANNEE',
	'BUDGET_NOM',
	'PREF_ID',
	'PREF_DATE',
	'VOTE_EFFECTIF',
	'VOTE_REEL',
	'VOTE_POUR',
	'VOTE_CONTRE',
	'VOTE_ABSTENTION',
	'DELIB_URL',
] as const;
