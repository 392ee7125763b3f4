import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import type { IdeaLikeness, IdeaSummary, SimilarIdea } from './face.ts';
import { fromIdeas, type IdeaRow, ideaColumns, ideaSummaries } from './idea-rows.ts';

const mostShown = 8;
/** Under this two ideas have little in common. */
const leastLikeness = 0.35;
/** Weights of what makes two ideas alike, out of 1. */
const weights = { words: 0.5, spelling: 0.3, near: 0.2 } as const;
/** Distance on the ground at which nearness has fallen to 1/e. */
const nearMeters = 250;

/**
 * Published ideas of a call that say or place the same. Likeness, from 0 to 1, is the weighted mean of: words, the mean of
 * the shares of each one's title stems that the other uses at all (French stems, accents aside); spelling, the trigram
 * similarity of both titles; nearness, exp(−distance / 250 m), where both have a position.
 */
export async function findSimilar(
	context: Context,
	callId: string,
	like: IdeaLikeness,
): Promise<SimilarIdea[]> {
	const title = like.title.replaceAll('\0', '').slice(0, 200);
	const body = like.body.replaceAll('\0', '').slice(0, 2000);
	const { longitude = null, latitude = null } = like;
	const { rows } = await sql<IdeaRow & { likeness: number; distance: number | null }>`
		WITH asked AS (
			SELECT tsvector_to_array(to_tsvector('town.french', ${title})) AS title_stems,
				tsvector_to_array(to_tsvector('town.french', ${`${title} ${body}`})) AS stems,
				town.plain(${title}) AS plain_title,
				CASE WHEN ${longitude}::float8 IS NOT NULL AND ${latitude}::float8 IS NOT NULL
					THEN ll_to_earth(${latitude}::float8, ${longitude}::float8) END AS place
		), candidate AS (
			SELECT idea.id, idea.document, idea.plain_title,
				tsvector_to_array(to_tsvector('town.french', idea.title)) AS title_stems,
				CASE WHEN idea.latitude IS NOT NULL AND asked.place IS NOT NULL
					THEN earth_distance(ll_to_earth(idea.latitude, idea.longitude), asked.place) END AS distance
			FROM participation.idea, asked
			WHERE idea.call_id = ${asId(callId)} AND idea.status = 'published'
				AND idea.id <> ${asId(like.exceptId ?? '')}
				AND (tsvector_to_array(idea.document) && asked.title_stems
					OR idea.plain_title % asked.plain_title)
		), scored AS (
			SELECT candidate.id, distance,
				(SELECT count(*) FROM unnest(asked.title_stems) stem
					WHERE stem = ANY (tsvector_to_array(candidate.document)))::float8
					/ greatest(cardinality(asked.title_stems), 1) AS theirs,
				(SELECT count(*) FROM unnest(candidate.title_stems) stem WHERE stem = ANY (asked.stems))::float8
					/ greatest(cardinality(candidate.title_stems), 1) AS ours,
				similarity(candidate.plain_title, asked.plain_title) AS spelling
			FROM candidate, asked
		), ranked AS (
			SELECT id, distance, CASE WHEN distance IS NULL
				THEN ((theirs + ours) / 2 * ${weights.words}::float8 + spelling * ${weights.spelling}::float8)
					/ ${weights.words + weights.spelling}::float8
				ELSE (theirs + ours) / 2 * ${weights.words}::float8 + spelling * ${weights.spelling}::float8
					+ exp(-distance / ${nearMeters}::float8) * ${weights.near}::float8 END AS likeness
			FROM scored
		)
		SELECT ${ideaColumns}, ranked.likeness, ranked.distance ${fromIdeas} JOIN ranked ON ranked.id = idea.id
		WHERE ranked.likeness >= ${leastLikeness}::float8
		ORDER BY ranked.likeness DESC, idea.id LIMIT ${mostShown}`.execute(context.db);
	const summaries: IdeaSummary[] = await ideaSummaries(context, rows);
	return summaries.map((summary, i) => ({
		...summary,
		likeness: rows[i]?.likeness ?? 0,
		distanceMeters: rows[i]?.distance ?? null,
	}));
}
