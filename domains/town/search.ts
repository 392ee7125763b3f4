import type { AnyTransaction, Platform } from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import type { DB } from './tables.ts';

/** Something public that the search finds: any room puts its own in. */
export interface SearchDocument {
	room: string;
	/** What it is, for the filter: `place`, `street`, `district`, `idea` … */
	kind: string;
	id: string;
	title: string;
	body: string;
	/** Path on the site. */
	url: string;
	publishedAt?: Date;
}

/** A piece of text, marked where it answers the question. */
export interface Fragment {
	text: string;
	marked: boolean;
}

export interface SearchHit {
	kind: string;
	id: string;
	url: string;
	title: Fragment[];
	excerpt: Fragment[];
}

export interface SearchAnswer {
	hits: SearchHit[];
	total: number;
	/** How many of each kind, for the filter. */
	kinds: { kind: string; count: number }[];
	/** What was probably meant, when words are mistyped; the hits are already its own when nothing else was found. */
	suggestion: string | null;
	/** Whether the hits answer the suggestion instead of what was typed. */
	corrected: boolean;
}

export interface Search {
	index(trx: AnyTransaction, documents: readonly SearchDocument[]): Promise<void>;
	remove(trx: AnyTransaction, room: string, kind: string, ids: readonly string[]): Promise<void>;
	/** What is public and answers the words, best first. The last word may be unfinished. */
	find(text: string, options?: { kind?: string; limit?: number; offset?: number }): Promise<SearchAnswer>;
}

// Characters of the private use area: no text holds them, so they can mark without being taken for the text.
export const markStart = '\uE000';
export const markEnd = '\uE001';
const mostCharacters = 200;
/** Of trigrams, from 0 to 1: «picine» is 0.5 from «piscine». */
const leastSimilarity = 0.4;

