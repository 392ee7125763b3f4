import { formatPabulib, type Outcome, rules } from '@parvis/budget-voting';
import { type Actor, anonymous, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, type Db, paths } from './context.ts';
import { markCounted } from './execution.ts';
import { describeOutcome, describeTies, ruleNames } from './explanations.ts';
import type { BallotRules, CallResult, Calls, Choice, Counting, CountState, EnvelopeResult } from './face.ts';
import { electionOf, importElection, pabulibOf } from './past-elections.ts';
import { phaseState } from './phases.ts';
import { mayManage } from './policies.ts';
import { projectsOfCall } from './project-list.ts';
import { commitmentOf, leafOf, merkleProof, merkleRoot, secretOf } from './receipts.ts';
import { openerOf } from './seal.ts';
import type { DB } from './tables.ts';

/** Fewer voters than this are not told apart by district. */
export const leastVotersShown = 10;
const ballotsAtOnce = 2000;

interface PublishedBallot {
	channel: 'web' | 'paper';
	label: string;
	choices: Choice[];
}

/** The close of a vote: clashes settled, the box published, each envelope counted and explained. */
export function createCounting(context: Context, calls: Calls): Counting {
	const { db, platform } = context;

	async function stateOf(trx: Db, callId: string): Promise<CountState> {
		const { rows } = await sql<{
			starts_at: Date | null;
			ends_at: Date | null;
			counted: boolean;
			clashes: number;
			unsettled: number;
			paper: boolean;
		}>`
			SELECT starts_at, ends_at,
				EXISTS (SELECT FROM participation.published_box WHERE call_id = call.id) AS counted,
				(SELECT count(*)::int FROM participation.voter WHERE call_id = call.id AND clash) AS clashes,
				(SELECT count(*)::int FROM participation.paper_sheet WHERE call_id = call.id
					AND status IN ('once', 'differs')) AS unsettled,
				EXISTS (SELECT FROM participation.voter WHERE call_id = call.id
					AND (clash OR channel = 'paper')) AS paper
			FROM participation.call
			LEFT JOIN participation.phase ON phase.call_id = call.id AND phase.kind = 'voting'
			WHERE call.id::text = ${callId} AND call.status = 'published'`.execute(trx);
		const [row] = rows;
		if (!row?.starts_at) return { state: 'none', clashes: 0, unsettledSheets: 0, paper: false };
		const phase = phaseState({ startsAt: row.starts_at, endsAt: row.ends_at }, context.now());
		const state = row.counted ? 'counted' : phase === 'over' ? 'ready' : phase === 'open' ? 'open' : 'none';
		return { state, clashes: row.clashes, unsettledSheets: row.unsettled, paper: row.paper };
	}

	/** Take out the web ballots of those who voted on paper too. @returns how many; a refusal without the call's key */
	async function settleClashes(
		trx: Transaction<DB>,
		callId: string,
		secretKey: string | null,
	): Promise<Result<number>> {
		const clashing = await trx
			.selectFrom('participation.voter')
			.select(['id', 'sealed_ballot'])
			.where('call_id', '=', callId)
			.where('clash', '=', true)
			.execute();
		if (!clashing.length) return ok(0);
		const key = await trx
			.selectFrom('participation.ballot_key')
			.select('public_key')
			.where('call_id', '=', callId)
			.executeTakeFirst();
		const opener = key && secretKey ? openerOf(secretKey, key.public_key) : null;
		if (!opener) return refuse(secretKey ? 'participation.key_wrong' : 'participation.key_needed');
		for (const { id, sealed_ballot } of clashing) {
			if (!sealed_ballot) throw new Error('a clash without a sealed ballot');
			const gone = await trx
				.deleteFrom('participation.web_ballot')
				.where('call_id', '=', callId)
				.where('handle', '=', opener(sealed_ballot))
				.executeTakeFirst();
			if (gone.numDeletedRows !== 1n) throw new Error('a clashing ballot is not in the box');
			await trx
				.updateTable('participation.voter')
				.set({ channel: 'paper', clash: false })
				.where('id', '=', id)
				.execute();
		}
		return ok(clashing.length);
	}

	async function publishBox(
		trx: Transaction<DB>,
		callId: string,
		clashes: number,
	): Promise<PublishedBallot[]> {
		const web = await trx
			.selectFrom('participation.web_ballot')
			.select(['commitment', 'choices'])
			.where('call_id', '=', callId)
			.orderBy('commitment')
			.execute();
		const paper = await trx
			.selectFrom('participation.paper_sheet')
			.select(['number', 'choices'])
			.where('call_id', '=', callId)
			.where('status', '=', 'matches')
			.orderBy('number')
			.execute();
		const ballots: PublishedBallot[] = [
			...web.map(({ commitment, choices }) => ({
				channel: 'web' as const,
				label: commitment.toString('hex'),
				choices: choices as Choice[],
			})),
			...paper.map(({ number, choices }) => ({
				channel: 'paper' as const,
				label: number,
				choices: choices as Choice[],
			})),
		];
		await storeBox(trx, callId, ballots);
		await trx
			.insertInto('participation.published_box')
			.values({
				call_id: callId,
				merkle_root: merkleRoot(ballots.map(leafOf)),
				web_ballots: web.length,
				paper_ballots: paper.length,
				clashes: JSON.stringify(clashes ? [{ kept: 'paper', count: clashes }] : []),
				turnout: JSON.stringify(await turnoutOf(trx, callId)),
				published_at: context.now(),
			})
			.execute();
		// Published ballots carry no handle: with the box and the seals gone nothing leads from a voter to a ballot.
		await trx.deleteFrom('participation.web_ballot').where('call_id', '=', callId).execute();
		await trx
			.updateTable('participation.voter')
			.set({ sealed_ballot: null })
			.where('call_id', '=', callId)
			.execute();
		return ballots;
	}

	async function storeBox(
		trx: Transaction<DB>,
		callId: string,
		ballots: readonly { channel: string; label: string; choices: readonly Choice[] }[],
	): Promise<void> {
		for (let start = 0; start < ballots.length; start += ballotsAtOnce)
			await trx
				.insertInto('participation.published_ballot')
				.values(
					ballots.slice(start, start + ballotsAtOnce).map(({ channel, label, choices }, i) => ({
						call_id: callId,
						position: start + i,
						channel: channel as 'web' | 'paper',
						label,
						choices: JSON.stringify(choices),
					})),
				)
				.execute();
	}

	/** Count each envelope by the call's rule, and by the others to compare. @returns numbers of what is selected */
	async function countAll(
		trx: Transaction<DB>,
		callId: string,
		ballotRules: BallotRules,
		ballots: readonly { choices: readonly Choice[] }[],
	): Promise<Set<number>> {
		const projects = await projectsOfCall(context, callId, trx);
		const envelopes = await trx
			.selectFrom('participation.envelope')
			.select(['id', 'budget_cents'])
			.where('call_id', '=', callId)
			.orderBy('position')
			.execute();
		const selected = new Set<number>();
		for (const { id, budget_cents } of envelopes) {
			const election = electionOf(
				ballotRules,
				Number(budget_cents),
				projects.filter(({ envelopeId }) => envelopeId === id),
				ballots,
			);
			const outcomes = Object.fromEntries(
				Object.entries(rules).map(([name, count]) => [name, count(election, ballotRules.lotSeed)]),
			);
			await trx
				.insertInto('participation.result')
				.values({
					envelope_id: id,
					call_id: callId,
					counted_at: context.now(),
					rule: JSON.stringify(ballotRules),
					outcomes: JSON.stringify(outcomes),
					ballot_count: election.ballots.length,
				})
				.execute();
			for (const number of outcomes[ballotRules.counting]?.selected ?? []) selected.add(Number(number));
		}
		return selected;
	}

	/** Everything in one transaction: a vote is counted whole or not at all. */
	async function close(callId: string, secretKey: string | null, actor: Actor): Promise<Result<null>> {
		return db.transaction().execute(async (trx) => {
			// Waits for ballots on their way, and keeps others out.
			const call = await trx
				.selectFrom('participation.call')
				.select(['id', 'slug', 'title_fr', 'title_en', 'ballot_rules'])
				.where(sql<string>`id::text`, '=', callId)
				.forUpdate()
				.executeTakeFirst();
			if (!call) return refuse('participation.call_unknown');
			const { state, unsettledSheets } = await stateOf(trx, callId);
			if (state === 'counted') return refuse('participation.counted_already');
			if (state !== 'ready') return refuse('participation.vote_not_over');
			if (unsettledSheets) return refuse('participation.sheets_unsettled', { count: unsettledSheets });
			const { rows: sheets } = await sql<{ sheets: number; voters: number }>`
				SELECT (SELECT count(*)::int FROM participation.paper_sheet WHERE call_id = ${callId} AND status = 'matches') AS sheets,
					(SELECT count(*)::int FROM participation.voter WHERE call_id = ${callId}
						AND (clash OR channel = 'paper')) AS voters`.execute(trx);
			const [paper] = sheets;
			if (paper && paper.sheets > paper.voters) return refuse('participation.more_sheets_than_voters', paper);
			const clashes = await settleClashes(trx, callId, secretKey);
			if (!clashes.ok) return clashes;
			const ballots = await publishBox(trx, callId, clashes.value);
			const { rows: web } = await sql<{ count: number }>`
				SELECT count(*)::int AS count FROM participation.voter WHERE call_id = ${callId} AND channel = 'web'`.execute(
				trx,
			);
			const inBox = ballots.filter(({ channel }) => channel === 'web').length;
			if (web[0]?.count !== inBox)
				throw new Error(`the register says ${web[0]?.count} web ballots, the box holds ${inBox}`);
			const selected = await countAll(trx, callId, call.ballot_rules as unknown as BallotRules, ballots);
			await markCounted(context, trx, call, selected);
			const title = {
				fr: `${call.title_fr} : résultat du vote`,
				en: `${call.title_en ?? call.title_fr}: result of the vote`,
			};
			await context.town.timeline.record(trx, {
				room: 'participation',
				subject: `result:${callId}`,
				placeId: null,
				happenedAt: context.now(),
				title,
				url: paths.result(call.slug),
			});
			await platform.events.publish(trx, 'participation.call.counted', { callId });
			await platform.audit.record(trx, {
				actor,
				action: 'participation.call.counted',
				subject: `call:${callId}`,
			});
			return ok(null);
		});
	}

	async function publishedBallots(
		callId: string,
	): Promise<{ position: number; label: string; channel: string; choices: Choice[] }[]> {
		const rows = await db
			.selectFrom('participation.published_ballot')
			.select(['position', 'channel', 'label', 'choices'])
			.where('call_id', '=', callId)
			.orderBy('position')
			.execute();
		return rows.map((row) => ({ ...row, choices: row.choices as Choice[] }));
	}

	return {
		async state(actor, callId) {
			return mayManage(actor) ? ok(await stateOf(db, callId)) : refuse('platform.not_allowed');
		},

		async count(actor, callId, secretKey) {
			return mayManage(actor) ? close(callId, secretKey ?? null, actor) : refuse('platform.not_allowed');
		},

		async closeDue(actor) {
			const { rows } = await sql<{ id: string }>`
				SELECT call.id FROM participation.call
				JOIN participation.phase ON phase.call_id = call.id AND phase.kind = 'voting'
				WHERE call.status = 'published' AND phase.ends_at <= ${context.now()}
					AND NOT EXISTS (SELECT FROM participation.published_box WHERE call_id = call.id)`.execute(db);
			let counted = 0;
			for (const { id } of rows) {
				const { paper, clashes, unsettledSheets } = await stateOf(db, id);
				// Where a booth was open, sheets may still be coming in: somebody says when all are there.
				if (paper || clashes || unsettledSheets) continue;
				if ((await close(id, null, actor)).ok) counted++;
			}
			return counted;
		},

		async result(callId, locale) {
			const call = await calls.get(anonymous, callId);
			const box = call?.hasResult
				? await db
						.selectFrom('participation.published_box')
						.selectAll()
						.where('call_id', '=', call.id)
						.executeTakeFirst()
				: undefined;
			if (!call || !box) return null;
			const [rows, projects] = await Promise.all([
				db.selectFrom('participation.result').selectAll().where('call_id', '=', call.id).execute(),
				projectsOfCall(context, call.id),
			]);
			const t = (key: string, detail?: Record<string, string | number>) =>
				platform.messages.t(locale, `participation.${key}`, detail);
			return {
				call,
				countedAt: box.published_at,
				webBallots: box.web_ballots,
				paperBallots: box.paper_ballots,
				merkleRoot: box.merkle_root?.toString('hex') ?? null,
				clashes: box.clashes as CallResult['clashes'],
				turnout: box.turnout as CallResult['turnout'],
				envelopes: call.envelopes.flatMap((envelope): EnvelopeResult[] => {
					const row = rows.find(({ envelope_id }) => envelope_id === envelope.id);
					if (!row) return [];
					const outcomes = row.outcomes as Record<string, Outcome>;
					const own = (row.rule as BallotRules).counting;
					const outcome = outcomes[own];
					if (!outcome) return [];
					const byCode = new Map(projects.map((project) => [String(project.number), project]));
					const ranked = outcome.projects.toSorted(
						(a, b) =>
							(a.round ?? Number.MAX_SAFE_INTEGER) - (b.round ?? Number.MAX_SAFE_INTEGER) ||
							b.score - a.score ||
							b.votes - a.votes,
					);
					return [
						{
							envelope,
							rule: own,
							spentCents: outcome.spent,
							ballots: row.ballot_count,
							projects: ranked.flatMap((one) => {
								const project = byCode.get(one.id);
								if (!project) return [];
								return [
									{
										number: project.number,
										code: project.code,
										title: project.title,
										url: project.url,
										costCents: project.costCents,
										votes: one.votes,
										score: one.score,
										selected: one.round !== null,
										explanation: describeOutcome(one, outcome, byCode, locale, t),
										longitude: project.longitude,
										latitude: project.latitude,
										otherwise: Object.fromEntries(
											Object.entries(outcomes).map(([name, other]) => [
												name,
												other.selected.includes(one.id),
											]),
										),
									},
								];
							}),
							ties: describeTies(outcome, byCode, t),
							rules: [own, ...Object.keys(outcomes).filter((name) => name !== own)].map((key) => ({
								key,
								name: t(ruleNames[key] ?? key),
								selected: outcomes[key]?.selected.length ?? 0,
								spentCents: outcomes[key]?.spent ?? 0,
							})),
						},
					];
				}),
			};
		},

		async checkReceipt(callId, receipt) {
			const secret = secretOf(receipt);
			if (!secret) return refuse('participation.receipt_unreadable');
			const ballots = await publishedBallots(callId);
			const found = ballots.find(
				({ channel, label, choices }) =>
					channel === 'web' && commitmentOf(callId, secret, choices).toString('hex') === label,
			);
			if (!found) return refuse('participation.receipt_not_in_box');
			return ok({
				choices: found.choices,
				position: found.position,
				proof: merkleProof(ballots.map(leafOf), found.position).map((hash) => hash.toString('hex')),
			});
		},

		async pabulib(callId, envelopeId) {
			const call = await calls.get(anonymous, callId);
			const envelope = call?.envelopes.find(({ id }) => id === envelopeId);
			if (!call?.hasResult || !envelope || !call.ballotRules) return null;
			const projects = (await projectsOfCall(context, call.id)).filter(
				(project) => project.envelopeId === envelopeId,
			);
			const election = electionOf(
				call.ballotRules,
				envelope.budgetCents,
				projects,
				await publishedBallots(call.id),
			);
			const row = await db
				.selectFrom('participation.result')
				.select('outcomes')
				.where('envelope_id', '=', envelopeId)
				.executeTakeFirst();
			const outcome = (row?.outcomes as Record<string, Outcome> | undefined)?.[call.ballotRules.counting];
			return formatPabulib(pabulibOf(call, envelope.name, election, projects, outcome));
		},

		async *box(callId) {
			const { rows } = await sql<{ id: string }>`
				SELECT call.id FROM participation.call JOIN participation.published_box ON call_id = call.id
				WHERE call.id::text = ${callId} AND status <> 'draft'`.execute(db);
			const id = rows[0]?.id;
			for (let start = 0; id; start += ballotsAtOnce) {
				const ballots = await db
					.selectFrom('participation.published_ballot')
					.select(['position', 'channel', 'label', 'choices'])
					.where('call_id', '=', id)
					.where('position', '>=', start)
					.where('position', '<', start + ballotsAtOnce)
					.orderBy('position')
					.execute();
				if (!ballots.length) return;
				for (const ballot of ballots) yield { ...ballot, choices: ballot.choices as Choice[] };
			}
		},

		async importPabulib(actor, text, options = {}) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return importElection(context, actor, text, options.source ?? null, { storeBox, countAll });
		},
	};
}

