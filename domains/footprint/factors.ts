import { changing, ok, parseRoomInput, refuse, textInput } from '@parvis/platform';
import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import type { Context } from './context.ts';
import type { Factor, Footprint, FootprintUnit } from './face.ts';
import { mayManage } from './policies.ts';
import type { DB } from './tables.ts';

const day = z.iso.date('footprint.day_invalid');
const input = z.object({
	code: z.string().max(60),
	validFrom: day,
	kilogramsPerUnit: z.number('footprint.value_invalid').min(0, 'footprint.value_invalid').max(10_000),
	source: textInput(300, 'footprint.source_missing'),
	year: z.int().min(1990).max(2100),
	url: z
		.url({ protocol: /^https?$/ })
		.max(500)
		.nullish(),
	caveat: textInput(300).nullish(),
});

/** All lines of all factors, by code, newest first. */
export async function readFactors(db: Kysely<DB> | Transaction<DB>): Promise<Factor[]> {
	const rows = await db
		.selectFrom('footprint.factor')
		.selectAll()
		.select(sql<string>`valid_from::text`.as('from_day'))
		.orderBy('code')
		.orderBy('valid_from', 'desc')
		.execute();
	return rows.map((row) => ({
		code: row.code,
		validFrom: row.from_day,
		kilogramsPerUnit: row.kilograms_per_unit,
		unit: row.unit as FootprintUnit,
		label: { fr: row.label_fr, en: row.label_en },
		source: row.source,
		year: row.source_year,
		url: row.source_url,
		caveat: row.caveat_fr === null ? null : { fr: row.caveat_fr, en: row.caveat_en ?? row.caveat_fr },
	}));
}

/** The line used on a day; on days before the first one, the first. @param factors as `readFactors` orders them */
export function factorOn(factors: readonly Factor[], code: string, onDay: string): Factor | undefined {
	const lines = factors.filter((factor) => factor.code === code);
	return lines.find(({ validFrom }) => validFrom <= onDay) ?? lines.at(-1);
}

export function createFactors({ platform, db }: Context): Footprint['factors'] {
	return {
		list: () => readFactors(db),

		async add(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseRoomInput('footprint', input, given);
			if (!parsed.ok) return parsed;
			const { code, validFrom, kilogramsPerUnit, source, year, url, caveat } = parsed.value;
			return changing(db, async (trx) => {
				const lines = (await readFactors(trx)).filter((factor) => factor.code === code);
				const [newest] = lines;
				if (!newest) return refuse('footprint.factor_unknown');
				if (lines.some((line) => line.validFrom === validFrom)) return refuse('footprint.factor_day_taken');
				const added: Factor = {
					...newest,
					validFrom,
					kilogramsPerUnit,
					source,
					year,
					url: url ?? null,
					caveat: caveat ? { fr: caveat, en: caveat } : null,
				};
				await trx
					.insertInto('footprint.factor')
					.values({
						code,
						valid_from: validFrom,
						kilograms_per_unit: kilogramsPerUnit,
						unit: added.unit,
						label_fr: added.label.fr,
						label_en: added.label.en,
						source,
						source_year: year,
						source_url: added.url,
						caveat_fr: added.caveat?.fr ?? null,
						caveat_en: added.caveat?.en ?? null,
					})
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'footprint.factor.added',
					subject: `factor:${code}`,
					detail: { validFrom, kilogramsPerUnit, source, year },
				});
				return ok(added);
			});
		},
	};
}
