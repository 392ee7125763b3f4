import { asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayCollect, mayManage } from '../policies.ts';
import { optionalText } from './campaign-input.ts';
import { type Partners, partnerKinds } from './face.ts';

const partnerInput = z.object({
	name: textInput(160, 'equipment.partner_name_missing'),
	kind: z.enum(partnerKinds),
	email: z
		.union([
			z.literal('').transform(() => null),
			z.string().trim().toLowerCase().max(254).pipe(z.email('equipment.email_invalid')),
		])
		.nullish()
		.transform((text) => text ?? null),
	phone: optionalText(30),
	address: optionalText(300),
	note: optionalText(1000),
	active: z.boolean().default(true),
});

/** @see Partners */
export function createPartners({ db, platform, now }: Context): Partners {
	return {
		async list(actor) {
			if (!mayCollect(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('equipment.partner')
				.selectAll()
				.orderBy('active', 'desc')
				.orderBy('name')
				.execute();
			return ok(rows.map(({ created_at: _, ...partner }) => partner));
		},

		async save(actor, input, known) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(partnerInput, input);
			if (!parsed.ok) return parsed;
			return changing(db, async (trx): Promise<Result<{ id: string }>> => {
				const same = await trx
					.selectFrom('equipment.partner')
					.select('id')
					.where((e) => e(e.fn('lower', ['name']), '=', parsed.value.name.toLowerCase()))
					.executeTakeFirst();
				if (same && same.id !== known?.id) return refuse('equipment.partner_taken', { field: 'name' });
				const id = known?.id ?? newId();
				if (known) {
					const { numUpdatedRows } = await trx
						.updateTable('equipment.partner')
						.set({ ...parsed.value, version: known.version + 1 })
						.where('id', '=', asId(known.id))
						.where('version', '=', known.version)
						.executeTakeFirst();
					if (!numUpdatedRows) return refuse('equipment.changed_meanwhile');
				} else
					await trx
						.insertInto('equipment.partner')
						.values({ id, ...parsed.value, created_at: now() })
						.execute();
				await platform.audit.record(trx, {
					actor,
					action: `equipment.partner.${known ? 'changed' : 'created'}`,
					subject: `partner:${id}`,
				});
				return ok({ id });
			});
		},
	};
}
