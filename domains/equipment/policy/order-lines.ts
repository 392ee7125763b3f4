import { ok, type Result, refuse, textInput } from '@parvis/platform';
import { z } from 'zod';
import type { Context } from '../context.ts';
import { today } from '../days.ts';
import { categories } from '../kinds.ts';
import type { Trx } from './numbers.ts';
import { reasonInput } from './reason.ts';
import { lineOf } from './rules/obligations.ts';
import { readInForce } from './versions.ts';

export const lineInput = z.object({
	category: z.enum(categories),
	modelId: z.uuid('equipment.model_unknown').nullish(),
	label: textInput(200, 'equipment.label_missing'),
	quantity: z
		.int('equipment.quantity_invalid')
		.min(1, 'equipment.quantity_invalid')
		.max(10_000, 'equipment.quantity_invalid'),
	unitCents: z
		.int('equipment.price_invalid')
		.min(0, 'equipment.price_invalid')
		.max(100_000_000, 'equipment.price_invalid'),
	acquired: z.enum(['new', 'refurbished', 'reused']),
	donated: z.boolean().default(false),
	recycledContent: z.boolean().default(false),
	need: textInput(30).nullish(),
	exceptionReason: textInput(1000).nullish(),
});

type LineInput = z.output<typeof lineInput>;

/** A new device where the policy asks for a refurbished one needs a need that justifies it, or a reason. */
export async function checkLine(context: Context, trx: Trx, line: LineInput): Promise<Result<string | null>> {
	if (line.modelId) {
		const model = await trx
			.selectFrom('equipment.model')
			.select('category')
			.where('id', '=', line.modelId)
			.executeTakeFirst();
		if (model?.category !== line.category) return refuse('equipment.model_unknown', { field: 'modelId' });
	}
	if (line.donated && line.acquired === 'new') return refuse('equipment.donated_new', { field: 'donated' });
	const policy = await readInForce({ db: trx }, today(context));
	const rules = policy?.rules.categories[line.category];
	const isException =
		line.acquired === 'new' &&
		rules?.refurbishedFirst === true &&
		!(line.need && rules.newForNeeds.includes(line.need));
	if (!isException) return ok(null);
	const reason = reasonInput.safeParse(line.exceptionReason ?? '');
	return reason.success
		? ok(reason.data)
		: refuse('equipment.new_needs_reason', { field: 'exceptionReason' });
}

export const columnsOf = (line: LineInput, exceptionReason: string | null) => ({
	category: line.category,
	model_id: line.modelId ?? null,
	label: line.label,
	quantity: line.quantity,
	unit_cents: line.unitCents,
	acquired: line.acquired,
	donated: line.donated,
	recycled_content: line.recycledContent,
	product_line: lineOf(line.category),
	need: line.need || null,
	exception_reason: exceptionReason,
});
