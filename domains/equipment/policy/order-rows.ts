import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../context.ts';
import type { Acquired, Category } from '../kinds.ts';
import type { OrderLine, OrderStatus, OrderView } from './face.ts';

interface Row {
	id: string;
	number: string;
	supplier: string;
	status: OrderStatus;
	ordered_on: string | null;
	received_on: string | null;
	note: string | null;
	simulated: boolean;
	version: number;
	lines: readonly LineRow[] | null;
}

interface LineRow {
	id: string;
	category: Category;
	model_id: string | null;
	label: string;
	quantity: number;
	unit_cents: number;
	acquired: Acquired;
	donated: boolean;
	recycled_content: boolean;
	product_line: string | null;
	request: string | null;
	need: string | null;
	exception_reason: string | null;
}

const toLine = (row: LineRow): OrderLine => ({
	id: row.id,
	category: row.category,
	modelId: row.model_id,
	label: row.label,
	quantity: row.quantity,
	unitCents: row.unit_cents,
	acquired: row.acquired,
	donated: row.donated,
	recycledContent: row.recycled_content,
	productLine: row.product_line,
	request: row.request,
	need: row.need,
	exceptionReason: row.exception_reason,
});

/** Orders with their lines. @param rest WHERE, ORDER BY and LIMIT on `purchase` */
export async function readOrders(db: Db, rest: RawBuilder<unknown>): Promise<OrderView[]> {
	const { rows } = await sql<Row>`SELECT purchase.id, purchase.number, purchase.supplier, purchase.status,
			purchase.ordered_on, purchase.received_on, purchase.note, purchase.simulated, purchase.version,
			(SELECT jsonb_agg(to_jsonb(line) || jsonb_build_object('request', request.number) ORDER BY line.position)
				FROM equipment.purchase_line line LEFT JOIN equipment.need_request request ON request.id = line.request_id
				WHERE line.order_id = purchase.id) AS lines
		FROM equipment.purchase_order purchase ${rest}`.execute(db);
	return rows.map((row) => {
		const lines = (row.lines ?? []).map(toLine);
		return {
			id: row.id,
			number: row.number,
			supplier: row.supplier,
			status: row.status,
			orderedOn: row.ordered_on,
			receivedOn: row.received_on,
			note: row.note,
			lines,
			totalCents: lines.reduce(
				(sum, { quantity, unitCents, donated }) => sum + (donated ? 0 : quantity * unitCents),
				0,
			),
			simulated: row.simulated,
			version: row.version,
		};
	});
}
