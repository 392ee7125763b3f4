import type { Locale } from '@parvis/platform';
import { sql } from 'kysely';
import { firstPhoto } from './attachment-rows.ts';
import { type Context, paths } from './context.ts';
import type { Attachment, Idea, IdeaStatus, IdeaSummary } from './face.ts';

const excerptLength = 180;

export interface IdeaRow {
	id: string;
	call_id: string;
	slug: string;
	number: number | null;
	status: IdeaStatus;
	title: string;
	body: string;
	author_id: string | null;
	community: string | null;
	category_fr: string | null;
	category_en: string | null;
	envelope: string | null;
	district: string | null;
	longitude: number | null;
	latitude: number | null;
	support_count: number;
	comment_count: number;
	published_at: Date | null;
	verdict: Idea['verdict'];
	photo: Attachment | null;
}

export const ideaColumns = sql`idea.*, call.slug, community.name AS community, envelope.name AS envelope,
	category.name_fr AS category_fr, category.name_en AS category_en,
	(SELECT name FROM town.district WHERE district.id = idea.district_id) AS district,
	${firstPhoto('idea', sql`idea.id`)} AS photo`;

export const fromIdeas = sql`FROM participation.idea
	JOIN participation.call ON call.id = idea.call_id
	LEFT JOIN participation.envelope ON envelope.id = idea.envelope_id
	LEFT JOIN participation.category ON category.id = idea.category_id
	LEFT JOIN participation.community ON community.id = idea.community_id`;

/** Rows as they are listed; names of all authors by one query. */
export async function ideaSummaries(context: Context, rows: readonly IdeaRow[]): Promise<IdeaSummary[]> {
	const names = await context.identity.people.names(
		rows.flatMap(({ author_id, community }) => (author_id && !community ? [author_id] : [])),
	);
	return rows.map((row) => ({
		id: row.id,
		number: row.number,
		callSlug: row.slug,
		status: row.status,
		title: row.title,
		excerpt: row.body.length > excerptLength ? `${row.body.slice(0, excerptLength).trimEnd()}…` : row.body,
		author: row.community ?? names.get(row.author_id ?? '') ?? nobody(context),
		category: row.category_fr === null ? null : { fr: row.category_fr, en: row.category_en },
		envelope: row.envelope,
		district: row.district,
		longitude: row.longitude,
		latitude: row.latitude,
		supportCount: row.support_count,
		commentCount: row.comment_count,
		publishedAt: row.published_at,
		verdict: row.verdict,
		photo: row.photo,
		url: paths.idea(row.slug, row.number ?? row.id),
	}));
}

/** Who wrote what has no author any more. */
export function nobody(context: Context, locale: Locale = 'fr'): string {
	return context.platform.messages.t(locale, 'participation.somebody');
}
