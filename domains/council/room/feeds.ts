import { createHash, randomBytes } from 'node:crypto';
import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput, paths } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import type { Feed, Video } from './face.ts';

const secretBytes = 24;
const mostFeeds = 40;

const hashOf = (secret: string) => createHash('sha256').update(`parvis feed\n${secret}`).digest();

const feedInput = z.object({
	kind: z.enum(['hall', 'interpreter', 'guest']),
	name: textInput(80, 'council.name_missing'),
});

interface Row {
	id: string;
	meeting_id: string;
	kind: Feed['kind'];
	name: string;
	speaks: boolean;
	created_at: Date;
}

const feedOf = ({ id, kind, name, speaks, created_at }: Row): Feed => ({
	id,
	kind,
	name,
	speaks,
	createdAt: created_at,
});

/** Links in force of a meeting. */
export async function feedsOf(from: Db, meetingId: string): Promise<Feed[]> {
	const { rows } = await sql<Row>`
		SELECT id, meeting_id, kind, name, speaks, created_at FROM council.feed
		WHERE meeting_id = ${meetingId} AND revoked_at IS NULL ORDER BY created_at, id`.execute(from);
	return rows.map(feedOf);
}

/** The feed that a link's secret opens in this meeting, null for none. */
export async function feedBySecret(from: Db, meetingId: string, secret: string): Promise<Feed | null> {
	const { rows } = await sql<Row>`
		SELECT id, meeting_id, kind, name, speaks, created_at FROM council.feed
		WHERE secret_hash = ${hashOf(secret)} AND meeting_id = ${meetingId} AND revoked_at IS NULL`.execute(from);
	return rows[0] ? feedOf(rows[0]) : null;
}

export function createFeeds({ db, platform, now }: Context): Video['feeds'] {
	const told = (trx: Db, meetingId: string) =>
		sql`SELECT pg_notify('council_meeting', ${meetingId})`.execute(trx);

	return {
		async list(actor, meetingId) {
			return mayPrepare(actor) ? ok(await feedsOf(db, asId(meetingId))) : refuse('platform.not_allowed');
		},

		async create(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(feedInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const { rows } = await sql<{ slug: string; status: string }>`
					SELECT slug, status FROM council.meeting WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
				const [meeting] = rows;
				if (!meeting) return refuse('council.meeting_unknown');
				if (meeting.status === 'closed' || meeting.status === 'cancelled')
					return refuse('council.meeting_over');
				if ((await feedsOf(trx, meetingId)).length >= mostFeeds) return refuse('council.too_many_links');
				const secret = randomBytes(secretBytes).toString('base64url');
				const id = newId();
				await trx
					.insertInto('council.feed')
					.values({
						id,
						meeting_id: meetingId,
						...input.value,
						secret_hash: hashOf(secret),
						created_at: now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.feed.create',
					subject: `meeting:${meetingId}`,
				});
				// In the fragment: browsers send it to no server, so no log holds it.
				return ok({ id, path: `${paths.room(meeting.slug)}#lien=${secret}` });
			});
		},

		async letSpeak(actor, feedId, speaks) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows } = await sql<{ meeting_id: string }>`
					UPDATE council.feed SET speaks = ${speaks}
					WHERE id = ${asId(feedId)} AND kind = 'guest' AND revoked_at IS NULL RETURNING meeting_id`.execute(
					trx,
				);
				if (!rows[0]) return refuse('council.link_unknown');
				await told(trx, rows[0].meeting_id);
				return ok(null);
			});
		},

		async revoke(actor, feedId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows } = await sql<{ meeting_id: string }>`
					UPDATE council.feed SET revoked_at = ${now()}
					WHERE id = ${asId(feedId)} AND revoked_at IS NULL RETURNING meeting_id`.execute(trx);
				if (!rows[0]) return refuse('council.link_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'council.feed.revoke',
					subject: `meeting:${rows[0].meeting_id}`,
				});
				await told(trx, rows[0].meeting_id);
				return ok(null);
			});
		},
	};
}
