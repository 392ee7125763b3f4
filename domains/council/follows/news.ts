import { asId, newId } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { CouncilSearch } from '../search/face.ts';
import type { CouncilFollows } from './face.ts';

/** Note what letters tell of as it happens, and send them: at once, and in the morning. */
export function listenForNews(context: Context, search: CouncilSearch, follows: CouncilFollows): void {
	const { db, platform } = context;
	const { events, jobs } = platform;

	async function note(
		kind: 'convened' | 'deliberation' | 'minutes' | 'replay',
		subjectId: string,
	): Promise<void> {
		const meeting =
			kind === 'deliberation'
				? sql`SELECT meeting_id FROM council.deliberation WHERE id = ${asId(subjectId)} AND published_at IS NOT NULL`
				: kind === 'replay'
					? sql`SELECT DISTINCT meeting_id FROM council.run WHERE meeting_id = ${asId(subjectId)}`
					: sql`SELECT id AS meeting_id FROM council.meeting WHERE id = ${asId(subjectId)} AND status NOT IN ('draft', 'cancelled')`;
		await sql`INSERT INTO council.news (id, kind, subject_id, meeting_id, happened_at)
			SELECT ${newId()}, ${kind}, ${asId(subjectId)}, meeting_id, ${context.now()} FROM (${meeting}) AS found
			ON CONFLICT (kind, subject_id) DO NOTHING`.execute(db);
		// Words are followed by what search knows.
		await search.refresh();
		await follows.sendLetters('once');
	}

	events.subscribe<{ meetingId: string }>('council', 'council.meeting.convened', ({ payload }) =>
		note('convened', payload.meetingId),
	);
	events.subscribe<{ deliberationId: string }>('council', 'council.deliberation.published', ({ payload }) =>
		note('deliberation', payload.deliberationId),
	);
	events.subscribe<{ meetingId: string }>('council', 'council.minutes.published', ({ payload }) =>
		note('minutes', payload.meetingId),
	);
	// The live becomes the replay when the meeting closes, where there was one.
	events.subscribe<{ meetingId: string }>('council', 'council.meeting.closed', ({ payload }) =>
		note('replay', payload.meetingId),
	);
	// Words of a replay come in after its meeting.
	jobs.define('council.letters', { cron: '*/10 * * * *', retryLimit: 0 }, async () => {
		await follows.sendLetters('once');
	});
	jobs.define('council.digests', { cron: '30 7 * * *' }, async () => {
		await follows.sendLetters('daily');
	});
}
