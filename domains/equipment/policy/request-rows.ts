import { type RawBuilder, sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { Category } from '../kinds.ts';
import type { DecisionKind, NeedRules, PolicyAnswer, PolicyRules, RequestView, Trouble } from './face.ts';

export interface RequestRow {
	id: string;
	number: string;
	asker_id: string | null;
	category: Category;
	need: string;
	purpose: string | null;
	trouble: Trouble;
	device_id: string | null;
	service: string | null;
	wanted_by: string | null;
	status: RequestView['status'];
	policy_id: string;
	answer: PolicyAnswer;
	decided_at: Date | null;
	decided_by: string | null;
	decision: DecisionKind | null;
	exception: boolean;
	reason: string | null;
	given_device_id: string | null;
	simulated: boolean;
	version: number;
	created_at: Date;
	device: Named | null;
	given: Named | null;
	bought: { id: string; number: string } | null;
	rules: PolicyRules;
}

interface Named {
	id: string;
	tag: string;
	model: string;
}

const named = (id: RawBuilder<unknown>) => sql`(SELECT jsonb_build_object('id', device.id, 'tag', device.tag,
	'model', concat(model.manufacturer, ' ', model.name)) FROM equipment.device JOIN equipment.model ON model.id = device.model_id
	WHERE device.id = ${id})`;

/** Requests with what they name. @param rest WHERE, ORDER BY and LIMIT on `request` */
export async function readRequestRows(db: Db, rest: RawBuilder<unknown>): Promise<RequestRow[]> {
	const { rows } = await sql<RequestRow>`SELECT request.*, policy.rules,
			${named(sql`request.device_id`)} AS device, ${named(sql`request.given_device_id`)} AS given,
			(SELECT jsonb_build_object('id', purchase.id, 'number', purchase.number)
				FROM equipment.purchase_line line JOIN equipment.purchase_order purchase ON purchase.id = line.order_id
				WHERE line.request_id = request.id ORDER BY line.id LIMIT 1) AS bought
		FROM equipment.need_request request JOIN equipment.policy_version policy ON policy.id = request.policy_id
		${rest}`.execute(db);
	return rows;
}

/** A need as the policy of the time described it; by its code where it no longer does. */
export const needOf = (rules: PolicyRules, code: string): NeedRules =>
	rules.needs.find((need) => need.code === code) ?? {
		code,
		label: { fr: code, en: code },
		justification: { fr: '', en: '' },
	};

/** As pages show them, with the names of who asked and who decided. */
export async function viewRequests(
	{ identity }: Context,
	rows: readonly RequestRow[],
	viewerId: string | null,
): Promise<RequestView[]> {
	const names = await identity.people.names(
		rows.flatMap(({ asker_id, decided_by }) => [asker_id ?? [], decided_by ?? []].flat()),
	);
	const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
	return rows.map((row) => ({
		id: row.id,
		number: row.number,
		asker: nameOf(row.asker_id),
		mine: row.asker_id !== null && row.asker_id === viewerId,
		category: row.category,
		need: needOf(row.rules, row.need),
		purpose: row.purpose,
		trouble: row.trouble,
		device: row.device,
		service: row.service,
		wantedBy: row.wanted_by,
		status: row.status,
		answer: row.answer,
		decision:
			row.decision === null || row.decided_at === null
				? null
				: {
						kind: row.decision,
						at: row.decided_at,
						by: nameOf(row.decided_by),
						exception: row.exception,
						reason: row.reason,
						device: row.given,
						order: row.bought,
					},
		simulated: row.simulated,
		version: row.version,
		createdAt: row.created_at,
	}));
}
