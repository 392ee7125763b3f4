import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../../context.ts';
import { townDay } from '../../days.ts';
import type { Category } from '../../kinds.ts';
import type { Loan } from './face.ts';

/** Loans with their device and holder. @param rest conditions, order and limit */
export async function readLoans(context: Context, rest: RawBuilder<unknown>): Promise<Loan[]> {
	const { rows } = await sql<
		Omit<Loan, 'device' | 'holder' | 'late'> & {
			deviceId: string;
			tag: string;
			model: string;
			category: Category;
			holderId: string;
			holderName: string | null;
		}
	>`
		SELECT loan.id, loan.device_id AS "deviceId", device.tag, model.manufacturer || ' ' || model.name AS model,
			model.category, loan.holder_id AS "holderId", holder.name AS "holderName", loan.starts_on AS "startsOn",
			loan.due_on AS "dueOn", loan.status, loan.returned_on AS "returnedOn", loan.condition_out AS "conditionOut",
			loan.condition_back AS "conditionBack", loan.note, loan.reminded_on AS "remindedOn"
		FROM equipment.loan JOIN equipment.device ON device.id = loan.device_id
		JOIN equipment.model ON model.id = device.model_id JOIN equipment.holder ON holder.id = loan.holder_id
		${rest}`.execute(context.db);
	const today = townDay(context.now());
	return rows.map(({ deviceId, tag, model, category, holderId, holderName, ...loan }) => ({
		...loan,
		device: { id: deviceId, tag, model, category },
		holder: { id: holderId, name: holderName },
		late: loan.status === 'out' && loan.dueOn < today,
	}));
}
