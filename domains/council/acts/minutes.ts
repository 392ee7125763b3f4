import { type Actor, asId, changing, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { readerOf } from '../annexes/annex-rows.ts';
import { type Context, parseInput, paths } from '../context.ts';
import { mayPrepare } from '../policies.ts';
import { dayOf } from '../rules/notice.ts';
import { readSitting, type Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import { minutesDocument } from './act-document.ts';
import { aroundMeeting } from './act-sources.ts';
import type { Minutes, MinutesView } from './face.ts';
import { draftOf, readDrafting } from './minutes-draft.ts';
import { keptPdf } from './pdf/kept.ts';
import {
	heldOn,
	keepScan,
	mineToSign,
	parseSignature,
	recordSignature,
	signaturesOf,
	signers,
	unsignedOf,
} from './signatures.ts';
import { blocksOf } from './text-blocks.ts';

const saveInput = z.object({
	text: textInput(500_000, 'council.text_missing'),
	base: z.int().min(0).max(1_000_000).default(0),
});
const adoptionInput = z.object({
	adoptedInId: z.uuid('council.meeting_unknown').nullable().default(null),
	adoptedOn: z.iso.date('council.date_invalid').nullable().default(null),
});

interface MinutesRow {
	text: string;
	status: MinutesView['status'];
	version: number;
	updated_at: Date;
	saved_by: string | null;
	adopted_day: string | null;
	adopted_slug: string | null;
	adopted_title: string | null;
	adopted_starts_at: Date | null;
	published_at: Date | null;
}

/** Account of a meeting, from the draft to what is published for good (CGCT L2121-15). */
export function createMinutes(context: Context): Minutes {
	const { db, platform } = context;

	async function rowOf(from: Transaction<DB> | typeof db, meetingId: string): Promise<MinutesRow | null> {
		const { rows } = await sql<MinutesRow>`
			SELECT minutes.text, minutes.status, minutes.version, minutes.updated_at, saved_by, adopted_on::text AS adopted_day,
				other.slug AS adopted_slug, other.title AS adopted_title, other.starts_at AS adopted_starts_at, published_at
			FROM council.minutes LEFT JOIN council.meeting other ON other.id = adopted_in_id
			LEFT JOIN council.minutes_version kept ON kept.meeting_id = minutes.meeting_id AND kept.version = minutes.version
			WHERE minutes.meeting_id = ${asId(meetingId)}`.execute(from);
		return rows[0] ?? null;
	}

	/** Lock the minutes of a meeting. */
	async function locked(trx: Transaction<DB>, meetingId: string) {
		const { rows } =
			await sql`SELECT FROM council.minutes WHERE meeting_id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
		const row = rows.length ? await rowOf(trx, meetingId) : null;
		const sitting = row && (await readSitting(trx, meetingId, context.now()));
		return row && sitting ? { row, sitting } : null;
	}

	/** Change the status of minutes that the clerk keeps. */
	async function step(
		actor: Actor,
		meetingId: string,
		action: string,
		work: (trx: Transaction<DB>, row: MinutesRow, sitting: Sitting) => Promise<Result<null>>,
	): Promise<Result<null>> {
		if (!mayPrepare(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const found = await locked(trx, meetingId);
			if (!found) return refuse('council.minutes_missing');
			const done = await work(trx, found.row, found.sitting);
			if (!done.ok) return done;
			await platform.audit.record(trx, {
				actor,
				action: `council.minutes.${action}`,
				subject: `meeting:${meetingId}`,
			});
			return done;
		});
	}

	async function viewOf(actor: Actor, sitting: Sitting): Promise<MinutesView | null> {
		const row = await rowOf(db, sitting.meeting.id);
		if (!row) return null;
		const signatures = await signaturesOf(db, { minutesId: sitting.meeting.id });
		const unsigned = unsignedOf(sitting, signatures);
		const clerk = mayPrepare(actor);
		const mine = sitting.seats.find(
			({ personId }) => personId !== null && actor.kind === 'person' && personId === actor.id,
		)?.id;
		const signs = mine !== undefined && Object.values(signers(sitting)).includes(mine);
		if (row.status !== 'published' && !clerk && !signs) {
			const reader = await readerOf(db, actor, sitting.meeting);
			if (reader !== 'member' || row.status === 'draft') return null;
		}
		const versions = clerk
			? await db
					.selectFrom('council.minutes_version')
					.select(['version', 'saved_at as savedAt', 'saved_by as savedBy'])
					.where('meeting_id', '=', sitting.meeting.id)
					.orderBy('version', 'desc')
					.limit(50)
					.execute()
			: [];
		return {
			text: row.text,
			blocks: blocksOf(row.text),
			status: row.status,
			version: row.version,
			savedAt: row.updated_at,
			savedBy: row.saved_by ?? '',
			versions,
			adoptedOn: row.adopted_day,
			adoptedIn:
				row.adopted_slug && row.adopted_title && row.adopted_starts_at
					? { slug: row.adopted_slug, title: row.adopted_title, startsAt: row.adopted_starts_at }
					: null,
			publishedAt: row.published_at,
			signatures,
			unsigned,
			may: { prepare: clerk, sign: row.status === 'adopted' ? mineToSign(sitting, actor, unsigned) : [] },
		};
	}

	return {
		async get(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			return sitting && viewOf(actor, sitting);
		},

		async draft(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const sitting = await readSitting(db, asId(meetingId), context.now());
			if (sitting?.state.status !== 'closed') return refuse('council.not_closed');
			return ok({ text: draftOf(sitting, await readDrafting(context, sitting)) });
		},

		async save(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(saveInput, given);
			if (!input.ok) return input;
			const { text, base } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)}
					AND status = 'closed' FOR UPDATE`.execute(trx);
				if (!rows.length) return refuse('council.not_closed');
				const known = await rowOf(trx, meetingId);
				if (known && known.status !== 'draft') return refuse('council.minutes_adopted');
				// Who saved first is kept; the other is told whose text stands now.
				if ((known?.version ?? 0) !== base && known?.text !== text)
					return refuse('council.minutes_changed', {
						name: known?.saved_by || '–',
						version: known?.version ?? 0,
					});
				if (known && known.text === text) return ok({ version: known.version });
				const version = (known?.version ?? 0) + 1;
				const values = { text, version, updated_at: context.now() };
				await trx
					.insertInto('council.minutes')
					.values({ meeting_id: meetingId, ...values })
					.onConflict((conflict) => conflict.column('meeting_id').doUpdateSet(values))
					.execute();
				await trx
					.insertInto('council.minutes_version')
					.values({
						meeting_id: meetingId,
						version,
						text,
						saved_at: context.now(),
						saved_by: actor.displayName,
					})
					.execute();
				return ok({ version });
			});
		},

		async version(actor, meetingId, version) {
			if (!mayPrepare(actor)) return null;
			const row = await db
				.selectFrom('council.minutes_version')
				.select(['text', 'saved_by as savedBy'])
				.where('meeting_id', '=', asId(meetingId))
				.where('version', '=', version)
				.executeTakeFirst();
			return row ?? null;
		},

		async adopt(actor, meetingId, given) {
			const input = parseInput(adoptionInput, given);
			if (!input.ok) return input;
			const { adoptedInId, adoptedOn } = input.value;
			return step(actor, meetingId, 'adopted', async (trx, row, sitting) => {
				const { meeting } = sitting;
				if (row.status !== 'draft') return refuse('council.minutes_adopted');
				const { rows } = await sql<{ starts_at: Date }>`SELECT starts_at FROM council.meeting
					WHERE id = ${adoptedInId}::uuid AND body_id = ${meeting.body_id} AND starts_at > ${meeting.starts_at}
						AND status IN ('open', 'closed')`.execute(trx);
				const [next] = rows;
				if (adoptedInId !== null && !next) return refuse('council.adopted_elsewhere');
				const day = next ? dayOf(next.starts_at) : adoptedOn;
				if (!day) return refuse('council.date_invalid');
				if (day < heldOn(sitting) || day > dayOf(context.now())) return refuse('council.adopted_on_invalid');
				await trx
					.updateTable('council.minutes')
					.set({ status: 'adopted', adopted_in_id: adoptedInId, adopted_on: day })
					.where('meeting_id', '=', meeting.id)
					.execute();
				return ok(null);
			});
		},

		reopen: (actor, meetingId) =>
			step(actor, meetingId, 'reopened', async (trx, row, { meeting }) => {
				if (row.status !== 'adopted') return refuse('council.minutes_published');
				if ((await signaturesOf(trx, { minutesId: meeting.id })).length)
					return refuse('council.signed_already');
				await trx
					.updateTable('council.minutes')
					.set({ status: 'draft', adopted_in_id: null, adopted_on: null })
					.where('meeting_id', '=', meeting.id)
					.execute();
				return ok(null);
			}),

		async sign(actor, meetingId, given) {
			const input = parseSignature(given);
			if (!input.ok) return input;
			if (actor.kind === 'anonymous') return refuse('platform.not_allowed');
			const scan = mayPrepare(actor) ? await keepScan(context, input.value.scan) : ok(null);
			if (!scan.ok) return scan;
			const done = await changing(db, async (trx) => {
				const found = await locked(trx, meetingId);
				if (!found) return refuse('council.minutes_missing');
				if (found.row.status !== 'adopted') return refuse('council.minutes_not_adopted');
				const subject = { minutesId: found.sitting.meeting.id };
				return recordSignature(context, trx, actor, found.sitting, subject, input.value, scan.value);
			});
			if (!done.ok && scan.value) await platform.files.delete(scan.value);
			return done;
		},

		publish: (actor, meetingId) =>
			step(actor, meetingId, 'published', async (trx, row, sitting) => {
				const { meeting } = sitting;
				if (row.status === 'published') return refuse('council.minutes_published');
				if (row.status !== 'adopted') return refuse('council.minutes_not_adopted');
				if (unsignedOf(sitting, await signaturesOf(trx, { minutesId: meeting.id })).length)
					return refuse('council.not_signed');
				await trx
					.updateTable('council.minutes')
					.set({ status: 'published', published_at: context.now() })
					.where('meeting_id', '=', meeting.id)
					.execute();
				const url = paths.minutes(meeting.slug);
				await context.town.timeline.record(trx, {
					room: 'council',
					subject: `minutes:${meeting.id}`,
					placeId: null,
					happenedAt: context.now(),
					title: { fr: `Procès-verbal : ${meeting.title}`, en: `Minutes: ${meeting.title}` },
					url,
				});
				await context.town.search.index(trx, [
					{
						room: 'council',
						kind: 'minutes',
						id: meeting.id,
						title: `Procès-verbal : ${meeting.title}`,
						body: row.text,
						url,
						publishedAt: context.now(),
					},
				]);
				await platform.events.publish(trx, 'council.minutes.published', { meetingId: meeting.id });
				return ok(null);
			}),

		async pdf(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			const minutes = sitting && (await viewOf(actor, sitting));
			if (!minutes) return null;
			const { id, title, body, starts_at: startsAt, slug } = sitting.meeting;
			const around = await aroundMeeting(context, id);
			return keptPdf(
				context,
				`proces-verbal-${slug}.pdf`,
				minutesDocument(minutes, { title, body, startsAt }, around),
			);
		},
	};
}
