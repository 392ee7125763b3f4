import { createHash, randomBytes } from 'node:crypto';
import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { publicSeat, seatsOn } from './bodies.ts';
import { calendarOf } from './calendar.ts';
import { type Context, type Db, parseInput, paths } from './context.ts';
import type { Item, LegalCheck, Meeting, MeetingSummary, Meetings, Seat } from './face.ts';
import { mayPrepare } from './policies.ts';
import { clearDays, dayOf, needsSynthesis, noticeDays } from './rules/notice.ts';
import { meetingsInARow, mostMeetingsInARow } from './rules/proxies.ts';
import { secondMeetingDays } from './rules/quorum.ts';
import { slugFor } from './slugs.ts';
import type { DB } from './tables.ts';

const mostPageSize = 100;
const tokenBytes = 24;
const day = 86_400_000;

const meetingInput = z.object({
	bodyId: z.uuid('council.body_unknown'),
	title: textInput(160, 'council.title_missing'),
	startsAt: z.date('council.date_invalid'),
	place: textInput(200).default(''),
	urgent: z.boolean().default(false),
	synthesis: textInput(50_000).default(''),
	secondOfId: z.uuid().nullable().default(null),
});
const itemInput = z.object({
	kind: z.enum(['deliberation', 'information', 'question']),
	title: textInput(300, 'council.title_missing'),
	rapporteurId: z.uuid().nullable().default(null),
	draft: textInput(100_000).default(''),
	matterCode: z
		.string()
		.regex(/^(\d(\.\d{1,2}){0,2})?$/, 'council.matter_invalid')
		.default(''),
	public: z.boolean().default(true),
});

interface Row {
	id: string;
	slug: string;
	title: string;
	body: string;
	body_id: string;
	body_kind: string;
	inhabitants: number;
	starts_at: Date;
	place: string;
	status: MeetingSummary['status'];
	urgent: boolean;
	synthesis: string;
	second_of_id: string | null;
	convened_at: Date | null;
}

const selected = sql`SELECT meeting.*, body.name AS body, body.kind AS body_kind, body.inhabitants
	FROM council.meeting JOIN council.body ON body.id = meeting.body_id`;

const summaryOf = (row: Row): MeetingSummary => ({
	id: row.id,
	slug: row.slug,
	title: row.title,
	body: row.body,
	bodyId: row.body_id,
	startsAt: row.starts_at,
	place: row.place,
	status: row.status,
	url: paths.meeting(row.slug),
});

const hashOf = (token: string) => createHash('sha256').update(`parvis convocation\n${token}`).digest();

