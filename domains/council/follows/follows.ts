import {
	type Actor,
	asId,
	atomFeed,
	createUnsubscribeTokens,
	type Locale,
	newId,
	ok,
	refuse,
} from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, paths } from '../context.ts';
import type { CouncilSearch } from '../search/face.ts';
import { wordsOfQuestion } from '../search/question.ts';
import type { CouncilFollows, Follow, FollowCadence, FollowKind } from './face.ts';

const mostFollows = 100;
const mostInLetter = 30;
/** What could not be told within these days is no news any more. */
const newsDays = 14;

const followInput = z.object({
	kind: z.enum(['words', 'place', 'body', 'meeting']),
	subject: z.string().trim().min(1, 'council.follow_empty').max(200),
	cadence: z.enum(['once', 'daily', 'never']).default('daily'),
});

interface NewsRow {
	id: string;
	kind: 'convened' | 'deliberation' | 'minutes' | 'replay';
	meeting: string;
	slug: string;
	body: string;
	startsAt: Date;
	act: string | null;
	number: string | null;
	followed: { kind: FollowKind; subject: string }[];
}

const owner = (actor: Actor) => (actor.kind === 'person' ? actor.id : null);

/** Words, places, bodies and meetings that people follow, and the letters they get of them. */
export function createCouncilFollows(context: Context, search: CouncilSearch): CouncilFollows {
	const { db, platform, identity, town } = context;
	const { publicUrl, secret } = platform.config;
	const tokens = createUnsubscribeTokens(secret, 'council');

	const searchUrl = (words: string) => `/conseil/recherche?mots=${encodeURIComponent(words)}`;

	async function describe(kind: string, subject: string): Promise<{ label: string; url: string } | null> {
		switch (kind) {
			case 'words': {
				const words = wordsOfQuestion(subject).join(' ');
				return words ? { label: words, url: searchUrl(words) } : null;
			}
			case 'place': {
				const place = (await town.places.find([asId(subject)])).get(subject);
				return place ? { label: place.name, url: `/lieux/${place.slug}` } : null;
			}
			case 'body': {
				const { rows } = await sql<{ label: string }>`
					SELECT name AS label FROM council.body WHERE id = ${asId(subject)}`.execute(db);
				return rows[0] ? { ...rows[0], url: '/conseil' } : null;
			}
			case 'meeting': {
				const { rows } = await sql<{
					label: string;
					slug: string;
				}>`SELECT title AS label, slug FROM council.meeting
					WHERE id = ${asId(subject)} AND status NOT IN ('draft', 'cancelled')`.execute(db);
				return rows[0] ? { label: rows[0].label, url: paths.meeting(rows[0].slug) } : null;
			}
			default:
				return null;
		}
	}

	/** What somebody follows at a pace and was not told of yet. */
	async function dueFor(personId: string, cadence: 'once' | 'daily'): Promise<NewsRow[]> {
		const { rows } = await sql<NewsRow>`
			SELECT news.id, news.kind, meeting.title AS meeting, meeting.slug, body.name AS body, meeting.starts_at AS "startsAt",
				deliberation.title AS act, deliberation.number,
				jsonb_agg(jsonb_build_object('kind', follow.kind, 'subject', follow.subject)) AS followed
			FROM council.news JOIN council.meeting ON meeting.id = news.meeting_id
			JOIN council.body ON body.id = meeting.body_id
			LEFT JOIN council.deliberation ON deliberation.id = news.subject_id AND news.kind = 'deliberation'
			JOIN council.follow ON person_id = ${personId} AND cadence = ${cadence} AND follow.created_at <= news.happened_at
				AND CASE follow.kind
					WHEN 'meeting' THEN follow.subject = meeting.id::text
					WHEN 'body' THEN follow.subject = body.id::text
					WHEN 'place' THEN CASE news.kind WHEN 'deliberation' THEN follow.subject = coalesce(deliberation.place_id, (
							SELECT place_id FROM council.item WHERE item.id = deliberation.item_id))::text
						ELSE EXISTS (SELECT FROM council.item WHERE item.meeting_id = meeting.id AND place_id::text = follow.subject) END
					ELSE EXISTS (SELECT FROM council.search_entry entry WHERE entry.meeting_id = meeting.id
						AND entry.document @@ plainto_tsquery('town.french', follow.subject)
						AND CASE news.kind WHEN 'convened' THEN entry.kind IN ('item', 'document')
							WHEN 'replay' THEN entry.kind = 'speech' WHEN 'minutes' THEN entry.kind = 'minutes'
							ELSE entry.kind = 'deliberation' AND entry.subject_id = news.subject_id END)
				END
			WHERE news.happened_at > ${new Date(context.now().getTime() - newsDays * 86_400_000)}
				AND NOT EXISTS (SELECT FROM council.told WHERE told.person_id = ${personId} AND news_id = news.id)
			GROUP BY news.id, meeting.id, body.id, deliberation.id ORDER BY news.happened_at, news.id LIMIT 200`.execute(
			db,
		);
		return rows;
	}

	async function letterTo(
		personId: string,
		address: { email: string; name: string; locale: Locale },
		news: readonly NewsRow[],
	) {
		const t = (key: string, detail?: Record<string, string | number>) =>
			platform.messages.t(address.locale, `council.${key}`, detail);
		const day = new Intl.DateTimeFormat(address.locale === 'fr' ? 'fr-FR' : 'en-GB', {
			dateStyle: 'long',
			timeZone: 'Europe/Paris',
		});
		const lines: string[] = [];
		for (const one of news.slice(0, mostInLetter)) {
			const words = one.followed.find(({ kind }) => kind === 'words')?.subject;
			const found =
				words !== undefined && one.kind === 'replay'
					? (await search.find({ text: words, kind: 'speech', pageSize: 20 })).items.find(
							({ meeting }) => meeting.slug === one.slug,
						)?.hits[0]
					: undefined;
			const path =
				found?.url ??
				(one.kind === 'deliberation' && one.number
					? paths.deliberation(one.number)
					: one.kind === 'minutes'
						? paths.minutes(one.slug)
						: one.kind === 'replay'
							? paths.video(one.slug, 0)
							: paths.meeting(one.slug));
			const detail = { title: one.act ?? one.meeting, body: one.body, day: day.format(one.startsAt) };
			lines.push(
				[
					`• ${t(`news_${one.kind}`, detail)}`,
					...(words === undefined ? [] : [`  ${t('news_words', { words })}`]),
					`  ${publicUrl}${path}`,
				].join('\n'),
			);
		}
		const token = encodeURIComponent(tokens.tokenOf(personId));
		return {
			to: address.email,
			subject: t('letter_subject', { count: news.length }),
			text: [
				t('letter_hello', { name: address.name }),
				...lines,
				...(news.length > lines.length ? [t('letter_more', { count: news.length - lines.length })] : []),
				`${t('letter_why')}\n${publicUrl}/conseil/desabonner?jeton=${token}`,
			].join('\n\n'),
			unsubscribeUrl: `${publicUrl}/api/v1/council/follows/unsubscribe?token=${token}`,
		};
	}

	return {
		describe,

		async add(actor, given) {
			const personId = owner(actor);
			if (!personId) return refuse('council.sign_in_first');
			const input = parseInput(followInput, given);
			if (!input.ok) return input;
			const { kind, cadence } = input.value;
			const known = await describe(kind, input.value.subject);
			if (!known) return refuse('council.follow_unknown');
			const subject = kind === 'words' ? known.label : input.value.subject;
			const id = newId();
			const { rows } = await sql<{ id: string }>`
				INSERT INTO council.follow (id, person_id, kind, subject, cadence, created_at)
				SELECT ${id}, ${personId}::uuid, ${kind}, ${subject}, ${cadence}, ${context.now()}
				WHERE (SELECT count(*) FROM council.follow WHERE person_id = ${personId}) < ${mostFollows}
					OR EXISTS (SELECT FROM council.follow WHERE person_id = ${personId} AND kind = ${kind} AND subject = ${subject})
				ON CONFLICT (person_id, kind, subject) DO UPDATE SET cadence = excluded.cadence RETURNING id`.execute(
				db,
			);
			return rows[0] ? ok({ id: rows[0].id }) : refuse('council.too_many_follows', { most: mostFollows });
		},

		async list(actor) {
			const personId = owner(actor);
			if (!personId) return [];
			const rows = await db
				.selectFrom('council.follow')
				.selectAll()
				.where('person_id', '=', personId)
				.orderBy('created_at', 'desc')
				.orderBy('id')
				.execute();
			const follows: Follow[] = [];
			for (const row of rows) {
				const described = await describe(row.kind, row.subject);
				follows.push({
					id: row.id,
					kind: row.kind as FollowKind,
					subject: row.subject,
					label: described?.label ?? '',
					url: described?.url ?? '/conseil',
					cadence: row.cadence as FollowCadence,
					createdAt: row.created_at,
				});
			}
			return follows;
		},

		async remove(actor, id) {
			await sql`DELETE FROM council.follow WHERE id = ${asId(id)} AND person_id = ${asId(owner(actor))}`.execute(
				db,
			);
			return ok(null);
		},

		async unsubscribe(token) {
			const personId = tokens.personOf(token);
			if (!personId) return false;
			await db
				.updateTable('council.follow')
				.set({ cadence: 'never' })
				.where('person_id', '=', personId)
				.execute();
			return true;
		},

		async sendLetters(cadence) {
			const { rows: people } = await sql<{ person_id: string }>`
				SELECT DISTINCT person_id FROM council.follow WHERE cadence = ${cadence}
					AND EXISTS (SELECT FROM council.news WHERE happened_at >= follow.created_at
						AND happened_at > ${new Date(context.now().getTime() - newsDays * 86_400_000)})`.execute(db);
			const addresses = await identity.people.addresses(people.map(({ person_id }) => person_id));
			let sent = 0;
			for (const { person_id } of people) {
				const address = addresses.get(person_id);
				if (!address) continue;
				const due = await dueFor(person_id, cadence);
				if (!due.length) continue;
				await db.transaction().execute(async (trx) => {
					// What another worker tells at this moment is left to it.
					const { rows: mine } = await sql<{ news_id: string }>`
						INSERT INTO council.told (person_id, news_id)
						SELECT ${person_id}::uuid, id FROM unnest(${due.map(({ id }) => id)}::uuid[]) AS id
						ON CONFLICT DO NOTHING RETURNING news_id`.execute(trx);
					const told = new Set(mine.map(({ news_id }) => news_id));
					const news = due.filter(({ id }) => told.has(id));
					if (!news.length) return;
					await platform.mail.send(await letterTo(person_id, address, news), trx);
					sent++;
				});
			}
			return sent;
		},

		async feed(text, self, locale) {
			const t = (key: string, detail?: Record<string, string | number>) =>
				platform.messages.t(locale, `council.${key}`, detail);
			const [answer, settings] = await Promise.all([
				search.find({ text, pageSize: 50 }),
				town.settings.get(),
			]);
			return atomFeed(
				{
					title: t('feed_words', { words: answer.words.join(' ') }),
					author: settings.name,
					self: publicUrl + self,
					page: publicUrl + searchUrl(text),
					updated: context.now(),
				},
				answer.items
					.toSorted((a, b) => b.meeting.startsAt.getTime() - a.meeting.startsAt.getTime())
					.map(({ meeting, item, hits }) => ({
						id: item?.id ?? meeting.id,
						title: item ? `${item.title} (${meeting.body})` : meeting.title,
						summary: hits
							.map(
								({ speaker, excerpt }) =>
									`${speaker ? `${speaker} : ` : ''}${excerpt.map((one) => one.text).join('')}`,
							)
							.filter(Boolean)
							.join(' … '),
						at: meeting.startsAt,
						url: publicUrl + (hits[0]?.url ?? meeting.url),
					})),
				locale,
			);
		},
	};
}
