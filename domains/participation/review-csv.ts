import {
	type Actor,
	asId,
	CsvError,
	changing,
	csvLine,
	newId,
	ok,
	parseCsv,
	type Result,
	refuse,
} from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from './context.ts';
import { mayReview } from './policies.ts';
import { answerInput, assignInput } from './review-input.ts';

const columns = [
	'number',
	'service',
	'reviewer',
	'due',
	'feasible',
	'investment',
	'yearly',
	'how',
	'timing',
	'title',
] as const;
const mostLines = 10_000;
const mostFaults = 50;

const feasibleWords: Record<string, 'yes' | 'changed' | 'no'> = {
	yes: 'yes',
	oui: 'yes',
	changed: 'changed',
	modifiée: 'changed',
	modifiee: 'changed',
	no: 'no',
	non: 'no',
};

/** Reviews of a call as a table: a line each, amounts in euros, the reviewer by address. Ideas nobody was asked about too. */
export async function exportReviews(context: Context, actor: Actor, callId: string): Promise<Result<string>> {
	if (!mayReview(actor)) return refuse('platform.not_allowed');
	const { rows } = await sql<{
		number: number;
		title: string;
		service: string | null;
		reviewer_id: string | null;
		due: string | null;
		feasible: string | null;
		investment: string | null;
		yearly: string | null;
		how: string | null;
		timing: string | null;
	}>`
		SELECT idea.number, idea.title, service, reviewer_id, due_on::text AS due, feasible,
			review.investment_cents AS investment, review.yearly_cents AS yearly, how, timing
		FROM participation.idea LEFT JOIN participation.review ON idea_id = idea.id
		WHERE call_id = ${asId(callId)} AND status = 'published' ORDER BY idea.number, service`.execute(
		context.db,
	);
	const reviewers = await context.identity.people.addresses(
		rows.flatMap(({ reviewer_id }) => reviewer_id ?? []),
	);
	const euros = (cents: string | null) => (cents === null ? '' : String(Number(cents) / 100));
	return ok(
		csvLine(columns) +
			rows
				.map((row) =>
					csvLine([
						row.number,
						row.service ?? '',
						reviewers.get(row.reviewer_id ?? '')?.email ?? '',
						row.due ?? '',
						row.feasible ?? '',
						euros(row.investment),
						euros(row.yearly),
						row.how ?? '',
						row.timing ?? '',
						row.title,
					]),
				)
				.join(''),
	);
}

/** `12 500,50` in cents; null when empty; NaN when it is no amount. */
function centsOf(text: string): number | null {
	const plain = text.replaceAll(/[\s\u00a0\u202f€]/g, '').replace(',', '.');
	return plain === '' ? null : Math.round(Number(plain) * 100);
}

/** `31/12/2026` as `2026-12-31`; other writings as they are. */
function dayOf(text: string): string | null {
	const french = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
	if (french) return `${french[3]}-${french[2]?.padStart(2, '0')}-${french[1]?.padStart(2, '0')}`;
	return text || null;
}

/** Take in what `exportReviews` writes, filled in: services asked and their answers. All lines or none. */
export async function importReviews(
	context: Context,
	actor: Actor,
	callId: string,
	text: string,
): Promise<Result<{ changed: number; faults: { line: number; error: string }[] }>> {
	if (!mayReview(actor)) return refuse('platform.not_allowed');
	let lines: ReturnType<typeof parseCsv>;
	try {
		lines = parseCsv(text.replaceAll('\0', ''));
	} catch (error) {
		if (error instanceof CsvError) return refuse('participation.csv_unreadable', { line: error.line });
		throw error;
	}
	if (lines.length > mostLines) return refuse('participation.csv_too_long', { most: mostLines });
	const faults: { line: number; error: string }[] = [];
	let changed = 0;
	const outcome = await changing(context.db, async (trx) => {
		const ideas = await trx
			.selectFrom('participation.idea')
			.select(['id', 'number'])
			.where('call_id', '=', asId(callId))
			.where('status', '=', 'published')
			.execute();
		const byNumber = new Map(ideas.map(({ id, number }) => [String(number), id]));
		const reviewers = new Map<string, string | null>();
		for (const { line, cells } of lines) {
			// The apostrophe that kept a spreadsheet from running the cell is taken off again.
			const cell = (name: (typeof columns)[number]) =>
				(cells[name] ?? '').replace(/^'(?=[=+\-@\t\r])/, '').trim();
			const service = cell('service');
			if (!service) continue;
			const fault = (error: string) => faults.push({ line, error });
			const ideaId = byNumber.get(cell('number').replace(/^\D+/, ''));
			if (!ideaId) {
				fault('participation.idea_unknown');
				continue;
			}
			const address = cell('reviewer');
			if (address && !reviewers.has(address))
				reviewers.set(address, await context.identity.people.byAddress(address));
			const reviewerId = address ? reviewers.get(address) : null;
			if (address && !reviewerId) {
				fault('participation.reviewer_unknown');
				continue;
			}
			const asked = assignInput.safeParse({
				service,
				reviewerId: reviewerId ?? null,
				dueOn: dayOf(cell('due')),
			});
			if (!asked.success) {
				fault(asked.error.issues[0]?.message ?? 'participation.field_invalid');
				continue;
			}
			const word = cell('feasible').toLowerCase();
			const answered = word
				? answerInput.safeParse({
						feasible: feasibleWords[word],
						investmentCents: centsOf(cell('investment')),
						yearlyCents: centsOf(cell('yearly')),
						how: cell('how'),
						timing: cell('timing'),
					})
				: null;
			if (answered && !answered.success) {
				const message = answered.error.issues[0]?.message ?? '';
				fault(message.startsWith('participation.') ? message : 'participation.cost_invalid');
				continue;
			}
			if (faults.length) continue;
			const set = {
				reviewer_id: asked.data.reviewerId,
				due_on: asked.data.dueOn,
				...(answered?.data && {
					feasible: answered.data.feasible,
					investment_cents: answered.data.investmentCents,
					yearly_cents: answered.data.yearlyCents,
					how: answered.data.how,
					timing: answered.data.timing,
					answered_at: context.now(),
				}),
			};
			await trx
				.insertInto('participation.review')
				.values({
					id: newId(),
					idea_id: ideaId,
					service: asked.data.service,
					assigned_by: actor.kind === 'person' ? actor.id : null,
					assigned_at: context.now(),
					...set,
				})
				.onConflict((conflict) => conflict.columns(['idea_id', 'service']).doUpdateSet(set))
				.execute();
			changed++;
		}
		if (faults.length) return refuse('participation.csv_faults');
		await context.platform.audit.record(trx, {
			actor,
			action: 'participation.review.imported',
			subject: `call:${callId}`,
			detail: { lines: changed },
		});
		return ok(null);
	});
	if (!outcome.ok && outcome.error !== 'participation.csv_faults') return outcome;
	return ok(outcome.ok ? { changed, faults } : { changed: 0, faults: faults.slice(0, mostFaults) });
}
