import { asId } from '@parvis/platform';
import { fragmentsOf, markEnd, markStart } from '@parvis/town';
import { type RawBuilder, sql } from 'kysely';
import { type Context, paths } from '../context.ts';
import { positionOf, type Run, readTape } from '../programme/tape.ts';
import { indexMeeting } from './entries.ts';
import type { CouncilFinding, CouncilSearch, CouncilSearchAnswer, FoundKind } from './face.ts';
import { wordsOfQuestion } from './question.ts';

const hitsOfOne = 3;
const mostPageSize = 50;
/** Of words that stand everywhere, the newest pieces are weighed. */
const mostWeighed = 2000;
/** Of trigrams, from 0 to 1: «picine» is 0.5 from «piscine». */
const leastSimilarity = 0.4;

interface Row {
	kinds: Partial<Record<FoundKind, number>> | null;
	topic: string;
	meeting_id: string;
	item_id: string | null;
	total: number;
	pieces: number;
	kind: FoundKind;
	subject_id: string;
	title: string;
	excerpt: string;
	starts_at: Date | null;
	ends_at: Date | null;
	speaker: string;
	number: string | null;
	slug: string;
	meeting_title: string;
	body: string;
	held_at: Date;
	item: string | null;
	taken_at: Date | null;
}

/** Search over all that is public of meetings: agendas, documents, acts, minutes, and every word that was said. */
export function createCouncilSearch(context: Context): CouncilSearch {
	const { db } = context;

	const tsquery = (words: readonly string[], join: '&' | '|') =>
		sql`to_tsquery('town.french', ${words
			.map((word, n) => `'${word}'${n === words.length - 1 ? ':*' : ''}`)
			.join(` ${join} `)})`;

	async function ask(
		words: readonly string[],
		join: '&' | '|',
		filters: RawBuilder<unknown>,
		kind: FoundKind | undefined,
		page: number,
		pageSize: number,
	) {
		const query = tsquery(words, join);
		// How near the words stand is dear to know, and says little when any of them will do.
		const rank = sql.raw(join === '&' && words.length > 1 ? 'ts_rank_cd' : 'ts_rank');
		const headline = sql.lit(
			`StartSel=${markStart}, StopSel=${markEnd}, MaxFragments=1, MaxWords=32, MinWords=14, HighlightAll=false`,
		);
		const { rows } = await sql<Row>`
			WITH matched AS MATERIALIZED (
				SELECT id, kind, held_at FROM council.search_entry WHERE document @@ ${query} ${filters}
			), newest AS (
				SELECT id FROM matched ${kind ? sql`WHERE kind = ${kind}` : sql``} ORDER BY held_at DESC LIMIT ${mostWeighed}
			), ranked AS MATERIALIZED (
				SELECT id, meeting_id, coalesce(item_id, meeting_id) AS topic, held_at, kind, subject_id,
					${rank}(document, ${query}, 1) * CASE kind WHEN 'deliberation' THEN 1.3 WHEN 'minutes' THEN 0.7 ELSE 1 END
						/ (1 + greatest(0, extract(epoch FROM ${context.now()}::timestamptz - held_at)) / 31557600 * 0.1) AS score
				FROM newest JOIN council.search_entry USING (id)
			), weighed AS MATERIALIZED (
				SELECT *, row_number() OVER (PARTITION BY kind, subject_id ORDER BY score DESC, id) AS nth FROM ranked
			), page AS (
				SELECT meeting_id, topic, max(score) AS best, count(*)::int AS pieces, max(held_at) AS held_at,
					count(*) OVER ()::int AS total
				FROM weighed WHERE nth = 1 GROUP BY meeting_id, topic
				ORDER BY best DESC, held_at DESC, topic LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}
			), best AS (
				SELECT weighed.id, page.*, row_number() OVER (PARTITION BY page.meeting_id, page.topic ORDER BY score DESC, id) AS nth
				FROM weighed JOIN page USING (meeting_id, topic) WHERE weighed.nth = 1
			), counted AS (
				SELECT jsonb_object_agg(kind, count) AS kinds FROM (SELECT kind, count(*) AS count FROM matched GROUP BY kind) AS one
			)
			SELECT kinds, best.best, best.nth, best.topic, best.meeting_id, entry.item_id, total, pieces, entry.kind, subject_id, entry.title,
				ts_headline('town.french', entry.body, ${query}, ${headline}) AS excerpt,
				entry.starts_at, entry.ends_at, entry.speaker, deliberation.number,
				meeting.slug, meeting.title AS meeting_title, body.name AS body, meeting.starts_at AS held_at, item.title AS item,
				(SELECT min(at) FROM council.event WHERE event.meeting_id = best.meeting_id AND event.kind = 'item_taken'
					AND data ->> 'itemId' = entry.item_id::text) AS taken_at
			FROM counted LEFT JOIN best ON best.nth <= ${hitsOfOne}
			LEFT JOIN council.search_entry entry ON entry.id = best.id
			LEFT JOIN council.meeting ON meeting.id = best.meeting_id LEFT JOIN council.body ON body.id = meeting.body_id
			LEFT JOIN council.item ON item.id = entry.item_id
			LEFT JOIN council.deliberation ON deliberation.id = subject_id AND entry.kind = 'deliberation'
			ORDER BY best.best DESC, best.held_at DESC, topic, best.nth`.execute(db);
		const kinds = Object.entries(rows[0]?.kinds ?? {})
			.map(([name, count]) => ({ kind: name as FoundKind, count }))
			.sort((a, b) => b.count - a.count);
		return { kinds, rows: rows.filter(({ topic }) => topic !== null) };
	}

	/** When the first line of a passage that has one of the words was said. */
	async function exactInstants(rows: readonly Row[], words: readonly string[]): Promise<Map<string, Date>> {
		const spoken = rows.filter(({ kind }) => kind === 'speech');
		if (!spoken.length) return new Map();
		const { rows: found } = await sql<{ subject_id: string; at: Date }>`
			SELECT subject_id, min(caption.starts_at) AS at
			FROM unnest(${spoken.map(({ subject_id }) => subject_id)}::uuid[], ${spoken.map(({ meeting_id }) => meeting_id)}::uuid[],
				${spoken.map(({ starts_at }) => starts_at)}::timestamptz[], ${spoken.map(({ ends_at }) => ends_at)}::timestamptz[])
				AS passage(subject_id, meeting_id, starts_at, ends_at)
			JOIN council.caption ON caption.meeting_id = passage.meeting_id AND caption.starts_at >= passage.starts_at
				AND caption.starts_at < passage.ends_at AND NOT removed
				AND to_tsvector('town.french', text) @@ ${tsquery(words, '|')}
			GROUP BY subject_id`.execute(db);
		return new Map(found.map(({ subject_id, at }) => [subject_id, at]));
	}

	/** The words with each unknown one replaced by the closest known word; null when nothing changes. */
	async function correct(words: readonly string[]): Promise<string[] | null> {
		const { rows } = await sql<{ position: number; word: string | null }>`
			SELECT position, (
				SELECT known.word FROM council.search_word known
				WHERE known.plain % asked.singular AND similarity(known.plain, asked.singular) >= ${leastSimilarity}
				ORDER BY similarity(known.plain, asked.singular) DESC, known.plain LIMIT 1
			) AS word
			FROM (SELECT word, position, town.plain(word) AS plain, regexp_replace(town.plain(word), '(?<=.{3})[sx]$', '') AS singular
				FROM unnest(${[...words]}::text[]) WITH ORDINALITY AS given(word, position)) AS asked
			WHERE length(asked.word) > 2 AND numnode(plainto_tsquery('town.french', asked.word)) > 0
				AND NOT EXISTS (SELECT FROM council.search_word known WHERE known.plain LIKE asked.plain || '%')`.execute(
			db,
		);
		const better = [...words];
		for (const { position, word } of rows) if (word !== null) better[position - 1] = word;
		return better.some((word, n) => word !== words[n]) ? better : null;
	}

	async function findingsOf(rows: readonly Row[], words: readonly string[]): Promise<CouncilFinding[]> {
		const instants = await exactInstants(rows, words);
		const tapes = new Map<string, Run[]>();
		for (const id of new Set(rows.map(({ meeting_id }) => meeting_id))) tapes.set(id, await readTape(db, id));
		const findings = new Map<string, CouncilFinding>();
		for (const row of rows) {
			const finding: CouncilFinding = findings.get(row.topic) ?? {
				meeting: {
					id: row.meeting_id,
					slug: row.slug,
					title: row.meeting_title,
					body: row.body,
					startsAt: row.held_at,
					url: paths.meeting(row.slug),
				},
				item: row.item_id && row.item ? { id: row.item_id, title: row.item } : null,
				hits: [],
				count: row.pieces,
			};
			findings.set(row.topic, finding);
			const at = row.kind === 'speech' ? (instants.get(row.subject_id) ?? row.starts_at) : row.taken_at;
			const position = at ? positionOf(tapes.get(row.meeting_id) ?? [], at) : null;
			finding.hits.push({
				kind: row.kind,
				title: row.title,
				excerpt: fragmentsOf(row.excerpt),
				speaker: row.speaker,
				position,
				url: addressOf(row, position),
			});
		}
		return [...findings.values()];
	}

	return {
		async find({ text, bodyId, year, speaker, kind, ...given }): Promise<CouncilSearchAnswer> {
			const page = Math.min(Math.max(1, Math.trunc(given.page ?? 1)), 1000);
			const pageSize = Math.min(Math.max(1, Math.trunc(given.pageSize ?? 10)), mostPageSize);
			const words = wordsOfQuestion(text);
			const nothing = {
				items: [],
				total: 0,
				page,
				pageSize,
				words,
				kinds: [],
				suggestion: null,
				loose: false,
			};
			if (!words.length) return nothing;
			const filters = sql`
				${bodyId === undefined ? sql`` : sql`AND body_id = ${asId(bodyId)}`}
				${year === undefined ? sql`` : sql`AND extract(year FROM held_at AT TIME ZONE 'Europe/Paris') = ${Math.trunc(year)}::int`}
				${speaker === undefined ? sql`` : sql`AND speaker = ${speaker.replaceAll('\0', '').slice(0, 200)}`}`;
			const answer = async (asked: readonly string[], join: '&' | '|' = '&') => {
				const found = await ask(asked, join, filters, kind, page, pageSize);
				return found.kinds.length ? { found, asked, join } : null;
			};
			const direct = await answer(words);
			const better = direct ? null : await correct(words);
			const meant = better && (await answer(better));
			const some = direct ?? meant ?? (words.length > 1 ? await answer(better ?? words, '|') : null);
			if (!some) return nothing;
			return {
				...nothing,
				items: await findingsOf(some.found.rows, some.asked),
				total: some.found.rows[0]?.total ?? 0,
				words: [...some.asked],
				kinds: some.found.kinds,
				suggestion: some.asked === better ? some.asked.join(' ') : null,
				loose: some.join === '|',
			};
		},

		async filters() {
			const [{ rows: years }, { rows: speakers }] = await Promise.all([
				sql<{
					year: number;
				}>`SELECT DISTINCT extract(year FROM starts_at AT TIME ZONE 'Europe/Paris')::int AS year
					FROM council.meeting WHERE status NOT IN ('draft', 'cancelled') ORDER BY year DESC`.execute(db),
				sql<{ name: string }>`SELECT DISTINCT name FROM council.seat ORDER BY name LIMIT 1000`.execute(db),
			]);
			return { years: years.map(({ year }) => year), speakers: speakers.map(({ name }) => name) };
		},

		async refresh() {
			const { rows } = await sql<{ meeting_id: string }>`
				SELECT DISTINCT meeting_id FROM council.search_stale`.execute(db);
			for (const { meeting_id } of rows)
				await db.transaction().execute((trx) => indexMeeting(context, trx, meeting_id));
			return rows.length;
		},
	};
}

function addressOf(row: Row, position: number | null): string {
	const meeting = paths.meeting(row.slug);
	if (row.kind === 'deliberation' && row.number) return paths.deliberation(row.number);
	if (row.kind === 'document') return paths.annex(row.subject_id);
	if (row.kind === 'minutes') return `${meeting}#pv`;
	if (row.kind === 'speech' && position !== null) return paths.video(row.slug, position);
	return row.item_id ? `${meeting}#point-${row.item_id}` : meeting;
}