/**
 * Voters by district, only where there are enough of them to tell nothing of one. Districts below are summed up; where even
 * their sum is too small the smallest that is shown joins them, or the difference to all ballots would tell it.
 */
async function turnoutOf(trx: Transaction<DB>, callId: string): Promise<CallResult['turnout']> {
	const { rows } = await sql<{ district: string | null; voters: number }>`
		SELECT district.name AS district, count(*)::int AS voters FROM participation.voter
		LEFT JOIN town.district ON district.id = voter.district_id
		WHERE call_id = ${callId} AND channel IS NOT NULL GROUP BY district.name`.execute(trx);
	return hideSmall(rows);
}

/** @param rows a line each district; those without one under null */
export function hideSmall(
	rows: readonly { district: string | null; voters: number }[],
): CallResult['turnout'] {
	const named = rows
		.filter(({ district, voters }) => district !== null && voters >= leastVotersShown)
		.toSorted((a, b) => b.voters - a.voters || ((a.district ?? '') < (b.district ?? '') ? -1 : 1));
	let others =
		rows.reduce((sum, { voters }) => sum + voters, 0) - named.reduce((sum, { voters }) => sum + voters, 0);
	while (others > 0 && others < leastVotersShown) {
		const smallest = named.pop();
		if (!smallest) return [];
		others += smallest.voters;
	}
	return others ? [...named, { district: null, voters: others }] : named;
}
