import { asId, changing, createUnsubscribeTokens, type Locale, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, takingPart } from './context.ts';
import type { Follows, NewsItem } from './face.ts';

const mostNewsShown = 100;
const mostInLetter = 30;
const day = 86_400_000;

interface NewsRow {
	id: string;
	subject_kind: NewsItem['subjectKind'];
	subject_id: string;
	happened_at: Date;
	title_fr: string;
	title_en: string;
	url: string;
}

/** What people follow, the digests they get of it, and the one click that ends them. */
export function createFollows(context: Context): Follows {
	const { db, platform, identity } = context;
	const { publicUrl, secret } = platform.config;

	const tokens = createUnsubscribeTokens(secret, 'participation');

	async function letterTo(
		personId: string,
		address: { email: string; name: string; locale: Locale },
		news: readonly NewsRow[],
	) {
		const t = (key: string, detail?: Record<string, string | number>) =>
			platform.messages.t(address.locale, `participation.${key}`, detail);
		const token = encodeURIComponent(tokens.tokenOf(personId));
		const lines = news
			.slice(0, mostInLetter)
			.map((one) => `• ${address.locale === 'fr' ? one.title_fr : one.title_en}\n  ${publicUrl}${one.url}`);
		const more = news.length - lines.length;
		return {
			to: address.email,
			subject: t('digest_subject', { count: news.length }),
			text: [
				t('digest_hello', { name: address.name }),
				lines.join('\n\n'),
				...(more > 0 ? [t('digest_more', { count: more })] : []),
				`${t('digest_why')}\n${publicUrl}/participer/desabonner?jeton=${token}`,
			].join('\n\n'),
			unsubscribeUrl: `${publicUrl}/api/v1/digests/unsubscribe?token=${token}`,
		};
	}

	return {
		async set(actor, subject, wanted) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			return changing(db, async (trx) => {
				const { rows } = await (subject.kind === 'call'
					? sql`SELECT FROM participation.call WHERE id = ${asId(subject.id)} AND status <> 'draft'`
					: subject.kind === 'idea'
						? sql`SELECT FROM participation.idea WHERE id = ${asId(subject.id)} AND status IN ('published', 'merged')`
						: sql`SELECT FROM participation.project WHERE id = ${asId(subject.id)}`
				).execute(trx);
				if (!rows.length) return refuse('participation.subject_unknown');
				if (wanted)
					await trx
						.insertInto('participation.follow')
						.values({
							person_id: person.value,
							subject_kind: subject.kind,
							subject_id: subject.id,
							created_at: context.now(),
						})
						.onConflict((conflict) => conflict.doNothing())
						.execute();
				else
					await trx
						.deleteFrom('participation.follow')
						.where('person_id', '=', person.value)
						.where('subject_kind', '=', subject.kind)
						.where('subject_id', '=', subject.id)
						.execute();
				return ok(null);
			});
		},

		async has(actor, subject) {
			const person = takingPart(actor);
			if (!person.ok) return false;
			const row = await db
				.selectFrom('participation.follow')
				.select('person_id')
				.where('person_id', '=', person.value)
				.where('subject_kind', '=', subject.kind)
				.where('subject_id', '=', asId(subject.id))
				.executeTakeFirst();
			return row !== undefined;
		},

		async news({ callId, subject, limit = 20 }) {
			const rows = await db
				.selectFrom('participation.news')
				.select(['id', 'subject_kind', 'subject_id', 'happened_at', 'title_fr', 'title_en', 'url'])
				.$if(callId !== undefined, (query) => query.where('call_id', '=', asId(callId ?? '')))
				.$if(subject !== undefined, (query) =>
					query
						.where('subject_kind', '=', subject?.kind ?? 'call')
						.where('subject_id', '=', asId(subject?.id ?? '')),
				)
				.orderBy('happened_at', 'desc')
				.orderBy('id', 'desc')
				.limit(Math.min(limit, mostNewsShown))
				.execute();
			return rows.map((row) => ({
				id: row.id,
				subjectKind: row.subject_kind as NewsItem['subjectKind'],
				subjectId: row.subject_id,
				happenedAt: row.happened_at,
				title: { fr: row.title_fr, en: row.title_en },
				url: row.url,
			}));
		},

		async preference(actor) {
			const person = takingPart(actor);
			if (!person.ok) return 'never';
			const row = await db
				.selectFrom('participation.digest')
				.select('frequency')
				.where('person_id', '=', person.value)
				.executeTakeFirst();
			return (row?.frequency as 'daily' | undefined) ?? 'daily';
		},

		async setPreference(actor, frequency) {
			const person = takingPart(actor);
			if (!person.ok) return person;
			// Coming back does not bring what happened in between.
			await db
				.insertInto('participation.digest')
				.values({ person_id: person.value, frequency, sent_until: context.now() })
				.onConflict((conflict) =>
					conflict.column('person_id').doUpdateSet({
						frequency,
						sent_until: sql<Date>`CASE WHEN digest.frequency = 'never' THEN ${context.now()} ELSE digest.sent_until END`,
					}),
				)
				.execute();
			return ok(null);
		},

		async unsubscribe(token) {
			const personId = tokens.personOf(token);
			if (!personId) return false;
			await db
				.insertInto('participation.digest')
				.values({ person_id: personId, frequency: 'never', sent_until: context.now() })
				.onConflict((conflict) => conflict.column('person_id').doUpdateSet({ frequency: 'never' }))
				.execute();
			return true;
		},

		async sendDigests(now = context.now()) {
			// News of this minute may be on its way into the database: the next letter has it.
			const until = new Date(now.getTime() - 60_000);
			const { rows: people } = await sql<{ person_id: string; since: Date }>`
				SELECT followed.person_id, coalesce(digest.sent_until, followed.since) AS since
				FROM (SELECT person_id, min(created_at) AS since FROM participation.follow GROUP BY person_id) AS followed
				LEFT JOIN participation.digest USING (person_id)
				WHERE coalesce(digest.frequency, 'daily') <> 'never'
					AND (coalesce(digest.frequency, 'daily') = 'daily'
						OR coalesce(digest.sent_until, followed.since) <= ${new Date(now.getTime() - 6.5 * day)})`.execute(
				db,
			);
			const addresses = await identity.people.addresses(people.map(({ person_id }) => person_id));
			let sent = 0;
			for (const { person_id, since } of people) {
				const address = addresses.get(person_id);
				if (!address) continue;
				const told = await db.transaction().execute(async (trx) => {
					// Of a followed call its own steps and its projects'; not each of its ideas.
					const { rows: news } = await sql<NewsRow>`
						SELECT DISTINCT ON (happened_at, id) news.id, subject_kind, subject_id, happened_at, title_fr, title_en, url
						FROM participation.news
						WHERE happened_at > ${since} AND happened_at <= ${until} AND NOT told AND EXISTS (
							SELECT FROM participation.follow WHERE person_id = ${person_id} AND follow.created_at <= happened_at
								AND ((follow.subject_kind = news.subject_kind AND follow.subject_id = news.subject_id)
									OR (follow.subject_kind = 'call' AND follow.subject_id = news.call_id
										AND news.subject_kind <> 'idea')))
						ORDER BY happened_at, id LIMIT 500`.execute(trx);
					const moved = await trx
						.insertInto('participation.digest')
						.values({ person_id, sent_until: until })
						.onConflict((conflict) =>
							conflict
								.column('person_id')
								.doUpdateSet({ sent_until: until })
								.where('participation.digest.sent_until', '<', until),
						)
						.returning('person_id')
						.executeTakeFirst();
					// Another worker was here first.
					if (!moved || !news.length) return false;
					await platform.mail.send(await letterTo(person_id, address, news), trx);
					return true;
				});
				if (told) sent++;
			}
			return sent;
		},
	};
}
