import { CsvError, newId, ok, parseCsv, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { readChoices } from './ballot-check.ts';
import type { Context } from './context.ts';
import { parseDeclaration } from './declaration.ts';
import type { BallotRules, Choice, Eligibility, Paper, PaperSheet } from './face.ts';
import { mayHoldBooth } from './policies.ts';
import { canonical } from './receipts.ts';
import type { DB } from './tables.ts';

const mostSheets = 100_000;
const mostCsvLines = 20_000;

/** The booth: the register when somebody comes, and each sheet as a ballot. */
export function createPaper(context: Context): Paper {
	const { db, platform } = context;

	/** A call whose vote has begun and is not counted yet; locked against the count until the transaction ends. */
	async function booth(
		trx: Transaction<DB>,
		callId: string,
	): Promise<Result<{ rules: BallotRules; eligibility: Eligibility; opensAt: Date; hasKey: boolean }>> {
		const { rows } = await sql<{
			rules: BallotRules | null;
			eligibility: Eligibility;
			starts_at: Date;
			has_key: boolean;
			counted: boolean;
		}>`
			SELECT ballot_rules AS rules, eligibility, starts_at,
				EXISTS (SELECT FROM participation.ballot_key WHERE call_id = call.id) AS has_key,
				EXISTS (SELECT FROM participation.published_box WHERE call_id = call.id) AS counted
			FROM participation.call
			JOIN participation.phase ON phase.call_id = call.id AND phase.kind = 'voting'
			WHERE call.id::text = ${callId} AND call.status = 'published'
			FOR KEY SHARE OF call`.execute(trx);
		const [row] = rows;
		if (!row?.rules) return refuse('participation.call_unknown');
		if (row.starts_at > context.now()) return refuse('participation.vote_closed');
		if (row.counted) return refuse('participation.counted_already');
		return ok({
			rules: row.rules,
			eligibility: row.eligibility,
			opensAt: row.starts_at,
			hasKey: row.has_key,
		});
	}

	async function enterOne(
		trx: Transaction<DB>,
		actor: Parameters<Paper['enter']>[0],
		callId: string,
		rules: BallotRules,
		input: { number: string; booth: string; choices: unknown },
	): Promise<Result<{ status: PaperSheet['status'] }>> {
		const number = input.number.trim().toUpperCase().slice(0, 40);
		if (!/^[0-9A-Z][0-9A-Z./-]*$/.test(number)) return refuse('participation.sheet_number_invalid');
		const choices = await readChoices(trx, callId, input.choices);
		if (!choices.ok) return choices;
		const known = await trx
			.selectFrom('participation.paper_sheet')
			.selectAll()
			.where('call_id', '=', callId)
			.where('number', '=', number)
			.forUpdate()
			.executeTakeFirst();
		const by = actor.id;
		if (actor.kind !== 'person' || !by) return refuse('platform.not_allowed');
		if (!known) {
			const inserted = await trx
				.insertInto('participation.paper_sheet')
				.values({
					id: newId(),
					call_id: callId,
					number,
					booth: input.booth.trim().slice(0, 100),
					choices: JSON.stringify(choices.value),
					entered_by: by,
					status: rules.doubleEntry ? 'once' : 'matches',
				})
				.onConflict((conflict) => conflict.doNothing())
				.returning('status')
				.executeTakeFirst();
			// Somebody entered the same sheet a moment ago.
			return inserted ? ok({ status: inserted.status }) : refuse('participation.sheet_twice', { number });
		}
		if (!rules.doubleEntry || known.status !== 'once') return refuse('participation.sheet_twice', { number });
		if (known.entered_by === by) return refuse('participation.sheet_second_agent', { number });
		const same = canonical(known.choices as Choice[]) === canonical(choices.value);
		const status = same ? ('matches' as const) : ('differs' as const);
		await trx
			.updateTable('participation.paper_sheet')
			.set({ second_choices: JSON.stringify(choices.value), second_entered_by: by, status })
			.where('id', '=', known.id)
			.execute();
		return ok({ status });
	}

	return {
		async checkIn(actor, callId, declaration) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const call = await booth(trx, callId);
				if (!call.ok) return call;
				const { rules, eligibility, opensAt, hasKey } = call.value;
				const declared = parseDeclaration(context, callId, declaration, eligibility.leastAge, opensAt);
				if (!declared.ok) return declared;
				const { identityHash, districtId } = declared.value;
				await trx
					.insertInto('participation.voter')
					.values({
						id: crypto.randomUUID(),
						call_id: callId,
						identity_hash: identityHash,
						district_id: districtId,
					})
					.onConflict((conflict) => conflict.doNothing())
					.execute();
				const voter = await trx
					.selectFrom('participation.voter')
					.selectAll()
					.where('call_id', '=', callId)
					.where('identity_hash', '=', identityHash)
					.forUpdate()
					.executeTakeFirstOrThrow();
				if (voter.channel === 'paper' || voter.clash) return refuse('participation.voted_on_paper');
				const clash = voter.channel === 'web';
				// Without the call's key the web ballot could not be found to be taken out: it counts then.
				if (clash && (rules.clash === 'web' || !hasKey || !voter.sealed_ballot))
					return refuse('participation.voted_on_web_counts');
				await trx
					.updateTable('participation.voter')
					.set(clash ? { clash: true } : { channel: 'paper' })
					.where('id', '=', voter.id)
					.execute();
				return ok({ clash });
			});
		},

		async enter(actor, callId, input) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const call = await booth(trx, callId);
				return call.ok ? enterOne(trx, actor, callId, call.value.rules, input) : call;
			});
		},

		async settle(actor, id, { choices: given, voidReason }) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			return db.transaction().execute(async (trx) => {
				const { rows } = await sql<{ call_id: string; status: PaperSheet['status'] }>`
					SELECT call_id, status FROM participation.paper_sheet WHERE id::text = ${id} FOR UPDATE`.execute(
					trx,
				);
				const [sheet] = rows;
				if (!sheet) return refuse('participation.sheet_unknown');
				const call = await booth(trx, sheet.call_id);
				if (!call.ok) return call;
				if (voidReason?.trim()) {
					await trx
						.updateTable('participation.paper_sheet')
						.set({ status: 'void', void_reason: voidReason.trim().slice(0, 500) })
						.where('id', '=', id)
						.execute();
				} else {
					if (sheet.status !== 'differs') return refuse('participation.sheet_settled');
					const choices = await readChoices(trx, sheet.call_id, given);
					if (!choices.ok) return choices;
					await trx
						.updateTable('participation.paper_sheet')
						.set({ choices: JSON.stringify(choices.value), status: 'matches' })
						.where('id', '=', id)
						.execute();
				}
				await platform.audit.record(trx, {
					actor,
					action: 'participation.sheet.settled',
					subject: `sheet:${id}`,
				});
				return ok(null);
			});
		},

		async list(actor, callId) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			const [sheets, checkedIn] = await Promise.all([
				db
					.selectFrom('participation.paper_sheet')
					.selectAll()
					.where('call_id', '=', callId)
					.orderBy(sql`status = 'differs'`, 'desc')
					.orderBy(sql`length(number)`)
					.orderBy('number')
					.limit(mostSheets)
					.execute(),
				db
					.selectFrom('participation.voter')
					.select((e) => e.fn.countAll<number>().as('count'))
					.where('call_id', '=', callId)
					.where(({ eb, or }) => or([eb('channel', '=', 'paper'), eb('clash', '=', true)]))
					.executeTakeFirstOrThrow(),
			]);
			return ok({
				checkedIn: Number(checkedIn.count),
				items: sheets.map((row) => ({
					id: row.id,
					number: row.number,
					booth: row.booth,
					status: row.status,
					choices: row.choices as Choice[],
					secondChoices: row.second_choices as Choice[] | null,
				})),
			});
		},

		async importCsv(actor, callId, text) {
			if (!mayHoldBooth(actor)) return refuse('platform.not_allowed');
			const undone = new Error('faults');
			const faults: { line: number; error: string }[] = [];
			let entered = 0;
			try {
				return await db.transaction().execute(async (trx) => {
					const call = await booth(trx, callId);
					if (!call.ok) return call;
					const rows = parseCsv(text);
					if (rows.length > mostCsvLines) return refuse('participation.csv_too_long', { most: mostCsvLines });
					for (const { line, cells } of rows) {
						const outcome = await enterOne(trx, actor, callId, call.value.rules, {
							number: cells.sheet ?? '',
							booth: cells.booth ?? '',
							choices: choicesOfText(cells.projects ?? ''),
						});
						if (outcome.ok) entered++;
						else faults.push({ line, error: outcome.error });
					}
					if (faults.length) throw undone;
					return ok({ entered, faults });
				});
			} catch (error) {
				if (error === undone) return ok({ entered: 0, faults });
				if (error instanceof CsvError) return refuse('participation.csv_unreadable', { line: error.line });
				throw error;
			}
		},
	};
}

/** `12 7 3`, or with points `12:3 7:2`. What is no number is left for the check to refuse. */
export function choicesOfText(text: string): unknown[] {
	return text
		.trim()
		.split(/[\s,]+/)
		.filter(Boolean)
		.map((part) => {
			const [project, points] = part.split(':');
			return { project: Number(project), ...(points !== undefined && { points: Number(points) }) };
		});
}
