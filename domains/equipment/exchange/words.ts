import { changing, ok, refuse } from '@parvis/platform';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { categories } from '../kinds.ts';
import { mayManage } from '../policies.ts';
import type { Exchange } from './face.ts';
import { fold } from './rules/values.ts';
import { statusValues } from './rules/words.ts';

const input = z
	.array(
		z.discriminatedUnion('kind', [
			z.object({
				kind: z.literal('category'),
				word: z.string().max(200),
				value: z.enum([...categories, ''], 'equipment.category_unknown'),
			}),
			z.object({
				kind: z.literal('status'),
				word: z.string().max(200),
				value: z.enum([...statusValues, ''], 'equipment.status_unknown'),
			}),
		]),
	)
	.max(500);

/** Keep what words mean; see `Exchange.words.save`. */
export async function saveWords(context: Context, db: Db, given: unknown) {
	const parsed = parseInput(input, given);
	if (!parsed.ok) return parsed;
	for (const { kind, word, value } of parsed.value) {
		const folded = fold(word);
		if (!folded) continue;
		if (value === '')
			await db
				.deleteFrom('equipment.import_word')
				.where('kind', '=', kind)
				.where('word', '=', folded)
				.execute();
		else
			await db
				.insertInto('equipment.import_word')
				.values({ kind, word: folded, value, updated_at: context.now() })
				.onConflict((conflict) =>
					conflict.columns(['kind', 'word']).doUpdateSet({ value, updated_at: context.now() }),
				)
				.execute();
	}
	return ok(null);
}

/** What other inventories call categories and statuses. */
export function createWords(context: Context): Exchange['words'] {
	return {
		statusValues,

		async list(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return ok(
				await context.db
					.selectFrom('equipment.import_word')
					.select(['kind', 'word', 'value'])
					.orderBy('kind')
					.orderBy('word')
					.execute(),
			);
		},

		async save(actor, words) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(context.db, async (trx) => {
				const saved = await saveWords(context, trx, words);
				if (saved.ok)
					await context.platform.audit.record(trx, {
						actor,
						action: 'equipment.import_words.saved',
						detail: { words: words.length },
					});
				return saved;
			});
		},
	};
}
