import { anonymous, asId } from '@parvis/platform';
import { sql } from 'kysely';
import { createChannels } from '../channels.ts';
import type { Context } from '../context.ts';
import type { Meetings } from '../face.ts';
import type { Captioner } from './captioner.ts';
import { clipOf } from './clip.ts';
import { createCorrection } from './correction.ts';
import type { Caption, CaptionStatus, Captions } from './face.ts';
import { formatTranscript } from './formats.ts';
import { readCaptions } from './rows.ts';

const mostListeners = 5000;
/** Sent to who follows a live: enough to mend what a player has just shown. */
const newestLines = 12;
/** Live captions wait for a pause: so much is no backlog. */
const pendingSlackSeconds = 20;

/** What was said in meetings: read, followed, corrected. */
export function createCaptions(
	context: Context,
	meetings: Pick<Meetings, 'get'>,
	engine: { provider: string | null; captioner: Captioner | null },
): Captions & { refresh(meetingId: string | null): void } {
	const { db, platform } = context;
	const channels = createChannels<Caption[]>(platform.log, mostListeners, (meetingId) =>
		readCaptions(db, meetingId, { newest: newestLines }),
	);

	async function status(meetingId: string): Promise<CaptionStatus> {
		const { rows } = await sql<{
			lines: number;
			corrected: number;
			recorded: number;
			pending: number;
			error: string | null;
			delay: number | null;
		}>`
			WITH tape AS (
				SELECT run.id, coalesce(finished, false) AS finished, coalesce(until_seconds, 0) AS done,
					(SELECT coalesce(max(starts_at_seconds + duration_seconds), 0) FROM council.segment WHERE run_id = run.id) AS recorded
				FROM council.run LEFT JOIN council.caption_progress ON run_id = run.id WHERE meeting_id = ${asId(meetingId)})
			SELECT (SELECT coalesce(sum(recorded), 0) FROM tape) AS recorded,
				(SELECT coalesce(sum(greatest(0, recorded - done)) FILTER (WHERE NOT finished), 0) FROM tape)
					+ (SELECT coalesce(sum(until_seconds - from_seconds), 0) FROM council.caption_skip
						WHERE run_id IN (SELECT id FROM tape)) AS pending,
				(SELECT count(*)::int FROM council.caption WHERE meeting_id = ${asId(meetingId)} AND NOT removed) AS lines,
				(SELECT count(*)::int FROM council.caption WHERE meeting_id = ${asId(meetingId)} AND NOT removed
					AND (version > 1 OR provider = '')) AS corrected,
				(SELECT error FROM council.captioning WHERE meeting_id = ${asId(meetingId)}) AS error,
				(SELECT delay_seconds FROM council.captioning WHERE meeting_id = ${asId(meetingId)}) AS delay`.execute(
			db,
		);
		const row = rows[0];
		const [lines, pending, error] = [row?.lines ?? 0, row?.pending ?? 0, row?.error ?? ''];
		const state = !engine.provider
			? lines
				? 'complete'
				: 'none'
			: error
				? 'failing'
				: !row?.recorded
					? 'waiting'
					: pending > pendingSlackSeconds
						? 'working'
						: 'complete';
		return {
			provider: engine.provider,
			state,
			lines,
			corrected: row?.corrected ?? 0,
			pendingSeconds: pending,
			delaySeconds: row?.delay ?? null,
			error,
		};
	}

	return {
		status,
		list: (meetingId, query) => readCaptions(db, meetingId, query),
		async file(reference, format) {
			const meeting = await meetings.get(anonymous, reference);
			if (!meeting) return null;
			return formatTranscript(await readCaptions(db, meeting.id), format);
		},
		follow: (meetingId, { captions, end }) => channels.follow(meetingId, { value: captions, end }),
		close: channels.close,
		refresh: channels.refresh,
		...createCorrection(context),
		clip: (actor, meetingId, position, seconds) => clipOf(context, actor, meetingId, position, seconds),
		async advance(meetingId) {
			await engine.captioner?.advance(meetingId);
		},
	};
}
