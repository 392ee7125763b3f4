import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import { instantOf, readTape } from '../programme/tape.ts';
import type { DB } from '../tables.ts';
import type { Caption, Captions } from './face.ts';
import { type CaptionRow, captionColumns, shownCaption } from './rows.ts';

type Correction = Pick<Captions, 'change' | 'split' | 'merge' | 'remove' | 'add' | 'history' | 'redo'>;

const version = z.coerce.number().int().min(1).max(100_000);
const spoken = {
	text: textInput(1000, 'council.caption_empty'),
	seatId: z.uuid().nullable().default(null),
	speaker: textInput(120).default(''),
};
const changeInput = z.object({ version, ...spoken });
const splitInput = z.object({ version, at: z.coerce.number().int().min(1).max(1000) });
const versionInput = z.object({ version });
const addInput = z.object({
	...spoken,
	position: z.coerce.number().min(0).max(1_000_000),
	durationSeconds: z.coerce.number().min(0.5).max(60).default(3),
});

interface Line extends CaptionRow {
	meeting_id: string;
	removed: boolean;
}

/** How people correct what the machine heard. Every version stays. */
export function createCorrection(context: Context): Correction {
	const { db, identity } = context;

	async function read(trx: Transaction<DB>, captionId: string): Promise<Line | null> {
		const { rows } = await sql<Line>`SELECT ${captionColumns}, meeting_id, removed FROM council.caption
			LEFT JOIN council.seat ON seat.id = seat_id WHERE caption.id = ${asId(captionId)}`.execute(trx);
		return rows[0] ?? null;
	}

	async function shown(trx: Transaction<DB>, captionId: string): Promise<Caption> {
		const line = await read(trx, captionId);
		if (!line) throw new Error('a line of a transcript is missing');
		return shownCaption(line, await readTape(trx, line.meeting_id));
	}

	/** Work on a line as it was read, the line locked. */
	function correcting<Value>(
		captionId: string,
		expected: number,
		work: (trx: Transaction<DB>, line: Line) => Promise<Result<Value>>,
	): Promise<Result<Value>> {
		return changing(db, async (trx) => {
			await sql`SELECT FROM council.caption WHERE id = ${asId(captionId)} FOR UPDATE`.execute(trx);
			const line = await read(trx, captionId);
			if (!line) return refuse('council.caption_unknown');
			if (line.version === expected && !line.removed) return work(trx, line);
			const { rows } = await sql<{
				person: string | null;
			}>`SELECT replaced_by AS person FROM council.caption_version
				WHERE caption_id = ${line.id} ORDER BY version DESC LIMIT 1`.execute(trx);
			const person = rows[0]?.person;
			const names = person ? await identity.people.names([person]) : null;
			const name = (person && names?.get(person)) || '?';
			return line.removed
				? refuse('council.caption_removed', { name })
				: refuse('council.caption_changed', { name, text: line.text });
		});
	}

	/** Keep what stands, then have it replaced. */
	async function replace(
		trx: Transaction<DB>,
		actor: Actor,
		captionId: string,
		change: {
			text?: string;
			seat_id?: string | null;
			speaker?: string;
			duration_seconds?: number;
			removed?: boolean;
		},
	): Promise<void> {
		await sql`INSERT INTO council.caption_version
			(caption_id, version, starts_at, duration_seconds, text, seat_id, speaker, removed, replaced_at, replaced_by)
			SELECT id, version, starts_at, duration_seconds, text, seat_id, speaker, removed, ${context.now()}, ${actor.id}::uuid
			FROM council.caption WHERE id = ${captionId}`.execute(trx);
		await trx
			.updateTable('council.caption')
			.set((row) => ({ ...change, version: row('version', '+', 1) }))
			.where('id', '=', captionId)
			.execute();
	}

	/** The member or the name that a form gives; a member of another body is none. */
	async function whoSpoke(
		trx: Transaction<DB>,
		meetingId: string,
		given: { seatId: string | null; speaker: string },
	): Promise<Result<{ seat_id: string | null; speaker: string }>> {
		if (given.seatId === null) return ok({ seat_id: null, speaker: given.speaker });
		const { rows } = await sql`SELECT FROM council.seat JOIN council.meeting USING (body_id)
			WHERE seat.id = ${given.seatId} AND meeting.id = ${meetingId}`.execute(trx);
		return rows.length ? ok({ seat_id: given.seatId, speaker: '' }) : refuse('council.seat_unknown');
	}

	return {
		async change(actor, captionId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(changeInput, given);
			if (!input.ok) return input;
			return correcting(captionId, input.value.version, async (trx, line) => {
				const who = await whoSpoke(trx, line.meeting_id, input.value);
				if (!who.ok) return who;
				const text = input.value.text.replaceAll(/\s+/g, ' ');
				const same = text === line.text && who.value.seat_id === line.seat_id;
				if (!same || (line.seat_id === null && who.value.speaker !== line.speaker))
					await replace(trx, actor, line.id, { text, ...who.value });
				return ok(await shown(trx, line.id));
			});
		},

		async split(actor, captionId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(splitInput, given);
			if (!input.ok) return input;
			return correcting(captionId, input.value.version, async (trx, line) => {
				const before = line.text.slice(0, input.value.at).toWellFormed().trim();
				const after = line.text.slice(input.value.at).toWellFormed().trim();
				if (!before || !after) return refuse('council.caption_split');
				const seconds = (line.duration_seconds * before.length) / (before.length + after.length);
				await replace(trx, actor, line.id, { text: before, duration_seconds: seconds });
				await sql`INSERT INTO council.caption (id, meeting_id, starts_at, duration_seconds, text, seat_id, speaker, provider, version)
					SELECT ${newId()}, meeting_id, starts_at + ${seconds} * interval '1 second', ${line.duration_seconds - seconds}, ${after},
						seat_id, speaker, '', 2 FROM council.caption WHERE id = ${line.id}`.execute(trx);
				return ok(await shown(trx, line.id));
			});
		},

		async merge(actor, captionId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(versionInput, given);
			if (!input.ok) return input;
			return correcting(captionId, input.value.version, async (trx, line) => {
				const { rows } = await sql<{ id: string; starts_at: Date; duration_seconds: number; text: string }>`
					SELECT id, starts_at, duration_seconds, text FROM council.caption
					WHERE meeting_id = ${line.meeting_id} AND NOT removed AND (starts_at, id) > (${line.starts_at}, ${line.id}::uuid)
					ORDER BY starts_at, id LIMIT 1 FOR UPDATE`.execute(trx);
				const [next] = rows;
				if (!next) return refuse('council.caption_last');
				const seconds = (next.starts_at.getTime() - line.starts_at.getTime()) / 1000 + next.duration_seconds;
				if (line.text.length + next.text.length > 1000 || seconds > 60) return refuse('council.caption_long');
				await replace(trx, actor, line.id, { text: `${line.text} ${next.text}`, duration_seconds: seconds });
				await replace(trx, actor, next.id, { removed: true });
				return ok(await shown(trx, line.id));
			});
		},

		async remove(actor, captionId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(versionInput, given);
			if (!input.ok) return input;
			return correcting(captionId, input.value.version, async (trx, line) => {
				await replace(trx, actor, line.id, { removed: true });
				return ok(null);
			});
		},

		async add(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(addInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const at = instantOf(await readTape(trx, meetingId), input.value.position);
				if (!at) return refuse('council.not_recorded');
				const who = await whoSpoke(trx, asId(meetingId), input.value);
				if (!who.ok) return who;
				const id = newId();
				await trx
					.insertInto('council.caption')
					.values({
						id,
						meeting_id: meetingId,
						starts_at: at,
						duration_seconds: input.value.durationSeconds,
						text: input.value.text.replaceAll(/\s+/g, ' '),
						...who.value,
						version: 2,
					})
					.execute();
				return ok(await shown(trx, id));
			});
		},

		async history(actor, captionId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				version: number;
				text: string;
				speaker: string;
				removed: boolean;
				replacedAt: Date;
				replacedBy: string | null;
			}>`SELECT version, text, coalesce(seat.name, speaker) AS speaker, removed, replaced_at AS "replacedAt",
				replaced_by AS "replacedBy" FROM council.caption_version LEFT JOIN council.seat ON seat.id = seat_id
				WHERE caption_id = ${asId(captionId)} ORDER BY version DESC`.execute(db);
			return ok(rows);
		},

		async redo(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows } = await sql<{ status: string }>`SELECT status FROM council.meeting
					WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
				if (!rows.length) return refuse('council.meeting_unknown');
				if (rows[0]?.status === 'open') return refuse('council.still_open');
				await sql`DELETE FROM council.caption WHERE meeting_id = ${meetingId} AND version = 1`.execute(trx);
				const ofMeeting = sql`run_id IN (SELECT id FROM council.run WHERE meeting_id = ${meetingId})`;
				await sql`DELETE FROM council.caption_skip WHERE ${ofMeeting}`.execute(trx);
				await sql`DELETE FROM council.caption_progress WHERE ${ofMeeting}`.execute(trx);
				await sql`DELETE FROM council.captioning WHERE meeting_id = ${meetingId}`.execute(trx);
				await context.platform.audit.record(trx, {
					actor,
					action: 'council.transcript.redone',
					subject: `meeting:${meetingId}`,
				});
				return ok(null);
			});
		},
	};
}
