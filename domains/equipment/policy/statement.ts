import { changing, csvLine, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { addDays, daysBetween, today } from '../days.ts';
import type { Category } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { LineShare, OrderEffect, Orders, OrderView, Statement } from './face.ts';
import { duties, lineNames, obligationsOf } from './rules/obligations.ts';
import { type Spent, shareOf } from './rules/shares.ts';
import { isSiret } from './rules/siret.ts';
import { readInForce } from './versions.ts';

interface Row {
	category: Category;
	line: string | null;
	cents: string;
	reused: boolean;
	recycled: boolean;
	donated: boolean;
	simulated: boolean;
}

/** What was ordered in a calendar year, summed by what it counts for. */
async function readSpent(db: Db, year: number): Promise<Row[]> {
	const { rows } = await sql<Row>`
		SELECT line.category, line.product_line AS line, sum(line.quantity::bigint * line.unit_cents) AS cents,
			line.acquired <> 'new' AS reused, line.recycled_content AS recycled, line.donated,
			bool_or(purchase.simulated) AS simulated
		FROM equipment.purchase_line line JOIN equipment.purchase_order purchase ON purchase.id = line.order_id
		WHERE purchase.status IN ('ordered', 'received')
			AND purchase.ordered_on BETWEEN make_date(${year}, 1, 1) AND make_date(${year}, 12, 31)
		GROUP BY 1, 2, 4, 5, 6`.execute(db);
	return rows;
}

const spentOf = (rows: readonly Row[]): Spent[] =>
	rows.flatMap(({ line, cents, reused, recycled, donated }) =>
		line === null ? [] : [{ line, cents: Number(cents), reused, recycledContent: recycled, donated }],
	);

/** The year's shares, with what a draft would add. */
async function sharesOf(
	context: Context,
	year: number,
	spent: readonly Spent[],
	day = today(context),
): Promise<LineShare[]> {
	const policy = await readInForce(context, year === Number(day.slice(0, 4)) ? day : `${year}-12-31`);
	const first = `${year}-01-01`;
	const passed =
		year === Number(day.slice(0, 4))
			? (daysBetween(first, day) + 1) / daysBetween(first, addDays(`${year}-12-31`, 1))
			: null;
	return obligationsOf(year).map((obligation) =>
		shareOf(obligation, spent, policy?.rules.reuseShares[obligation.line] ?? 0, {
			passed: passed === 1 ? null : passed,
		}),
	);
}

/** The year against the law and the town's own policy. */
export async function readStatement(context: Context, year: number): Promise<Statement> {
	const rows = await readSpent(context.db, year);
	const outside = new Map<Category, number>();
	for (const { category, line, cents } of rows)
		if (line === null) outside.set(category, (outside.get(category) ?? 0) + Number(cents));
	return {
		year,
		lines: await sharesOf(context, year, spentOf(rows)),
		outside: [...outside].map(([category, totalCents]) => ({ category, totalCents })),
		simulated: rows.some(({ simulated }) => simulated),
	};
}

/** The shares of this year before and with a draft, by line that it touches. */
export async function effectOf(context: Context, order: OrderView): Promise<OrderEffect[]> {
	const year = Number((order.orderedOn ?? today(context)).slice(0, 4));
	const counted = order.status === 'ordered' || order.status === 'received';
	const added: Spent[] = order.lines.flatMap((line) =>
		line.productLine === null
			? []
			: [
					{
						line: line.productLine,
						cents: line.quantity * line.unitCents,
						reused: line.acquired !== 'new',
						recycledContent: line.recycledContent,
						donated: line.donated,
					},
				],
	);
	const spent = spentOf(await readSpent(context.db, year));
	// Taking away what is counted already is adding its opposite.
	const minus = counted ? added.map((one) => ({ ...one, cents: -one.cents })) : [];
	const [before, after] = await Promise.all([
		sharesOf(context, year, [...spent, ...minus]),
		sharesOf(context, year, counted ? spent : [...spent, ...added]),
	]);
	const touched = new Set(added.map(({ line }) => line));
	return before.flatMap((share, n) => {
		const with_ = after[n];
		return with_ && touched.has(share.obligation.line) ? [{ before: share, after: with_ }] : [];
	});
}

const buyerInput = z.object({
	siret: z
		.string()
		.transform((text) => text.replaceAll(/\s/g, ''))
		.refine(isSiret, 'equipment.siret_invalid'),
	name: textInput(200, 'equipment.buyer_name_missing'),
});

/** Columns of the schema of data.gouv.fr, version 0.1.0; amounts in euros, excluding tax. */
const columns = [
	'annee',
	'siret',
	'raison_sociale',
	'type_produit_acquis',
	'montant_total',
	'montant_reemploi_et_reutilisation',
	'montant_produits_issus_don',
	'montant_produits_recycles',
	'commentaires',
];

/** Names of the product lines exactly as the schema lists them. */
const schemaNames: Record<string, string> = Object.fromEntries(
	Object.entries(lineNames).map(([line, name]) => [line, name.replaceAll('’', "'")]),
);

const inEuros = (cents: number) => (cents / 100).toFixed(2);

export function createStatement(
	context: Context,
): Pick<Orders, 'obligations' | 'duties' | 'statement' | 'statementCsv' | 'buyer' | 'saveBuyer'> {
	const readBuyer = async () =>
		(await context.db.selectFrom('equipment.buyer').select(['siret', 'name']).executeTakeFirst()) ?? null;
	return {
		obligations: obligationsOf,
		duties: () => duties,
		statement: (year) => readStatement(context, year),
		buyer: async (actor) => (mayManage(actor) ? ok(await readBuyer()) : refuse('platform.not_allowed')),

		async saveBuyer(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(buyerInput, input);
			if (!parsed.ok) return parsed;
			return changing(context.db, async (trx) => {
				await trx
					.insertInto('equipment.buyer')
					.values(parsed.value)
					.onConflict((conflict) => conflict.column('one').doUpdateSet(parsed.value))
					.execute();
				await context.platform.audit.record(trx, {
					actor,
					action: 'equipment.buyer.saved',
					subject: `buyer:${parsed.value.siret}`,
				});
				return ok(null);
			});
		},

		async statementCsv(actor, year) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const buyer = await readBuyer();
			if (!buyer) return refuse('equipment.buyer_missing');
			const { lines, simulated } = await readStatement(context, year);
			return ok(
				[
					csvLine(columns),
					...lines.map(({ obligation, totalCents, reuseCents, donatedCents, recycledCents }) =>
						csvLine([
							year,
							buyer.siret,
							buyer.name,
							schemaNames[obligation.line] ?? obligation.name,
							inEuros(totalCents - donatedCents),
							inEuros(reuseCents - donatedCents),
							inEuros(donatedCents),
							inEuros(recycledCents),
							simulated ? 'Données de démonstration : à ne pas envoyer' : '',
						]),
					),
				].join(''),
			);
		},
	};
}
