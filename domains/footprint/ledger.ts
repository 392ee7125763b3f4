import { newId } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import type { Context } from './context.ts';
import type { Footprint, FootprintPosting } from './face.ts';
import { factorOn, readFactors } from './factors.ts';
import { fromMillionths, type Line, linesToAppend, noCarbon, toMillionths } from './rules/correction.ts';
import type { DB } from './tables.ts';

interface Kept extends Line {
	id: string;
	kilogramsPerUnit: string | null;
	source: string | null;
	year: number | null;
}

/**
 * One transaction at a time writes a key; keys are locked in one order, so that two batches never wait for each other. Keys
 * share 256 locks: PostgreSQL has room for some thousands only, and a batch may hold tens of thousands of keys.
 */
async function lockKeys(trx: Transaction<DB>, keys: readonly string[]): Promise<void> {
	await sql`SELECT pg_advisory_xact_lock(hashtext('footprint'), number) FROM (
		SELECT DISTINCT (hashtextextended(key, 0) & 255)::int AS number
		FROM unnest(${keys}::text[]) AS key ORDER BY number) AS ordered`.execute(trx);
}

async function readHistory(trx: Transaction<DB>, keys: readonly string[]): Promise<Map<string, Kept[]>> {
	const rows = await trx
		.selectFrom('footprint.entry')
		.select([
			'id',
			'key',
			sql<string>`day::text`.as('day'),
			'service',
			'unit',
			'factor_code',
			'factor_kilograms',
			'factor_source',
			'factor_year',
			'simulated',
			'quantity',
			'stated_source',
			'stated_low',
			'stated_kilograms',
			'stated_high',
		])
		.where('key', '=', sql<string>`ANY(${keys}::text[])`)
		.orderBy('key')
		.orderBy('revision')
		.execute();
	const histories = new Map<string, Kept[]>();
	for (const row of rows) {
		const history = histories.get(row.key) ?? [];
		histories.set(row.key, history);
		history.push({
			id: row.id,
			day: row.day,
			service: row.service,
			unit: row.unit,
			factor: row.factor_code,
			simulated: row.simulated,
			millionths: toMillionths(Number(row.quantity)),
			stated: row.stated_source,
			carbon:
				row.stated_source === null
					? noCarbon
					: {
							low: toMillionths(Number(row.stated_low)),
							mid: toMillionths(Number(row.stated_kilograms)),
							high: toMillionths(Number(row.stated_high)),
						},
			kilogramsPerUnit: row.factor_kilograms,
			source: row.factor_source,
			year: row.factor_year,
		});
	}
	return histories;
}

/** A posting as a line of its key. */
function lineOf({ key, day, service, unit, factor, simulated, quantity, carbon }: FootprintPosting): Line {
	const line = { day, service, unit, factor, simulated, millionths: toMillionths(quantity) };
	if (!carbon) return { ...line, stated: null, carbon: noCarbon };
	if (factor !== null) throw new Error(`${key} has a factor and states its carbon`);
	const { low, mid, high, source } = carbon;
	if (!(low <= mid && mid <= high) || !source) throw new RangeError(`no range of carbon: ${key}`);
	return {
		...line,
		stated: source,
		carbon: { low: toMillionths(low), mid: toMillionths(mid), high: toMillionths(high) },
	};
}

export function createPosting({ now }: Context): Footprint['post'] {
	return async (anyTrx, postings) => {
		if (!postings.length) return;
		const trx = anyTrx as unknown as Transaction<DB>;
		const keys = [...new Set(postings.map(({ key }) => key))];
		await lockKeys(trx, keys);
		const histories = await readHistory(trx, keys);
		const factors = await readFactors(trx);

		/** The factor that the key's lines use already for this day, or the one of the day. */
		function factorOf(line: Line, history: readonly Kept[]) {
			if (line.factor === null) return { kilogramsPerUnit: null, source: null, year: null };
			const before = history.findLast(({ factor, day }) => factor === line.factor && day === line.day);
			if (before) return before;
			const found = factorOn(factors, line.factor, line.day);
			if (!found) throw new Error(`no emission factor ${line.factor}`);
			if (found.unit !== line.unit) throw new Error(`${line.factor} is for ${found.unit}, not ${line.unit}`);
			return { ...found, kilogramsPerUnit: String(found.kilogramsPerUnit) };
		}

		const rows = postings.flatMap((posting: FootprintPosting) => {
			const history = histories.get(posting.key) ?? [];
			histories.set(posting.key, history);
			return linesToAppend(history, lineOf(posting)).map((line) => {
				const stated = (millionths: number) => (line.stated === null ? null : fromMillionths(millionths));
				const { kilogramsPerUnit, source, year } = factorOf(line, history);
				const id = newId();
				const row = {
					id,
					key: posting.key,
					revision: history.length + 1,
					corrects: history.at(-1)?.id ?? null,
					day: line.day,
					service: line.service,
					quantity: fromMillionths(line.millionths),
					unit: line.unit as FootprintPosting['unit'],
					factor_code: line.factor,
					factor_kilograms: kilogramsPerUnit,
					factor_source: source,
					factor_year: year,
					stated_kilograms: stated(line.carbon.mid),
					stated_low: stated(line.carbon.low),
					stated_high: stated(line.carbon.high),
					stated_source: line.stated,
					baseline_fr: posting.baseline.fr,
					baseline_en: posting.baseline.en,
					method_fr: posting.method.fr,
					method_en: posting.method.en,
					simulated: line.simulated,
					recorded_at: now(),
				};
				history.push({ ...line, id, kilogramsPerUnit, source, year });
				return row;
			});
		});
		const [first] = rows;
		if (!first) return;
		const columns = sql.join(Object.keys(first).map((column) => sql.ref(column)));
		// As one value, however many: a batch of some ten thousand entries takes a second.
		for (let from = 0; from < rows.length; from += 5000)
			await sql`INSERT INTO footprint.entry (${columns}) SELECT ${columns}
				FROM jsonb_populate_recordset(NULL::footprint.entry, ${JSON.stringify(rows.slice(from, from + 5000))}::jsonb)`.execute(
				trx,
			);
	};
}