/** Meetings before they open: prepared, checked against the law, convened. */
export function createMeetings(context: Context): Meetings {
	const { db, platform, identity, town } = context;

	async function rowOf(from: Db, reference: string): Promise<Row | null> {
		const { rows } =
			await sql<Row>`${selected} WHERE meeting.slug = ${reference} OR meeting.id = ${asId(reference)}`.execute(
				from,
			);
		return rows[0] ?? null;
	}

	async function itemsOf(from: Db, meetingId: string, insider: boolean): Promise<Item[]> {
		const { rows } = await sql<{
			id: string;
			position: number;
			kind: Item['kind'];
			title: string;
			rapporteur_id: string | null;
			rapporteur: string | null;
			draft: string;
			matter_code: string;
			public: boolean;
			number: string | null;
			adopted: boolean | null;
		}>`
			SELECT item.*, seat.name AS rapporteur, deliberation.number, deliberation.adopted FROM council.item
			LEFT JOIN council.seat ON seat.id = item.rapporteur_id
			LEFT JOIN council.deliberation ON deliberation.item_id = item.id
			WHERE item.meeting_id = ${meetingId} ORDER BY item.position`.execute(from);
		return rows.map((row, n) => ({
			id: row.id,
			position: n + 1,
			kind: row.kind,
			title: row.title,
			rapporteurId: row.rapporteur_id,
			rapporteur: row.rapporteur,
			draft: row.public || insider ? row.draft : '',
			matterCode: row.matter_code,
			public: row.public,
			deliberation: row.number !== null ? { number: row.number, adopted: row.adopted ?? false } : null,
		}));
	}

	const holdsSeat = (actor: Actor, seats: readonly Seat[]) =>
		actor.kind === 'person' && actor.id !== null && seats.some(({ personId }) => personId === actor.id);

	async function full(row: Row, actor: Actor, insider = false): Promise<Meeting | null> {
		const seats = await seatsOn(db, [row.body_id], dayOf(row.starts_at));
		const clerk = mayPrepare(actor);
		const inside = insider || clerk || holdsSeat(actor, seats);
		if (row.status === 'draft' && !clerk) return null;
		const minutes = await db
			.selectFrom('council.minutes')
			.select(['text', 'status', 'published_at'])
			.where('meeting_id', '=', row.id)
			.executeTakeFirst();
		return {
			...summaryOf(row),
			urgent: row.urgent,
			secondOfId: row.second_of_id,
			synthesis: inside ? row.synthesis : '',
			convenedAt: row.convened_at,
			items: await itemsOf(db, row.id, inside),
			seats: seats.map(({ bodyId: _, ...seat }) => (clerk ? seat : publicSeat(seat))),
			minutes:
				minutes && (clerk || minutes.status === 'published')
					? {
							text: minutes.text,
							status: minutes.status as 'draft' | 'published',
							publishedAt: minutes.published_at,
						}
					: null,
		};
	}

	/** What the law asks before the convocation goes out, at an instant. */
	async function checksOf(from: Db, row: Row, now: Date): Promise<Omit<LegalCheck, 'text'>[]> {
		const kind = { kind: row.body_kind, inhabitants: row.inhabitants };
		const wanted = noticeDays(kind, row.urgent);
		const seats = await seatsOn(from, [row.body_id], dayOf(row.starts_at));
		const addresses = await identity.people.addresses(seats.flatMap(({ personId }) => personId ?? []));
		const unreachable = seats.filter(({ email, personId }) => !email && !addresses.has(personId ?? ''));
		const { rows } = await sql<{ items: number; first: Date | null }>`
			SELECT (SELECT count(*)::int FROM council.item WHERE meeting_id = ${row.id}) AS items,
				(SELECT starts_at FROM council.meeting WHERE id = ${row.second_of_id}) AS first`.execute(from);
		const [facts] = rows;
		const article =
			row.body_kind === 'community'
				? 'CGCT L5211-1, L2121-12'
				: row.inhabitants >= 3500
					? 'CGCT L2121-12'
					: 'CGCT L2121-11';
		return [
			{ name: 'agenda', ok: (facts?.items ?? 0) > 0, blocking: true, article: 'CGCT L2121-10' },
			...(wanted
				? [
						{
							name: 'notice',
							ok: clearDays(now, row.starts_at) >= wanted,
							blocking: true,
							article,
						},
					]
				: []),
			...(needsSynthesis(kind)
				? [{ name: 'synthesis', ok: row.synthesis !== '', blocking: true, article: 'CGCT L2121-12' }]
				: []),
			...(row.urgent ? [{ name: 'urgency', ok: false, blocking: false, article }] : []),
			...(facts?.first
				? [
						{
							name: 'second',
							ok: row.starts_at.getTime() - facts.first.getTime() >= secondMeetingDays * day,
							blocking: true,
							article: 'CGCT L2121-17',
						},
					]
				: []),
			{ name: 'recipients', ok: unreachable.length === 0, blocking: false, article: 'CGCT L2121-10' },
		];
	}

	async function prepared(
		trx: Transaction<DB>,
		id: string,
		statuses: readonly string[],
	): Promise<Result<{ row: Row }>> {
		const { rows } = await sql<{
			id: string;
		}>`SELECT id FROM council.meeting WHERE id = ${asId(id)} FOR UPDATE`.execute(trx);
		const row = rows[0] ? await rowOf(trx, rows[0].id) : null;
		if (!row) return refuse('council.meeting_unknown');
		return statuses.includes(row.status) ? ok({ row }) : refuse('council.meeting_begun');
	}

	/** Something an item needs: its meeting not begun, and the right to prepare it. */
	async function withItem(
		actor: Actor,
		itemId: string,
		work: (
			trx: Transaction<DB>,
			item: { id: string; position: number; kind: string },
			row: Row,
		) => Promise<Result<null>>,
	): Promise<Result<null>> {
		if (!mayPrepare(actor)) return refuse('platform.not_allowed');
		return changing(db, async (trx) => {
			const { rows } = await sql<{ id: string; meeting_id: string; position: number; kind: string }>`
				SELECT id, meeting_id, position, kind FROM council.item WHERE id = ${asId(itemId)}`.execute(trx);
			const [item] = rows;
			if (!item) return refuse('council.item_unknown');
			const meeting = await prepared(trx, item.meeting_id, ['draft', 'convened']);
			return meeting.ok ? work(trx, item, meeting.value.row) : meeting;
		});
	}

	/** Once convened the agenda is what it was: nothing may be added to be voted, or taken away (CGCT L2121-10, L2121-12). */
	const agendaStands = (row: Row, kind: string) => row.status === 'convened' && kind === 'deliberation';

	async function proxiesOf(meetingId: string) {
		const { rows } = await sql<{
			id: string;
			giverId: string;
			giver: string;
			holderId: string;
			holder: string;
			ill: boolean;
		}>`
			SELECT proxy.id, giver_id AS "giverId", giver.name AS giver, holder_id AS "holderId", holder.name AS holder, ill
			FROM council.proxy JOIN council.seat giver ON giver.id = giver_id JOIN council.seat holder ON holder.id = holder_id
			WHERE meeting_id = ${asId(meetingId)} AND revoked_at IS NULL ORDER BY giver.name`.execute(db);
		return rows;
	}

	return {
		async list(actor, query = {}) {
			const page = Math.max(1, Math.trunc(query.page ?? 1));
			const pageSize = Math.min(Math.max(1, Math.trunc(query.pageSize ?? 20)), mostPageSize);
			const narrowed = sql`WHERE (meeting.status <> 'draft' OR ${mayPrepare(actor)})
				${query.bodyId === undefined ? sql`` : sql`AND body_id = ${asId(query.bodyId)}`}`;
			const [{ rows }, { rows: counts }] = await Promise.all([
				sql<Row>`${selected} ${narrowed} ORDER BY starts_at DESC, meeting.id
					LIMIT ${pageSize} OFFSET ${(page - 1) * pageSize}`.execute(db),
				sql<{ count: number }>`SELECT count(*)::int AS count FROM council.meeting ${narrowed}`.execute(db),
			]);
			return { items: rows.map(summaryOf), total: counts[0]?.count ?? 0, page, pageSize };
		},

		async get(actor, reference) {
			const row = await rowOf(db, reference);
			return row ? full(row, actor) : null;
		},

		async create(actor, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(meetingInput, given);
			if (!input.ok) return input;
			const { bodyId, title, startsAt, place, urgent, synthesis, secondOfId } = input.value;
			return changing(db, async (trx) => {
				const { rows } = await sql`SELECT FROM council.body WHERE id = ${bodyId}`.execute(trx);
				if (!rows.length) return refuse('council.body_unknown');
				const id = newId();
				const slug = await slugFor(trx, 'council.meeting', `${title} ${dayOf(startsAt)}`);
				await trx
					.insertInto('council.meeting')
					.values({
						id,
						body_id: bodyId,
						slug,
						title,
						starts_at: startsAt,
						place,
						urgent,
						synthesis,
						second_of_id: secondOfId,
						created_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.created',
					subject: `meeting:${id}`,
				});
				return ok({ id, slug });
			});
		},

		async change(actor, id, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(meetingInput.omit({ bodyId: true }), given);
			if (!input.ok) return input;
			const { title, startsAt, place, urgent, synthesis, secondOfId } = input.value;
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				// Who was convened for one hour cannot be expected at another.
				const { row } = meeting.value;
				if (row.status === 'convened' && startsAt.getTime() !== row.starts_at.getTime())
					return refuse('council.convened_already');
				await trx
					.updateTable('council.meeting')
					.set({ title, starts_at: startsAt, place, urgent, synthesis, second_of_id: secondOfId })
					.where('id', '=', row.id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.changed',
					subject: `meeting:${id}`,
				});
				return ok(null);
			});
		},

		async cancel(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				await sql`UPDATE council.meeting SET status = 'cancelled' WHERE id = ${id}`.execute(trx);
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.cancelled',
					subject: `meeting:${id}`,
				});
				return ok(null);
			});
		},

		async checks(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const row = await rowOf(db, id);
			if (!row) return refuse('council.meeting_unknown');
			const now = row.convened_at ?? context.now();
			const detail = {
				days: noticeDays({ kind: row.body_kind, inhabitants: row.inhabitants }, row.urgent),
				given: clearDays(now, row.starts_at),
			};
			return ok(
				(await checksOf(db, row, now)).map((check) => ({
					...check,
					text: platform.messages.t('fr', `council.check_${check.name}_${check.ok ? 'ok' : 'wrong'}`, detail),
				})),
			);
		},

		async convene(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, id, ['draft']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				const now = context.now();
				const wrong = (await checksOf(trx, row, now)).find((check) => check.blocking && !check.ok);
				if (wrong)
					return refuse(`council.check_${wrong.name}_wrong`, {
						days: noticeDays({ kind: row.body_kind, inhabitants: row.inhabitants }, row.urgent),
						given: clearDays(now, row.starts_at),
					});
				await trx
					.updateTable('council.meeting')
					.set({ status: 'convened', convened_at: now })
					.where('id', '=', row.id)
					.execute();
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				const accounts = await identity.people.addresses(seats.flatMap(({ personId }) => personId ?? []));
				const items = await itemsOf(trx, row.id, true);
				const when = row.starts_at.toLocaleString('fr-FR', {
					timeZone: 'Europe/Paris',
					dateStyle: 'full',
					timeStyle: 'short',
				});
				let letters = 0;
				for (const seat of seats) {
					const address = seat.email ?? accounts.get(seat.personId ?? '')?.email;
					if (!address) continue;
					const token = randomBytes(tokenBytes).toString('base64url');
					await trx
						.insertInto('council.convocation')
						.values({ meeting_id: row.id, seat_id: seat.id, token_hash: hashOf(token), sent_at: now })
						.execute();
					await platform.mail.send(
						{
							to: address,
							subject: platform.messages.t('fr', 'council.convocation_subject', { body: row.body, when }),
							text: platform.messages.t('fr', 'council.convocation_text', {
								name: seat.name,
								body: row.body,
								when,
								place: row.place || '–',
								agenda: items.map(({ position, title }) => `${position}. ${title}`).join('\n'),
								link: `${platform.config.publicUrl}${paths.convocation(token)}`,
							}),
						},
						trx,
					);
					letters++;
				}
				const title = { fr: `${row.body} : convocation`, en: `${row.body}: meeting convened` };
				await town.timeline.record(trx, {
					room: 'council',
					subject: `meeting:${row.id}`,
					placeId: null,
					happenedAt: now,
					title,
					url: paths.meeting(row.slug),
				});
				await town.search.index(trx, [
					{
						room: 'council',
						kind: 'meeting',
						id: row.id,
						title: row.title,
						body: items.map((item) => item.title).join('\n'),
						url: paths.meeting(row.slug),
					},
				]);
				await platform.events.publish(trx, 'council.meeting.convened', { meetingId: row.id });
				await platform.audit.record(trx, {
					actor,
					action: 'council.meeting.convened',
					subject: `meeting:${id}`,
				});
				return ok({ letters });
			});
		},

		async convocations(actor, id) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				name: string;
				sentAt: Date;
				openedAt: Date | null;
				acknowledgedAt: Date | null;
			}>`
				SELECT seat.name, sent_at AS "sentAt", opened_at AS "openedAt", acknowledged_at AS "acknowledgedAt"
				FROM council.convocation JOIN council.seat ON seat.id = seat_id
				WHERE meeting_id = ${asId(id)} ORDER BY seat.name`.execute(db);
			return ok(rows);
		},

		async convocation(token) {
			const { rows } = await sql<{ meeting_id: string; name: string; acknowledged: boolean }>`
				UPDATE council.convocation SET opened_at = coalesce(opened_at, ${context.now()})
				FROM council.seat WHERE seat.id = seat_id AND token_hash = ${hashOf(token)}
				RETURNING meeting_id, seat.name, acknowledged_at IS NOT NULL AS acknowledged`.execute(db);
			const [found] = rows;
			const row = found ? await rowOf(db, found.meeting_id) : null;
			if (!found || !row) return null;
			const meeting = await full(
				row,
				{ kind: 'anonymous', id: null, displayName: '', roles: [], scopes: [], secondFactor: false },
				true,
			);
			return meeting && { meeting, name: found.name, acknowledged: found.acknowledged };
		},

		async acknowledge(token) {
			const { rows } = await sql`UPDATE council.convocation
				SET acknowledged_at = coalesce(acknowledged_at, ${context.now()}), opened_at = coalesce(opened_at, ${context.now()})
				WHERE token_hash = ${hashOf(token)} RETURNING seat_id`.execute(db);
			return rows.length > 0;
		},

		async calendar(actor, reference) {
			const row = await rowOf(db, reference);
			if (!row || (row.status === 'draft' && !mayPrepare(actor))) return null;
			return calendarOf(summaryOf(row), platform.config.publicUrl, row.convened_at ?? context.now());
		},

		async addItem(actor, meetingId, given) {
			if (!mayPrepare(actor)) return refuse('platform.not_allowed');
			const input = parseInput(itemInput, given);
			if (!input.ok) return input;
			const { kind, title, rapporteurId, draft, matterCode, public: isPublic } = input.value;
			return changing(db, async (trx) => {
				const meeting = await prepared(trx, meetingId, ['draft', 'convened']);
				if (!meeting.ok) return meeting;
				const { row } = meeting.value;
				if (agendaStands(row, kind)) return refuse('council.agenda_stands');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				if (rapporteurId !== null && !seats.some((seat) => seat.id === rapporteurId))
					return refuse('council.seat_unknown');
				const id = newId();
				await sql`INSERT INTO council.item (id, meeting_id, position, kind, title, rapporteur_id, draft, matter_code, public)
					SELECT ${id}, ${row.id}, coalesce(max(position), 0) + 1, ${kind}, ${title}, ${rapporteurId}::uuid, ${draft},
						${matterCode}, ${isPublic} FROM council.item WHERE meeting_id = ${row.id}`.execute(trx);
				return ok({ id });
			});
		},

		async changeItem(actor, itemId, given) {
			const input = parseInput(itemInput, given);
			if (!input.ok) return input;
			const { kind, title, rapporteurId, draft, matterCode, public: isPublic } = input.value;
			return withItem(actor, itemId, async (trx, item, row) => {
				if (kind !== item.kind && (agendaStands(row, kind) || agendaStands(row, item.kind)))
					return refuse('council.agenda_stands');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				if (rapporteurId !== null && !seats.some((seat) => seat.id === rapporteurId))
					return refuse('council.seat_unknown');
				await trx
					.updateTable('council.item')
					.set({ kind, title, rapporteur_id: rapporteurId, draft, matter_code: matterCode, public: isPublic })
					.where('id', '=', item.id)
					.execute();
				return ok(null);
			});
		},

		removeItem: (actor, itemId) =>
			withItem(actor, itemId, async (trx, item, row) => {
				if (agendaStands(row, item.kind)) return refuse('council.agenda_stands');
				await sql`DELETE FROM council.item WHERE id = ${item.id}`.execute(trx);
				return ok(null);
			}),

		moveItem: (actor, itemId, by) =>
			withItem(actor, itemId, async (trx, item, row) => {
				const { rows } = await sql<{ id: string; position: number }>`
					SELECT id, position FROM council.item WHERE meeting_id = ${row.id}
						AND ${by < 0 ? sql`position < ${item.position}` : sql`position > ${item.position}`}
					ORDER BY position ${by < 0 ? sql`DESC` : sql`ASC`} LIMIT 1`.execute(trx);
				const [other] = rows;
				if (!other) return ok(null);
				await sql`UPDATE council.item SET position = CASE id WHEN ${item.id} THEN ${other.position}::int ELSE ${item.position}::int END
					WHERE id IN (${item.id}, ${other.id})`.execute(trx);
				return ok(null);
			}),

		proxies: proxiesOf,

		async giveProxy(actor, meetingId, { giverId, holderId, ill }) {
			return changing(db, async (trx) => {
				const { rows: locked } =
					await sql`SELECT FROM council.meeting WHERE id = ${asId(meetingId)} FOR UPDATE`.execute(trx);
				const row = locked.length ? await rowOf(trx, meetingId) : null;
				if (!row || !['convened', 'open'].includes(row.status)) return refuse('council.meeting_unknown');
				const seats = await seatsOn(trx, [row.body_id], dayOf(row.starts_at));
				const [giver, holder] = [giverId, holderId].map((id) => seats.find((seat) => seat.id === id));
				if (!giver || !holder) return refuse('council.seat_unknown');
				const own = actor.kind === 'person' && giver.personId !== null && giver.personId === actor.id;
				if (!own && !mayPrepare(actor)) return refuse('platform.not_allowed');
				if (giver.id === holder.id) return refuse('council.proxy_to_oneself');
				const { rows: clash } = await sql<{ holder: boolean; giver: boolean }>`
					SELECT coalesce(bool_or(holder_id = ${holder.id}), false) AS holder,
						coalesce(bool_or(giver_id = ${giver.id}), false) AS giver
					FROM council.proxy WHERE meeting_id = ${row.id} AND revoked_at IS NULL`.execute(trx);
				if (clash[0]?.holder) return refuse('council.proxy_holder_taken', { name: holder.name });
				if (clash[0]?.giver) return refuse('council.proxy_given_already', { name: giver.name });
				const { rows: before } = await sql<{ represented: boolean }>`
					SELECT EXISTS (SELECT FROM council.proxy WHERE meeting_id = meeting.id AND giver_id = ${giver.id}
						AND revoked_at IS NULL AND NOT ill) AS represented
					FROM council.meeting WHERE body_id = ${row.body_id} AND starts_at < ${row.starts_at}
						AND status = 'closed' ORDER BY starts_at DESC LIMIT ${mostMeetingsInARow}`.execute(trx);
				if (!ill && meetingsInARow(before.map(({ represented }) => represented)) >= mostMeetingsInARow)
					return refuse('council.proxy_too_often', { name: giver.name });
				const id = newId();
				await trx
					.insertInto('council.proxy')
					.values({
						id,
						meeting_id: row.id,
						giver_id: giver.id,
						holder_id: holder.id,
						ill,
						given_at: context.now(),
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'council.proxy.given',
					subject: `meeting:${row.id}`,
				});
				return ok({ id });
			});
		},

		async revokeProxy(actor, proxyId) {
			return changing(db, async (trx) => {
				const { rows } = await sql<{ person_id: string | null }>`
					SELECT seat.person_id FROM council.proxy JOIN council.seat ON seat.id = giver_id
					WHERE proxy.id = ${asId(proxyId)} AND revoked_at IS NULL FOR UPDATE OF proxy`.execute(trx);
				const [proxy] = rows;
				if (!proxy) return refuse('council.proxy_unknown');
				if (!mayPrepare(actor) && !(actor.id !== null && proxy.person_id === actor.id))
					return refuse('platform.not_allowed');
				await sql`UPDATE council.proxy SET revoked_at = ${context.now()} WHERE id = ${proxyId}`.execute(trx);
				return ok(null);
			});
		},
	};
}
