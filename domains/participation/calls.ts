import { type Actor, changing, newId, ok, type Result, refuse, textInput, tidyText } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { ballotRulesInput } from './ballot-rules.ts';
import { type Context, type Db, noteNews, parseInput, paths } from './context.ts';
import {
	type BallotRules,
	type Call,
	type CallSummary,
	type Calls,
	callKinds,
	type Eligibility,
	type Phase,
	type PhaseKind,
	phaseKinds,
	proofKinds,
	type Words,
} from './face.ts';
import { currentPhase, phaseState } from './phases.ts';
import { mayManage } from './policies.ts';
import { indexProjects } from './project-list.ts';
import type { DB } from './tables.ts';

const words = (most: number) =>
	z.object({
		fr: textInput(most, 'participation.words_missing'),
		en: z
			.string()
			.transform((text) => tidyText(text) || null)
			.pipe(z.string().max(most).nullable())
			.nullable()
			.default(null),
	});
const wordsOrNone = (most: number) =>
	z.object({
		fr: textInput(most),
		en: textInput(most).nullable().default(null),
	});

const mostBudgetCents = 1e15;

const callInput = z
	.object({
		kind: z.enum(callKinds),
		title: words(160),
		summary: wordsOrNone(400),
		body: wordsOrNone(20_000),
		phases: z
			.array(
				z
					.object({ kind: z.enum(phaseKinds), startsAt: z.date(), endsAt: z.date().nullable() })
					.refine(({ startsAt, endsAt }) => endsAt === null || endsAt > startsAt, {
						message: 'participation.phase_ends_before_it_starts',
					})
					.refine(({ kind, endsAt }) => kind === 'executing' || endsAt !== null, {
						message: 'participation.phase_end_missing',
					}),
			)
			.min(1, 'participation.phases_missing')
			.max(phaseKinds.length)
			.refine((list) => new Set(list.map(({ kind }) => kind)).size === list.length, {
				message: 'participation.phase_twice',
			})
			.refine(inOrder, { message: 'participation.phases_out_of_order' }),
		envelopes: z
			.array(
				z.object({
					id: z.uuid().optional(),
					districtId: z.uuid().nullable().default(null),
					name: z.string().trim().min(1, 'participation.words_missing').max(120),
					budgetCents: z.int().min(0).max(mostBudgetCents),
				}),
			)
			.max(100),
		categories: z.array(z.object({ id: z.uuid().optional(), name: words(80) })).max(60),
		eligibility: z.object({
			who: wordsOrNone(2000),
			leastAge: z.int().min(0).max(120).default(0),
			proofs: z.array(z.enum(proofKinds)).max(proofKinds.length),
		}),
		ballotRules: ballotRulesInput.nullable(),
		questions: z
			.array(
				z
					.object({
						id: z.uuid().optional(),
						kind: z.enum(['single', 'multiple', 'scale', 'text']),
						label: words(400),
						required: z.boolean().default(false),
						choices: z.array(words(200)).max(60).default([]),
					})
					.refine(({ kind, choices }) => (kind === 'single' || kind === 'multiple') === choices.length > 0, {
						message: 'participation.question_choices_missing',
					}),
			)
			.max(100)
			.default([]),
	})
	.refine(
		({ phases, ballotRules }) => ballotRules !== null || !phases.some(({ kind }) => kind === 'voting'),
		{
			message: 'participation.rules_missing',
		},
	)
	.refine(({ phases, envelopes }) => envelopes.length > 0 || !phases.some(({ kind }) => kind === 'voting'), {
		message: 'participation.envelope_missing',
	})
	.refine(
		({ phases, eligibility }) =>
			eligibility.proofs.length > 0 || !phases.some(({ kind }) => kind === 'voting'),
		{ message: 'participation.proofs_missing' },
	)
	.refine(
		({ phases, questions }) => questions.length > 0 || !phases.some(({ kind }) => kind === 'answering'),
		{
			message: 'participation.questions_missing',
		},
	);

type Input = z.output<typeof callInput>;

/** Each phase begins after the one before it has, and none before that one ends, in the order of a cycle. */
function inOrder(phases: readonly { kind: PhaseKind; startsAt: Date; endsAt: Date | null }[]): boolean {
	const sorted = phases.toSorted((a, b) => phaseKinds.indexOf(a.kind) - phaseKinds.indexOf(b.kind));
	return sorted.every((phase, i) => {
		const before = sorted[i - 1];
		return !before || (before.endsAt !== null && phase.startsAt >= before.endsAt);
	});
}

