import { existsSync } from 'node:fs';
import { type Actor, asId, changing, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput, paths } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import type { DB } from '../tables.ts';
import { chromiumPath } from './capture.ts';
import { chaptersOf } from './chapters.ts';
import { createDestinations } from './destinations.ts';
import type { Programme, ProgrammeState, PushState, VideoState } from './face.ts';
import { ffmpegPath } from './packager.ts';
import { recordFile } from './record-file.ts';
import { readRecording } from './recording.ts';
import { ingestKey } from './secrets.ts';
import { readTape } from './tape.ts';

const startInput = z.object({
	source: z.enum(['room', 'rtmp', 'srt'], 'council.programme_source').optional(),
});
const automaticInput = z.object({ automatic: z.boolean() });

/** Of the meeting's recording, in the API. */
export const videoPath = (meetingId: string) => `/api/v1/meetings/${meetingId}/video`;

export function createProgramme(context: Context): Programme {
	const { db, platform } = context;
	const { config } = platform;

	/** One change by the desk, told to the keeper and written in the audit log. */
	async function byDesk(
		actor: Actor,
		meetingId: string,
		action: string,
		change: (trx: Transaction<DB>, meeting: { id: string; status: string }) => Promise<Result<null>>,
	): Promise<Result<null>> {
		if (!mayPrepare(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const { rows } = await sql<{ id: string; status: string }>`
				SELECT id, status FROM council.meeting WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
			const [meeting] = rows;
			if (!meeting) return refuse('council.meeting_unknown');
			const done = await change(trx, meeting);
			if (!done.ok) return done;
			await sql`SELECT pg_notify('council_meeting', ${meeting.id})`.execute(trx);
			await platform.audit.record(trx, {
				actor,
				action: `council.programme.${action}`,
				subject: `meeting:${meeting.id}`,
			});
			return ok(null);
		});
	}

	async function pushStates(meetingId: string): Promise<PushState[]> {
		const { rows } = await sql<PushState>`
			SELECT destination.id AS "destinationId", name, coalesce(state, 'waiting') AS state, problem,
				coalesce(failures, 0) AS failures, state_since AS since
			FROM council.destination LEFT JOIN council.push ON destination_id = destination.id AND meeting_id = ${meetingId}
			WHERE enabled OR state IS NOT NULL ORDER BY created_at`.execute(db);
		return rows;
	}

	return {
		async start(actor, meetingId, given = {}) {
			const input = parseInput(startInput, given);
			if (!input.ok) return input;
			return byDesk(actor, meetingId, 'start', async (trx, { id, status }) => {
				if (status !== 'convened' && status !== 'open')
					return refuse(status === 'draft' ? 'council.not_convened' : 'council.meeting_over');
				const missing = missingPrograms(input.value.source ?? 'room');
				if (missing.length) return refuse('council.programme_lacks', { programs: missing.join(', ') });
				const source = input.value.source ?? null;
				// A file made of what was recorded so far would lack what follows.
				await sql`
					INSERT INTO council.programme (meeting_id, wanted, source, state, state_since)
					VALUES (${id}, true, coalesce(${source}, 'room'), 'starting', now())
					ON CONFLICT (meeting_id) DO UPDATE SET wanted = true, ended_at = NULL, problem = NULL, problem_detail = NULL,
						source = coalesce(${source}, council.programme.source), mp4_key = NULL, mp4_bytes = NULL,
						state = CASE WHEN council.programme.wanted THEN council.programme.state ELSE 'starting' END,
						state_since = now()`.execute(trx);
				return ok(null);
			});
		},

		stop: (actor, meetingId) =>
			byDesk(actor, meetingId, 'stop', async (trx, { id }) => {
				// The keeper says the end once the last segment is kept.
				await sql`
					UPDATE council.programme SET wanted = false, ended_at = coalesce(ended_at, now())
					WHERE meeting_id = ${id} AND wanted`.execute(trx);
				return ok(null);
			}),

		async setAutomatic(actor, meetingId, given) {
			const input = parseInput(automaticInput, given);
			if (!input.ok) return input;
			return byDesk(actor, meetingId, 'automatic', async (trx, { id }) => {
				await sql`
					INSERT INTO council.programme (meeting_id, automatic, state_since)
					VALUES (${id}, ${input.value.automatic}, now())
					ON CONFLICT (meeting_id) DO UPDATE SET automatic = excluded.automatic`.execute(trx);
				return ok(null);
			});
		},

		async state(actor, meetingId): Promise<Result<ProgrammeState>> {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const id = asId(meetingId);
			const { rows } = await sql<Omit<ProgrammeState, 'destinations' | 'seconds' | 'ingest' | 'missing'>>`
				SELECT wanted, source, automatic, state, problem, problem_detail AS detail, state_since AS since
				FROM council.programme WHERE meeting_id = ${id}`.execute(db);
			const [destinations, tape] = await Promise.all([pushStates(id), readTape(db, id)]);
			const row = rows[0] ?? {
				wanted: false,
				source: 'room' as const,
				automatic: false,
				state: 'off' as const,
				problem: null,
				detail: null,
				since: null,
			};
			const key = ingestKey(config.secret, id);
			const host = new URL(config.publicUrl).hostname;
			const { rtmpPort, srtPort } = config.programme;
			return ok({
				...row,
				destinations,
				seconds: tape.reduce((sum, { seconds }) => sum + seconds, 0),
				ingest: {
					rtmpUrl: `rtmp://${host}:${rtmpPort}/live`,
					rtmpKey: key,
					srtUrl: `srt://${host}:${srtPort}?mode=caller&passphrase=${key}&pbkeylen=16`,
				},
				missing: missingPrograms(row.source),
			});
		},

		async video(meetingId): Promise<VideoState | null> {
			const id = asId(meetingId);
			const { rows } = await sql<{
				status: string;
				wanted: boolean | null;
				automatic: boolean | null;
				state: string | null;
				mp4_key: string | null;
				mp4_bytes: string | null;
				deleted_at: Date | null;
			}>`
				SELECT status, wanted, automatic, state, mp4_key, mp4_bytes, deleted_at
				FROM council.meeting LEFT JOIN council.programme ON meeting_id = meeting.id
				WHERE meeting.id = ${id} AND status <> 'draft'`.execute(db);
			const [row] = rows;
			if (!row) return null;
			const runs = row.deleted_at ? [] : await readTape(db, id);
			const tape = runs
				.filter(({ seconds }) => seconds > 0)
				.map(({ startedAt, seconds }) => ({ startedAt, seconds }));
			const some = tape.length > 0;
			const running = row.state === 'live' || row.state === 'card';
			return {
				status: row.deleted_at
					? 'deleted'
					: row.wanted
						? some
							? running
								? 'live'
								: 'interrupted'
							: 'soon'
						: some
							? 'replay'
							: row.automatic && row.status === 'convened'
								? 'soon'
								: 'none',
				seconds: tape.reduce((sum, { seconds }) => sum + seconds, 0),
				startedAt: tape[0]?.startedAt ?? null,
				card: row.wanted === true && row.state === 'card',
				playlist: some ? `${videoPath(id)}/master.m3u8` : null,
				mp4: row.mp4_key ? { path: `${videoPath(id)}/recording.mp4`, bytes: Number(row.mp4_bytes) } : null,
				tape,
			};
		},

		async videos(meetingIds) {
			const { rows } = await sql<{ id: string; live: boolean }>`
				SELECT meeting.id, coalesce(wanted, false) AS live
				FROM council.meeting LEFT JOIN council.programme ON meeting_id = meeting.id
				WHERE meeting.id = ANY(${meetingIds.map(asId)}::uuid[]) AND deleted_at IS NULL AND (wanted OR EXISTS (
					SELECT FROM council.run JOIN council.segment ON run_id = run.id WHERE run.meeting_id = meeting.id))`.execute(
				db,
			);
			return new Map(rows.map(({ id, live }) => [id, live ? 'live' : 'replay']));
		},

		async live() {
			const { rows } = await sql<{ slug: string; title: string; body: string }>`
				SELECT meeting.slug, title, body.name AS body
				FROM council.programme JOIN council.meeting ON meeting.id = meeting_id JOIN council.body ON body.id = body_id
				WHERE wanted AND state IN ('live', 'card') ORDER BY starts_at`.execute(db);
			return rows.map((row) => ({ ...row, url: paths.video(row.slug) }));
		},

		async chapters(meetingId) {
			const recording = await readRecording(db, asId(meetingId));
			return recording ? chaptersOf(recording.events, recording.tape, recording.names, recording.cards) : [];
		},

		async deleteRecording(actor, meetingId) {
			const keys: string[] = [];
			const done = await byDesk(actor, meetingId, 'delete_recording', async (trx, { id }) => {
				const { rows } = await sql<{ wanted: boolean; mp4_key: string | null }>`
					SELECT wanted, mp4_key FROM council.programme WHERE meeting_id = ${id}`.execute(trx);
				if (rows[0]?.wanted) return refuse('council.programme_runs');
				const { rows: files } = await sql<{ key: string }>`
					SELECT init_key AS key FROM council.run WHERE meeting_id = ${id}
					UNION ALL
					SELECT file_key FROM council.segment JOIN council.run ON run.id = run_id WHERE meeting_id = ${id}`.execute(
					trx,
				);
				keys.push(...files.map(({ key }) => key), ...(rows[0]?.mp4_key ? [rows[0].mp4_key] : []));
				await sql`DELETE FROM council.segment USING council.run WHERE run.id = run_id AND meeting_id = ${id}`.execute(
					trx,
				);
				await sql`DELETE FROM council.run WHERE meeting_id = ${id}`.execute(trx);
				await sql`
					INSERT INTO council.programme (meeting_id, state_since, deleted_at) VALUES (${id}, now(), now())
					ON CONFLICT (meeting_id) DO UPDATE SET deleted_at = now(), mp4_key = NULL, mp4_bytes = NULL`.execute(
					trx,
				);
				return ok(null);
			});
			if (done.ok) for (const key of keys) await platform.files.delete(key);
			return done;
		},

		recordFile: (meetingId, startedAt, ffmpegArgs) =>
			recordFile(context, asId(meetingId), startedAt, ffmpegArgs),
		destinations: createDestinations(context),
	};
}

function missingPrograms(source: string): string[] {
	const needed = { ffmpeg: ffmpegPath, ...(source === 'room' && { chromium: chromiumPath }) };
	return Object.entries(needed).flatMap(([name, path]) => (existsSync(path) ? [] : [name]));
}
