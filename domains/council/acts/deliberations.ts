import { type Actor, anonymous, asId, changing, ok, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { readerOf } from '../annexes/annex-rows.ts';
import { createAnnexes } from '../annexes/annexes.ts';
import { type Context, parseInput } from '../context.ts';
import { placeOf } from '../meeting-rows.ts';
import { mayPrepare } from '../policies.ts';
import { positionOf, readTape } from '../programme/tape.ts';
import { choices } from '../rules/majority.ts';
import { dayOf } from '../rules/notice.ts';
import { publishedUntil } from '../rules/publication.ts';
import { decisionsOf } from '../sessions/decisions.ts';
import { readSitting, type Sitting } from '../sitting.ts';
import type { DB } from '../tables.ts';
import { actDocument } from './act-document.ts';
import { aroundMeeting } from './act-sources.ts';
import { attendanceAt } from './attendance.ts';
import { type DeliberationRow, selectedDeliberation, shownDeliberation } from './deliberation-rows.ts';
import { electionLines } from './election-lines.ts';
import type { DeliberationDetail, Deliberations } from './face.ts';
import { matterOf, matters } from './matters.ts';
import { keptPdf } from './pdf/kept.ts';
import { showPublished } from './publishing.ts';
import { scdlRows } from './scdl.ts';
import {
	type Capacity,
	heldOn,
	keepScan,
	mineToSign,
	parseSignature,
	recordSignature,
	scanOf,
	signaturesOf,
	unsignedOf,
} from './signatures.ts';
import { blocksOf } from './text-blocks.ts';
import { transmissionOf } from './transmission.ts';

const mostPageSize = 100;

const changeInput = z.object({
	title: textInput(300, 'council.title_missing'),
	text: textInput(100_000, 'council.text_missing'),
	matterCode: z
		.string()
		.refine((code) => code === '' || matterOf(code) !== null, 'council.matter_invalid')
		.default(''),
	budgetYear: z
		.string()
		.regex(/^(\d{4}(\/\d{4})?)?$/, 'council.budget_year_invalid')
		.default(''),
	budgetName: textInput(160).default(''),
	placeId: z.uuid('council.place_unknown').nullable().default(null),
});
const receiptInput = z.object({
	receivedOn: z.iso.date('council.date_invalid'),
	acknowledgement: textInput(120).default(''),
});

/** The acts of the town: found, checked, signed, published, sent, and as open data. */
export function createDeliberations(context: Context): Deliberations {
	const { db, platform, town } = context;
	const annexes = createAnnexes(context);

	async function rowOf(
		from: Transaction<DB> | typeof db,
		reference: string,
	): Promise<DeliberationRow | null> {
		const { rows } = await sql<DeliberationRow>`${selectedDeliberation}
			WHERE deliberation.id = ${asId(reference)} OR number = ${reference}`.execute(from);
		return rows[0] ?? null;
	}

	/** Lock an act and read what it came of. */
	async function locked(
		trx: Transaction<DB>,
		id: string,
	): Promise<{ row: DeliberationRow; sitting: Sitting } | null> {
		const { rows } = await sql<{ id: string }>`SELECT id FROM council.deliberation WHERE id = ${asId(id)}
			FOR UPDATE`.execute(trx);
		const row = rows[0] ? await rowOf(trx, rows[0].id) : null;
		const sitting = row && (await readSitting(trx, row.meeting_id, context.now()));
		return row && sitting ? { row, sitting } : null;
	}

	async function publishOne(trx: Transaction<DB>, actor: Actor, id: string) {
		const found = await locked(trx, id);
		if (!found) return refuse('council.deliberation_unknown');
		if (found.row.published_at) return refuse('council.published_already');
		const unsigned = unsignedOf(found.sitting, await signaturesOf(trx, { deliberationId: found.row.id }));
		if (unsigned.length) return refuse('council.not_signed');
		await trx
			.updateTable('council.deliberation')
			.set({ published_at: context.now() })
			.where('id', '=', found.row.id)
			.execute();
		await showPublished(context, trx, found.row.id);
		await platform.events.publish(trx, 'council.deliberation.published', { deliberationId: found.row.id });
		await platform.audit.record(trx, {
			actor,
			action: 'council.deliberation.published',
			subject: `deliberation:${found.row.id}`,
		});
		return ok(null);
	}

	const actsOf = (trx: Transaction<DB>, meetingId: string) =>
		trx
			.selectFrom('council.deliberation')
			.select(['id', 'published_at'])
			.where('meeting_id', '=', asId(meetingId))
			.orderBy('number')
			.execute();

	async function detailOf(row: DeliberationRow, actor: Actor): Promise<DeliberationDetail | null> {
		const sitting = await readSitting(db, row.meeting_id, context.now());
		if (!sitting) return null;
		const decision = decisionsOf(sitting.state).find(({ itemId }) => itemId === row.item_id);
		const vote = decision?.vote;
		const round = decision?.election?.rounds.at(-1);
		const opened = sitting.events.find(
			(event) =>
				(event.kind === 'vote_opened' && event.data.voteId === vote?.id) ||
				(event.kind === 'round_opened' && event.data.roundId === round?.id),
		);
		const takenAt = sitting.state.taken.find(({ itemId }) => itemId === row.item_id)?.at;
		const [reader, signatures, documents, places, tape, item] = await Promise.all([
			readerOf(db, actor, { ...sitting.meeting }),
			signaturesOf(db, { deliberationId: row.id }),
			annexes.list(actor, row.meeting_id),
			row.place_id ? town.places.find([row.place_id]) : null,
			readTape(db, row.meeting_id),
			sql<{ rapporteur: string | null }>`SELECT seat.name AS rapporteur FROM council.item
				LEFT JOIN council.seat ON seat.id = rapporteur_id WHERE item.id = ${row.item_id}`.execute(db),
		]);
		const insider = reader === 'clerk' || reader === 'member';
		const act = shownDeliberation(row, placeOf(places?.get(row.place_id ?? '')), insider);
		const unsigned = unsignedOf(sitting, signatures);
		const name = (id: string) => sitting.seats.find((seat) => seat.id === id)?.name ?? '';
		const names = choices
			.map((choice) => ({
				choice,
				names: (vote?.ballots ?? []).filter((one) => one.choice === choice).map((one) => name(one.seatId)),
			}))
			.filter((one) => one.names.length);
		return {
			...act,
			blocks: blocksOf(act.text, 3),
			rapporteur: item.rows[0]?.rapporteur ?? null,
			method: vote?.method ?? '',
			casting: vote?.result?.casting ?? false,
			names: vote?.method === 'secret' ? [] : names,
			requestedBy: (vote?.requestedBy ?? []).map(name),
			election: decision?.election ? electionLines(decision.election) : [],
			corrections: vote?.corrections ?? [],
			attendance: attendanceAt(sitting, opened?.id, row.item_id),
			signatures,
			unsigned,
			annexes: documents.filter(({ itemId, withdrawnAt }) => itemId === row.item_id && !withdrawnAt),
			acknowledgement: row.acknowledgement,
			publishedUntil: row.published_at && publishedUntil(dayOf(row.published_at)),
			videoSeconds: takenAt ? positionOf(tape, takenAt) : null,
			may: { prepare: mayPrepare(actor), sign: mineToSign(sitting, actor, unsigned) },
		};
	}

	/** As anybody may read it: the document is the same for all once it is published. */
	async function documentOf(actor: Actor, number: string) {
		const row = await rowOf(db, number);
		const act = row && (await detailOf(row, row.published_at ? anonymous : actor));
		if (!row || !act || (!row.published_at && act.text === '' && !act.may.prepare)) return null;
		return { row, act, document: actDocument(act, await aroundMeeting(context, row.meeting_id)) };
	}

	return {
		matters,

		async list(query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 20)), mostPageSize);
			const text = query.text?.replaceAll('\0', '').toWellFormed().trim().slice(0, 200);
			const matter = /^\d(\.\d{1,2})?$/.test(query.matter ?? '') ? query.matter : undefined;
			const year =
				Number.isInteger(query.year) && Math.abs(query.year ?? 0) < 10_000 ? query.year : undefined;
			const narrowed = sql`WHERE true
				${query.meetingId === undefined ? sql`` : sql`AND meeting_id = ${asId(query.meetingId)}`}
				${query.bodyId === undefined ? sql`` : sql`AND body_id = ${asId(query.bodyId)}`}
				${query.placeId === undefined ? sql`` : sql`AND deliberation.place_id = ${asId(query.placeId)}`}
				${query.published ? sql`AND published_at IS NOT NULL` : sql``}
				${year === undefined ? sql`` : sql`AND extract(year FROM starts_at AT TIME ZONE 'Europe/Paris') = ${year}`}
				${matter === undefined ? sql`` : sql`AND (deliberation.matter_code = ${matter} OR deliberation.matter_code LIKE ${`${matter}.%`})`}
				${text ? sql`AND to_tsvector('town.french', deliberation.title || ' ' || CASE WHEN published_at IS NULL THEN '' ELSE deliberation.text END) @@ websearch_to_tsquery('town.french', ${text})` : sql``}`;
			const [{ rows }, { rows: counts }] = await Promise.all([
				sql<DeliberationRow>`${selectedDeliberation} ${narrowed} ORDER BY starts_at DESC, number
					LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM council.deliberation
					JOIN council.meeting ON meeting.id = meeting_id ${narrowed}`.execute(db),
			]);
			const places = await town.places.find(rows.flatMap(({ place_id }) => place_id ?? []));
			return {
				items: rows.map((row) => shownDeliberation(row, placeOf(places.get(row.place_id ?? '')))),
				total: counts[0]?.count ?? 0,
				page,
				pageSize,
			};
		},

		async years() {
			const { rows } = await sql<{ year: number }>`
				SELECT DISTINCT extract(year FROM starts_at AT TIME ZONE 'Europe/Paris')::int AS year
				FROM council.deliberation JOIN council.meeting ON meeting.id = meeting_id ORDER BY year DESC`.execute(
				db,
			);
			return rows.map(({ year }) => year);
		},

		async get(number, actor = anonymous) {
			const row = await rowOf(db, number);
			return row && detailOf(row, actor);
		},

		async change(actor, id, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(changeInput, given);
			if (!input.ok) return input;
			const { title, text, matterCode, budgetYear, budgetName, placeId } = input.value;
			return changing(db, async (trx) => {
				const found = await locked(trx, id);
				if (!found) return refuse('council.deliberation_unknown');
				if (found.row.published_at) return refuse('council.published_already');
				if ((await signaturesOf(trx, { deliberationId: found.row.id })).length)
					return refuse('council.signed_already');
				if (placeId !== null && !(await town.places.find([placeId])).has(placeId))
					return refuse('council.place_unknown');
				await trx
					.updateTable('council.deliberation')
					.set({
						title,
						text,
						matter_code: matterCode,
						budget_year: budgetYear,
						budget_name: budgetName,
						place_id: placeId,
					})
					.where('id', '=', found.row.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.deliberation.changed',
					subject: `deliberation:${found.row.id}`,
				});
				return ok(null);
			});
		},

		async sign(actor, id, given) {
			const input = parseSignature(given);
			if (!input.ok) return input;
			if (actor.kind === 'anonymous') return refuse('platform.not_allowed');
			const scan = mayPrepare(actor) ? await keepScan(context, input.value.scan) : ok(null);
			if (!scan.ok) return scan;
			const done = await changing(db, async (trx) => {
				const found = await locked(trx, id);
				return found
					? recordSignature(
							context,
							trx,
							actor,
							found.sitting,
							{ deliberationId: found.row.id },
							input.value,
							scan.value,
						)
					: refuse('council.deliberation_unknown');
			});
			if (!done.ok && scan.value) await platform.files.delete(scan.value);
			return done;
		},

		async signAll(actor, meetingId, signedOn) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseSignature({ capacity: 'chair', signedOn });
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				let signatures = 0;
				for (const { id } of await actsOf(trx, meetingId)) {
					const found = await locked(trx, id);
					if (!found) continue;
					const subject = { deliberationId: id };
					for (const capacity of unsignedOf(found.sitting, await signaturesOf(trx, subject))) {
						const given = { ...input.value, capacity: capacity as Capacity };
						const done = await recordSignature(context, trx, actor, found.sitting, subject, given, null);
						if (!done.ok) return done;
						signatures++;
					}
				}
				return ok({ signatures });
			});
		},

		async publish(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, (trx) => publishOne(trx, actor, id));
		},

		async publishAll(actor, meetingId) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				let published = 0;
				const waiting = (await actsOf(trx, meetingId)).filter((act) => !act.published_at);
				for (const { id } of waiting) if ((await publishOne(trx, actor, id)).ok) published++;
				return waiting.length && !published ? refuse('council.not_signed') : ok({ published });
			});
		},

		async receive(actor, id, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(receiptInput, given);
			if (!input.ok) return input;
			const { receivedOn, acknowledgement } = input.value;
			return changing(db, async (trx) => {
				const found = await locked(trx, id);
				if (!found) return refuse('council.deliberation_unknown');
				if (receivedOn > dayOf(context.now()) || receivedOn < heldOn(found.sitting))
					return refuse('council.received_on_invalid');
				await trx
					.updateTable('council.deliberation')
					.set({ received_on: receivedOn, acknowledgement })
					.where('id', '=', found.row.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.deliberation.received',
					subject: `deliberation:${found.row.id}`,
					detail: { receivedOn, acknowledgement },
				});
				return ok(null);
			});
		},

		async pdf(actor, number) {
			const found = await documentOf(actor, number);
			return found && keptPdf(context, `deliberation-${found.row.number}.pdf`, found.document);
		},

		async transmission(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const found = await documentOf(actor, id);
			if (!found) return refuse('council.deliberation_unknown');
			return transmissionOf(context, actor, found);
		},

		async scan(actor, signatureId) {
			const found = await scanOf(db, signatureId);
			if (!found) return null;
			const { rows } = await sql<{ public: boolean }>`SELECT
				EXISTS (SELECT FROM council.deliberation WHERE id = ${'deliberationId' in found.subject ? found.subject.deliberationId : null}::uuid
					AND published_at IS NOT NULL)
				OR EXISTS (SELECT FROM council.minutes WHERE meeting_id = ${'minutesId' in found.subject ? found.subject.minutesId : null}::uuid
					AND status = 'published') AS public`.execute(db);
			if (!rows[0]?.public && !mayPrepare(actor)) return null;
			const [kept, content] = await Promise.all([
				platform.files.stat(found.key),
				platform.files.get(found.key),
			]);
			return kept && content
				? { name: `signature-${signatureId}.pdf`, mediaType: 'application/pdf', bytes: kept.size, content }
				: null;
		},

		scdl: () => scdlRows(context),
	};
}
