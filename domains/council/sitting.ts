import { asId } from '@parvis/platform';
import { sql } from 'kysely';
import { seatsOn } from './bodies.ts';
import type { Db } from './context.ts';
import type { BodyKind, Seat, SessionState } from './face.ts';
import { type Circumstances, type MeetingEvent, stateOf } from './record.ts';
import type { FloorRule } from './rules/floor.ts';
import { dayOf } from './rules/notice.ts';

export interface Sitting {
	meeting: {
		id: string;
		slug: string;
		title: string;
		body: string;
		body_kind: BodyKind;
		body_id: string;
		starts_at: Date;
		status: string;
	};
	seats: Seat[];
	items: { id: string; kind: string; title: string }[];
	events: MeetingEvent[];
	around: Circumstances;
	state: SessionState;
}

/** A meeting with its record, as it stands. Null when there is none. */
export async function readSitting(from: Db, meetingId: string, now: Date): Promise<Sitting | null> {
	const { rows } = await sql<
		Sitting['meeting'] & {
			remote_counts: boolean;
			second_of_id: string | null;
			urgent: boolean;
			floor_rule: FloorRule;
			speech_seconds: number | null;
			group_seconds: number | null;
			cuts_at_limit: boolean;
		}
	>`
		SELECT meeting.id, meeting.slug, meeting.title, body.name AS body, body.kind AS body_kind, body_id, starts_at, status,
			remote_counts, second_of_id, urgent, floor_rule, speech_seconds, group_seconds, cuts_at_limit
		FROM council.meeting JOIN council.body ON body.id = body_id
		WHERE meeting.id = ${asId(meetingId)} OR meeting.slug = ${meetingId}`.execute(from);
	const [meeting] = rows;
	if (!meeting) return null;
	const [seats, { rows: items }, { rows: events }, { rows: proxies }] = await Promise.all([
		seatsOn(from, [meeting.body_id], dayOf(meeting.starts_at)),
		sql<{ id: string; kind: string; title: string }>`
			SELECT id, kind, title FROM council.item WHERE meeting_id = ${meeting.id} ORDER BY position`.execute(
			from,
		),
		sql<{ id: string; at: Date; kind: string; data: unknown }>`
			SELECT id::text, at, kind, data FROM council.event WHERE meeting_id = ${meeting.id} ORDER BY event.id`.execute(
			from,
		),
		sql<{ giverId: string; holderId: string }>`
			SELECT giver_id AS "giverId", holder_id AS "holderId" FROM council.proxy
			WHERE meeting_id = ${meeting.id} AND revoked_at IS NULL`.execute(from),
	]);
	const around: Circumstances = {
		inOffice: seats.map(({ id }) => id),
		proxies,
		chairId: seats.find(({ role }) => role === 'chair')?.id ?? null,
		remoteCounts: meeting.remote_counts,
		needsQuorum: meeting.second_of_id === null,
		groups: Object.fromEntries(seats.map(({ id, party }) => [id, party])),
		urgent: meeting.urgent,
		floor: {
			rule: meeting.floor_rule,
			speechSeconds: meeting.speech_seconds,
			groupSeconds: meeting.group_seconds,
			cutsAtLimit: meeting.cuts_at_limit,
		},
	};
	const record = events as MeetingEvent[];
	return { meeting, seats, items, events: record, around, state: stateOf(record, around, now) };
}