export function createSearch(platform: Platform): Search {
	const db = platform.db<DB>();

	/** Words without operators, the last one as a prefix: `piscine muni` becomes `'piscine' & 'muni':*`. */
	function queryOf(words: readonly string[]): string {
		return words.map((word, i) => `'${word}'${i === words.length - 1 ? ':*' : ''}`).join(' & ');
	}

	async function ask(words: readonly string[], kind: string | undefined, limit: number, offset: number) {
		const query = sql`to_tsquery('town.french', ${queryOf(words)})`;
		const options = sql.lit(
			`StartSel=${markStart}, StopSel=${markEnd}, MaxFragments=1, MaxWords=28, MinWords=12, HighlightAll=false`,
		);
		const titleOptions = sql.lit(`StartSel=${markStart}, StopSel=${markEnd}, HighlightAll=true`);
		const { rows: kinds } = await sql<{ kind: string; count: number }>`
			SELECT kind, count(*) AS count FROM town.search_document WHERE document @@ ${query}
			GROUP BY kind ORDER BY count DESC, kind`.execute(db);
		const total = kinds
			.filter((row) => !kind || row.kind === kind)
			.reduce((sum, { count }) => sum + count, 0);
		if (!total) return { hits: [], total, kinds };
		const { rows } = await sql<{ kind: string; id: string; url: string; title: string; excerpt: string }>`
			WITH best AS (
				SELECT kind, id, url, title, body,
					ts_rank_cd(document, ${query}, 1) + similarity(plain_title, town.plain(${words.join(' ')})) AS score
				FROM town.search_document
				WHERE document @@ ${query} ${kind ? sql`AND kind = ${kind}` : sql``}
				ORDER BY score DESC, title, id LIMIT ${limit} OFFSET ${offset}
			)
			SELECT kind, id, url, ts_headline('town.french', title, ${query}, ${titleOptions}) AS title,
				ts_headline('town.french', body, ${query}, ${options}) AS excerpt
			FROM best ORDER BY score DESC, title, id`.execute(db);
		return {
			total,
			kinds,
			hits: rows.map((row) => ({
				kind: row.kind,
				id: row.id,
				url: row.url,
				title: fragmentsOf(row.title),
				excerpt: fragmentsOf(row.excerpt),
			})),
		};
	}

	/** The words with each unknown one replaced by the closest known word; null when nothing changes. */
	async function correct(words: readonly string[]): Promise<string[] | null> {
		const { rows } = await sql<{ position: number; word: string | null }>`
			SELECT position, (
				SELECT known.word FROM town.search_word known
				WHERE known.plain % town.plain(asked.word) AND similarity(known.plain, town.plain(asked.word)) >= ${leastSimilarity}
				ORDER BY similarity(known.plain, town.plain(asked.word)) DESC, known.uses DESC, known.plain LIMIT 1
			) AS word
			FROM unnest(${[...words]}::text[]) WITH ORDINALITY AS asked(word, position)
			WHERE length(asked.word) > 2
				AND NOT EXISTS (SELECT FROM town.search_word known WHERE known.plain LIKE town.plain(asked.word) || '%')`.execute(
			db,
		);
		const better = [...words];
		for (const { position, word } of rows) if (word !== null) better[position - 1] = word;
		return better.some((word, i) => word !== words[i]) ? better : null;
	}

	return {
		async index(trx, documents) {
			if (!documents.length) return;
			const kysely = trx as unknown as Kysely<DB>;
			const titles = new Map<string, { word: string; uses: number }>();
			for (const { title } of documents)
				for (const word of wordsOf(title)) {
					if (word.length < 3) continue;
					const known = titles.get(word.toLowerCase());
					titles.set(word.toLowerCase(), { word: word.toLowerCase(), uses: (known?.uses ?? 0) + 1 });
				}
			await kysely
				.insertInto('town.search_document')
				.values(
					documents.map(({ room, kind, id, title, body, url, publishedAt }) => ({
						room,
						kind,
						id,
						title,
						body,
						url,
						...(publishedAt && { published_at: publishedAt }),
					})),
				)
				.onConflict((conflict) =>
					conflict.columns(['room', 'kind', 'id']).doUpdateSet((row) => ({
						title: row.ref('excluded.title'),
						body: row.ref('excluded.body'),
						url: row.ref('excluded.url'),
						published_at: row.ref('excluded.published_at'),
					})),
				)
				.execute();
			const words = [...titles.values()];
			await sql`
				INSERT INTO town.search_word (plain, word, uses)
				SELECT DISTINCT ON (town.plain(word)) town.plain(word), word, uses
				FROM unnest(${words.map(({ word }) => word)}::text[], ${words.map(({ uses }) => uses)}::int[]) AS given(word, uses)
				ORDER BY town.plain(word), uses DESC
				ON CONFLICT (plain) DO UPDATE SET uses = town.search_word.uses + excluded.uses`.execute(kysely);
		},

		async remove(trx, room, kind, ids) {
			if (!ids.length) return;
			const kysely = trx as unknown as Kysely<DB>;
			await kysely
				.deleteFrom('town.search_document')
				.where('room', '=', room)
				.where('kind', '=', kind)
				.where('id', 'in', [...ids])
				.execute();
		},

		async find(text, { kind, limit = 20, offset = 0 } = {}) {
			const words = wordsOf(text.slice(0, mostCharacters)).slice(0, 10);
			if (!words.length) return { hits: [], total: 0, kinds: [], suggestion: null, corrected: false };
			const most = Math.min(limit, 100);
			const found = await ask(words, kind, most, offset);
			if (found.kinds.length) return { ...found, suggestion: null, corrected: false };
			const better = await correct(words);
			if (!better) return { ...found, suggestion: null, corrected: false };
			const meant = await ask(better, kind, most, offset);
			return { ...meant, suggestion: meant.kinds.length ? better.join(' ') : null, corrected: true };
		},
	};
}

/** Letters and digits only: what is left can stand in a tsquery between quotes. Elided articles (l’, d’) go. */
function wordsOf(text: string): string[] {
	return [...text.normalize('NFC').matchAll(/[\p{L}\p{N}]+(?=(['’])?)/gu)]
		.filter(([word, apostrophe]) => !(apostrophe && word.length <= 2))
		.map(([word]) => word);
}

/** What `ts_headline` marked with `markStart` and `markEnd`, in pieces. */
export function fragmentsOf(text: string): Fragment[] {
	return text
		.split(/(\uE000[^\uE001]*\uE001)/)
		.filter((part) => part !== '')
		.map((part) =>
			part.startsWith(markStart) ? { text: part.slice(1, -1), marked: true } : { text: part, marked: false },
		);
}
