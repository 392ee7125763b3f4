import { ok, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Category } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { DecisionKind, OptionKind, ReportedException, Requests } from './face.ts';

const yearOf = (column: string) =>
	sql`extract(year FROM ${sql.ref(column)} AT TIME ZONE 'Europe/Paris')::int`;

/** A year for the council: how needs were answered, and where the policy was set aside. */
export function createReport({ db }: Context): Pick<Requests, 'year' | 'years' | 'exceptions'> {
	return {
		async year(year) {
			const { rows } = await sql<{
				created: boolean;
				status: string;
				decision: DecisionKind | null;
				proposed: OptionKind;
				exception: boolean;
				simulated: boolean;
				count: number;
			}>`SELECT ${yearOf('created_at')} = ${year} AS created, status, decision, answer->>'best' AS proposed, exception,
					simulated, count(*)::int AS count
				FROM equipment.need_request WHERE ${yearOf('created_at')} = ${year} OR ${yearOf('decided_at')} = ${year}
				GROUP BY 1, 2, 3, 4, 5, 6`.execute(db);
			const { rows: decidedRows } = await sql<{
				decision: DecisionKind;
				proposed: OptionKind;
				exception: boolean;
				count: number;
			}>`SELECT decision, answer->>'best' AS proposed, exception, count(*)::int AS count
				FROM equipment.need_request WHERE ${yearOf('decided_at')} = ${year} GROUP BY 1, 2, 3`.execute(db);
			const created = rows.filter((row) => row.created);
			const sum = (of: readonly { count: number }[]) => of.reduce((total, { count }) => total + count, 0);
			const exceptions = decidedRows.filter(({ exception }) => exception);
			const decided = (kind: DecisionKind) => sum(decidedRows.filter(({ decision }) => decision === kind));
			return {
				year,
				requests: sum(created),
				toDecide: sum(created.filter(({ status }) => status === 'to_decide')),
				withdrawn: sum(created.filter(({ status }) => status === 'withdrawn')),
				decided: {
					keep: decided('keep'),
					pool: decided('pool'),
					refurbished: decided('refurbished'),
					new: decided('new'),
					nothing: decided('nothing'),
				},
				exceptions: sum(exceptions),
				exceptionKinds: exceptions
					.map(({ proposed, decision, count }) => ({ proposed, decided: decision, count }))
					.sort((a, b) => b.count - a.count),
				simulated: rows.some(({ simulated }) => simulated),
			};
		},

		async years() {
			const { rows } = await sql<{ year: number }>`
				SELECT ${yearOf('created_at')} AS year FROM equipment.need_request
				UNION SELECT extract(year FROM ordered_on)::int FROM equipment.purchase_order
					WHERE status IN ('ordered', 'received')
				ORDER BY year DESC`.execute(db);
			return rows.map(({ year }) => year);
		},

		async exceptions(actor, year) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<ReportedException & { category: Category }>`
				SELECT number, answer->>'best' AS proposed, decision AS decided, category, need, reason,
					to_char(decided_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM-DD') AS day, simulated
				FROM equipment.need_request WHERE exception AND ${yearOf('decided_at')} = ${year}
				UNION ALL
				SELECT purchase.number, NULL, 'new', line.category, line.need, line.exception_reason,
					to_char(purchase.ordered_on, 'YYYY-MM-DD'), purchase.simulated
				FROM equipment.purchase_line line JOIN equipment.purchase_order purchase ON purchase.id = line.order_id
				WHERE line.request_id IS NULL AND line.exception_reason IS NOT NULL
					AND purchase.status IN ('ordered', 'received') AND extract(year FROM purchase.ordered_on) = ${year}
				ORDER BY day DESC, number DESC`.execute(db);
			return ok(rows);
		},
	};
}