/** `Budget participatif 2027` → `budget-participatif-2027`. */
export function slugOf(title: string): string {
	return (
		title
			.normalize('NFD')
			.replaceAll(/\p{M}/gu, '')
			.toLowerCase()
			.replaceAll('œ', 'oe')
			.replaceAll('æ', 'ae')
			.replaceAll(/[^a-z0-9]+/g, '-')
			.replaceAll(/^-+|-+$/g, '')
			.slice(0, 80)
			.replace(/-+$/, '') || 'appel'
	);
}

export function createCalls(context: Context): Calls {
	const { db, platform } = context;

	async function summaries(ids: readonly string[], from: Db = db): Promise<Map<string, CallSummary>> {
		if (!ids.length) return new Map();
		const [calls, phases, counts] = await Promise.all([
			from
				.selectFrom('participation.call')
				.selectAll()
				.where('id', 'in', [...ids])
				.execute(),
			from
				.selectFrom('participation.phase')
				.selectAll()
				.where('call_id', 'in', [...ids])
				.orderBy('starts_at')
				.execute(),
			sql<{ id: string; budget: string; ideas: number; projects: number }>`
				SELECT id,
					(SELECT coalesce(sum(budget_cents), 0) FROM participation.envelope WHERE call_id = call.id) AS budget,
					(SELECT count(*)::int FROM participation.idea WHERE call_id = call.id AND status = 'published') AS ideas,
					(SELECT count(*)::int FROM participation.project WHERE call_id = call.id) AS projects
				FROM participation.call WHERE id = ANY(${[...ids]}::uuid[])`.execute(from),
		]);
		const now = context.now();
		return new Map(
			calls.map((row) => {
				const own = phases
					.filter(({ call_id }) => call_id === row.id)
					.map(({ kind, starts_at, ends_at }): Phase => {
						const times = { startsAt: starts_at, endsAt: ends_at };
						return { kind: kind as PhaseKind, ...times, state: phaseState(times, now) };
					});
				const count = counts.rows.find(({ id }) => id === row.id);
				return [
					row.id,
					{
						id: row.id,
						slug: row.slug,
						kind: row.kind as CallSummary['kind'],
						status: row.status as CallSummary['status'],
						title: { fr: row.title_fr, en: row.title_en },
						summary: { fr: row.summary_fr, en: row.summary_en },
						phases: own,
						current: row.status === 'published' ? currentPhase(own) : null,
						budgetCents: Number(count?.budget ?? 0),
						ideaCount: count?.ideas ?? 0,
						projectCount: count?.projects ?? 0,
						source: row.source,
					},
				];
			}),
		);
	}

	async function saveParts(trx: Transaction<DB>, callId: string, input: Input): Promise<Result<null>> {
		const rows = input.phases.map(({ kind, startsAt, endsAt }) => ({
			call_id: callId,
			kind,
			starts_at: startsAt,
			ends_at: endsAt,
		}));
		await trx.deleteFrom('participation.phase').where('call_id', '=', callId).execute();
		await trx.insertInto('participation.phase').values(rows).execute();

		/** Keep parts by id: what is used stays, in its new place; what is no longer named goes, unless something needs it. */
		const parts = async <Row extends { id: string; position: number }>(
			table: 'participation.envelope' | 'participation.category' | 'participation.question',
			list: Row[],
		) => {
			const ids = list.map(({ id }) => id);
			await sql`DELETE FROM ${sql.table(table)} WHERE call_id = ${callId} AND NOT id = ANY(${ids}::uuid[])`.execute(
				trx,
			);
			// Out of the way, so that two parts may change places.
			await sql`UPDATE ${sql.table(table)} SET position = -1 - position WHERE call_id = ${callId}`.execute(
				trx,
			);
			for (const row of list) {
				const { id, ...rest } = row;
				const updated = await trx
					.updateTable(table as 'participation.envelope')
					.set(rest as object)
					.where('id', '=', id)
					.where('call_id', '=', callId)
					.executeTakeFirst();
				if (!updated.numUpdatedRows)
					await trx
						.insertInto(table as 'participation.envelope')
						.values({ ...row, call_id: callId } as never)
						.execute();
			}
		};
		try {
			await sql`SAVEPOINT parts`.execute(trx);
			await parts(
				'participation.envelope',
				input.envelopes.map(({ id, districtId, name, budgetCents }, position) => ({
					id: id ?? newId(),
					position,
					district_id: districtId,
					name,
					budget_cents: budgetCents,
				})),
			);
			await parts(
				'participation.category',
				input.categories.map(({ id, name }, position) => ({
					id: id ?? newId(),
					position,
					name_fr: name.fr,
					name_en: name.en,
				})),
			);
			await parts(
				'participation.question',
				input.questions.map(({ id, kind, label, required, choices }, position) => ({
					id: id ?? newId(),
					position,
					kind,
					label_fr: label.fr,
					label_en: label.en,
					required,
					choices: JSON.stringify(choices),
				})),
			);
			return ok(null);
		} catch (error) {
			// Foreign keys of ideas and projects; or an id that belongs to another call.
			const { code } = error as { code?: string };
			if (code !== '23503' && code !== '23505') throw error;
			await sql`ROLLBACK TO SAVEPOINT parts`.execute(trx);
			return refuse('participation.part_in_use');
		}
	}

	const columns = (input: Input) => ({
		kind: input.kind,
		title_fr: input.title.fr,
		title_en: input.title.en,
		summary_fr: input.summary.fr,
		summary_en: input.summary.en,
		body_fr: input.body.fr,
		body_en: input.body.en,
		eligibility: JSON.stringify(input.eligibility),
		ballot_rules: input.ballotRules ? JSON.stringify(input.ballotRules) : null,
	});

	return {
		async list(actor, { kind, limit = 50 } = {}) {
			const rows = await db
				.selectFrom('participation.call')
				.select('id')
				.$if(!mayManage(actor), (query) => query.where('status', '=', 'published'))
				.$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? 'ideas'))
				.orderBy('published_at', (order) => order.desc().nullsFirst())
				.limit(Math.min(limit, 500))
				.execute();
			const found = await summaries(rows.map(({ id }) => id));
			const rank = (call: CallSummary) => {
				if (call.current && call.current !== 'executing') return 0;
				if (call.phases.some(({ state }) => state === 'coming')) return 1;
				return call.current ? 2 : 3;
			};
			return rows
				.flatMap(({ id }) => found.get(id) ?? [])
				.toSorted((a, b) => rank(a) - rank(b) || lastInstant(b) - lastInstant(a));
		},

		async get(actor, reference) {
			const row = await db
				.selectFrom('participation.call')
				.selectAll()
				.where(sql<string>`id::text`, '=', reference)
				.execute()
				.then(
					async ([byId]) =>
						byId ??
						(await db
							.selectFrom('participation.call')
							.selectAll()
							.where('slug', '=', reference.replaceAll('\0', ''))
							.executeTakeFirst()),
				);
			if (!row || (row.status === 'draft' && !mayManage(actor))) return null;
			const [found, envelopes, categories, questions, result] = await Promise.all([
				summaries([row.id]),
				db
					.selectFrom('participation.envelope')
					.selectAll()
					.where('call_id', '=', row.id)
					.orderBy('position')
					.execute(),
				db
					.selectFrom('participation.category')
					.selectAll()
					.where('call_id', '=', row.id)
					.orderBy('position')
					.execute(),
				db
					.selectFrom('participation.question')
					.selectAll()
					.where('call_id', '=', row.id)
					.orderBy('position')
					.execute(),
				db
					.selectFrom('participation.published_box')
					.select('call_id')
					.where('call_id', '=', row.id)
					.executeTakeFirst(),
			]);
			const summary = found.get(row.id);
			if (!summary) return null;
			return {
				...summary,
				body: { fr: row.body_fr, en: row.body_en },
				envelopes: envelopes.map(({ id, district_id, name, budget_cents }) => ({
					id,
					districtId: district_id,
					name,
					budgetCents: Number(budget_cents),
				})),
				categories: categories.map(({ id, name_fr, name_en }) => ({
					id,
					name: { fr: name_fr, en: name_en },
				})),
				eligibility: row.eligibility as unknown as Eligibility,
				ballotRules: row.ballot_rules as unknown as BallotRules | null,
				questions: questions.map(({ id, kind, label_fr, label_en, required, choices }) => ({
					id,
					kind: kind as Call['questions'][number]['kind'],
					label: { fr: label_fr, en: label_en },
					required,
					choices: choices as unknown as Words[],
				})),
				hasResult: result !== undefined,
			} satisfies Call;
		},

		async create(actor: Actor, given: unknown) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const input = parseInput(callInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const id = newId();
				const base = slugOf(input.value.title.fr);
				const taken = new Set(
					(
						await trx
							.selectFrom('participation.call')
							.select('slug')
							.where('slug', 'like', `${base}%`)
							.execute()
					).map(({ slug }) => slug),
				);
				let slug = base;
				for (let n = 2; taken.has(slug); n++) slug = `${base}-${n}`;
				await trx
					.insertInto('participation.call')
					.values({ id, slug, ...columns(input.value) })
					.execute();
				const saved = await saveParts(trx, id, input.value);
				if (!saved.ok) return saved;
				await platform.audit.record(trx, {
					actor,
					action: 'participation.call.created',
					subject: `call:${id}`,
				});
				return ok({ id, slug });
			});
		},

		async change(actor, id, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const input = parseInput(callInput, given);
			if (!input.ok) return input;
			return changing(db, async (trx) => {
				const row = await trx
					.selectFrom('participation.call')
					.selectAll()
					.where('id', '=', id)
					.forUpdate()
					.executeTakeFirst();
				if (!row) return refuse('participation.call_unknown');
				const voting = await trx
					.selectFrom('participation.phase')
					.select(['starts_at', 'ends_at'])
					.where('call_id', '=', id)
					.where('kind', '=', 'voting')
					.executeTakeFirst();
				// What people vote by is said before the vote opens, and stays.
				if (row.status === 'published' && voting && voting.starts_at <= context.now()) {
					const next = input.value.phases.find(({ kind }) => kind === 'voting');
					const before = await trx
						.selectFrom('participation.envelope')
						.select(['id', 'budget_cents'])
						.where('call_id', '=', id)
						.execute();
					const frozen =
						next?.startsAt.getTime() === voting.starts_at.getTime() &&
						// A vote that is over is not opened again; one that is open may be given more time.
						(next.endsAt?.getTime() === voting.ends_at?.getTime() ||
							((voting.ends_at ?? context.now()) > context.now() &&
								(next.endsAt ?? context.now()) > (voting.ends_at ?? context.now()))) &&
						sameJson(row.ballot_rules, input.value.ballotRules) &&
						sameJson(row.eligibility, input.value.eligibility) &&
						before.length === input.value.envelopes.length &&
						before.every(({ id: envelope, budget_cents }) =>
							input.value.envelopes.some(
								(given) => given.id === envelope && given.budgetCents === Number(budget_cents),
							),
						);
					if (!frozen) return refuse('participation.rules_frozen');
				}
				await trx
					.updateTable('participation.call')
					.set({ ...columns(input.value), updated_at: context.now() })
					.where('id', '=', id)
					.execute();
				const saved = await saveParts(trx, id, input.value);
				if (!saved.ok) return saved;
				await platform.audit.record(trx, {
					actor,
					action: 'participation.call.changed',
					subject: `call:${id}`,
				});
				return ok(null);
			});
		},

		async publish(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.updateTable('participation.call')
					.set({ status: 'published', published_at: context.now() })
					.where('id', '=', id)
					.where('status', '=', 'draft')
					.returningAll()
					.executeTakeFirst();
				if (!row) return refuse('participation.call_unknown');
				const url = paths.call(row.slug);
				const title = { fr: row.title_fr, en: row.title_en ?? row.title_fr };
				await context.town.timeline.record(trx, {
					room: 'participation',
					subject: `call:${id}`,
					placeId: null,
					happenedAt: context.now(),
					title,
					url,
				});
				await context.town.search.index(trx, [
					{
						room: 'participation',
						kind: 'call',
						id,
						title: row.title_fr,
						body: `${row.summary_fr}\n${row.body_fr}`,
						url,
					},
				]);
				await indexProjects(context, trx, { callId: id });
				await noteNews(context, trx, { callId: id, subject: { kind: 'call', id }, title, url });
				await platform.events.publish(trx, 'participation.call.published', { callId: id });
				await platform.audit.record(trx, {
					actor,
					action: 'participation.call.published',
					subject: `call:${id}`,
				});
				return ok(null);
			});
		},

		async archive(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.updateTable('participation.call')
					.set({ status: 'archived' })
					.where('id', '=', id)
					.where('status', '!=', 'archived')
					.returning('id')
					.executeTakeFirst();
				if (!row) return refuse('participation.call_unknown');
				await context.town.timeline.remove(trx, 'participation', `call:${id}`);
				await context.town.search.remove(trx, 'participation', 'call', [id]);
				await platform.audit.record(trx, {
					actor,
					action: 'participation.call.archived',
					subject: `call:${id}`,
				});
				return ok(null);
			});
		},
	};
}

function lastInstant(call: CallSummary): number {
	return Math.max(...call.phases.map(({ startsAt, endsAt }) => (endsAt ?? startsAt).getTime()));
}

/** Alike but for the order of keys, which jsonb does not keep. */
function sameJson(one: unknown, other: unknown): boolean {
	const text = (value: unknown): string =>
		JSON.stringify(value, (_key, part: unknown) =>
			typeof part === 'object' && part !== null && !Array.isArray(part)
				? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
				: part,
		);
	return text(one) === text(other);
}
