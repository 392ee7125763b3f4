import { type Actor, asId, changing, ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, paths } from '../context.ts';
import { itemsOf, type MeetingRow, rowOf } from '../meeting-rows.ts';
import { mayPrepare } from '../policies.ts';
import { stepsAfter } from '../rules/after.ts';
import { dayOf } from '../rules/notice.ts';
import { readSitting } from '../sitting.ts';
import { listDocument } from './act-document.ts';
import { aroundMeeting } from './act-sources.ts';
import type { Acts, DeliberationList } from './face.ts';
import { keptPdf } from './pdf/kept.ts';
import { heldOn, mineToSign, signers } from './signatures.ts';

/** What comes after a meeting: the list of deliberations, and what is left to be done. */
export function createActs(context: Context): Acts {
	const { db, platform, town } = context;

	async function listOf(row: MeetingRow): Promise<DeliberationList> {
		const [sitting, items, acts] = await Promise.all([
			readSitting(db, row.id, context.now()),
			itemsOf(context, db, row.id, false),
			db
				.selectFrom('council.deliberation')
				.select(['item_id', 'number', 'adopted', 'votes_for', 'votes_against', 'abstentions'])
				.where('meeting_id', '=', row.id)
				.execute(),
		]);
		return {
			meeting: {
				id: row.id,
				slug: row.slug,
				title: row.title,
				startsAt: row.starts_at,
				body: row.body,
				place: row.place,
			},
			postedAt: row.list_posted_at,
			items: items
				.filter(({ kind }) => kind === 'deliberation')
				.map(({ id, number, title }) => {
					const act = acts.find((one) => one.item_id === id);
					return {
						number,
						title,
						putOff: sitting?.state.putOff.includes(id) ?? false,
						deliberation: act
							? {
									number: act.number,
									url: paths.deliberation(act.number),
									adopted: act.adopted,
									for: act.votes_for,
									against: act.votes_against,
									abstention: act.abstentions,
								}
							: null,
					};
				}),
		};
	}

	async function readable(actor: Actor, meeting: string): Promise<MeetingRow | null> {
		const row = await rowOf(db, meeting);
		return row?.status === 'closed' && (row.list_posted_at || mayPrepare(actor)) ? row : null;
	}

	return {
		async after(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const row = await rowOf(db, meetingId);
			const sitting = row && (await readSitting(db, row.id, context.now()));
			if (!row || sitting?.state.status !== 'closed') return refuse('council.not_closed');
			const wanted = Object.keys(signers(sitting)).length;
			const [{ rows: acts }, { rows: minutes }, { rows: next }] = await Promise.all([
				sql<{ signatures: number; published_at: Date | null; received: string | null }>`
					SELECT published_at, received_on::text AS received,
						(SELECT count(*)::int FROM council.signature WHERE deliberation_id = deliberation.id) AS signatures
					FROM council.deliberation WHERE meeting_id = ${row.id} ORDER BY number`.execute(db),
				sql<{ adopted: string | null; published_at: Date | null; signatures: number }>`
					SELECT adopted_on::text AS adopted, published_at,
						(SELECT count(*)::int FROM council.signature WHERE minutes_id = meeting_id) AS signatures
					FROM council.minutes WHERE meeting_id = ${row.id}`.execute(db),
				sql<{ starts_at: Date }>`SELECT starts_at FROM council.meeting WHERE body_id = ${row.body_id}
					AND starts_at > ${row.starts_at} AND status <> 'cancelled' ORDER BY starts_at LIMIT 1`.execute(db),
			]);
			const day = (at: Date | null | undefined) => (at ? dayOf(at) : null);
			const [written] = minutes;
			return ok(
				stepsAfter({
					heldOn: heldOn(sitting),
					listPostedOn: day(row.list_posted_at),
					transmits: row.body_kind !== 'committee',
					acts: acts.map((act) => ({
						signed: act.signatures >= wanted,
						publishedOn: day(act.published_at),
						receivedOn: act.received,
					})),
					minutes: written
						? {
								adoptedOn: written.adopted,
								signed: written.signatures >= wanted,
								publishedOn: day(written.published_at),
							}
						: null,
					nextOn: day(next[0]?.starts_at),
				}),
			);
		},

		async toSign(actor, meetingId) {
			const sitting = await readSitting(db, meetingId, context.now());
			if (sitting?.state.status !== 'closed') return [];
			const mine = mineToSign(sitting, actor, ['chair', 'secretary']);
			if (!mine.length) return [];
			const { id, slug, title } = sitting.meeting;
			const { rows: acts } = await sql<{
				number: string;
				title: string;
			}>`SELECT number, title FROM council.deliberation
				WHERE meeting_id = ${id} AND EXISTS (SELECT FROM unnest(${mine}::text[]) AS wanted(capacity)
					WHERE NOT EXISTS (SELECT FROM council.signature WHERE deliberation_id = deliberation.id
						AND signature.capacity = wanted.capacity)) ORDER BY number`.execute(db);
			const { rows: minutes } =
				await sql`SELECT FROM council.minutes WHERE meeting_id = ${id} AND status = 'adopted'
				AND EXISTS (SELECT FROM unnest(${mine}::text[]) AS wanted(capacity)
					WHERE NOT EXISTS (SELECT FROM council.signature WHERE minutes_id = ${id}
						AND signature.capacity = wanted.capacity))`.execute(db);
			return [
				...acts.map((act) => ({
					title: `${act.number} : ${act.title}`,
					url: paths.deliberation(act.number),
				})),
				...minutes.map(() => ({ title: `Procès-verbal : ${title}`, url: paths.minutes(slug) })),
			];
		},

		async list(actor, meeting) {
			const row = await readable(actor, meeting);
			return row && listOf(row);
		},

		async postList(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows } = await sql<{ id: string; slug: string; title: string }>`UPDATE council.meeting
					SET list_posted_at = ${context.now()} WHERE id = ${asId(meetingId)} AND status = 'closed'
						AND list_posted_at IS NULL RETURNING id, slug, title`.execute(trx);
				const [row] = rows;
				if (!row) return refuse('council.list_posted_already');
				await town.timeline.record(trx, {
					room: 'council',
					subject: `list:${row.id}`,
					placeId: null,
					happenedAt: context.now(),
					title: {
						fr: `Liste des délibérations : ${row.title}`,
						en: `List of deliberations: ${row.title}`,
					},
					url: paths.list(row.slug),
				});
				await platform.audit.record(trx, {
					actor,
					action: 'council.list.posted',
					subject: `meeting:${row.id}`,
				});
				return ok(null);
			});
		},

		async listPdf(actor, meeting) {
			const row = await readable(actor, meeting);
			if (!row) return null;
			const document = listDocument(await listOf(row), await aroundMeeting(context, row.id));
			return keptPdf(context, `liste-${row.slug}.pdf`, document);
		},
	};
}
