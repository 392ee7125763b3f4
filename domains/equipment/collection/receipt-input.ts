import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { categories } from '../kinds.ts';
import { optionalText } from './campaign-input.ts';
import { itemConditions } from './face.ts';

/** Most devices of one receipt: a box of a school's tablets fits. */
export const mostDevices = 200;

export const receiptLine = z.object({
	id: z.uuid(),
	category: z.enum(categories, 'equipment.category_missing'),
	condition: z.enum(itemConditions).default('unknown'),
	holdsData: z.boolean().optional(),
	quantity: z
		.int()
		.min(1, 'equipment.quantity_invalid')
		.max(mostDevices, 'equipment.quantity_invalid')
		.default(1),
	description: optionalText(300),
	weightGrams: z.int().min(1, 'equipment.weight_invalid').max(500_000, 'equipment.weight_invalid').nullish(),
	tag: optionalText(60),
});

export const giverInput = z.object({
	name: textInput(120).nullish(),
	email: z.string().trim().toLowerCase().max(254).pipe(z.email('equipment.email_invalid')),
	locale: z.enum(['fr', 'en']).catch('fr').default('fr'),
});

const lines = z
	.array(receiptLine)
	.min(1, 'equipment.receipt_empty')
	.refine(
		(all) => all.reduce((sum, { quantity }) => sum + quantity, 0) <= mostDevices,
		'equipment.receipt_too_many',
	)
	.refine((all) => new Set(all.map(({ id }) => id)).size === all.length, 'equipment.field_invalid');

export const receiptContent = z.object({
	campaignId: z.uuid().nullish(),
	pointId: z.uuid().nullish(),
	lines,
	giver: giverInput.nullish(),
});

export type ReceiptContent = z.output<typeof receiptContent>;

/** What a phone sends of a receipt. */
export const receiptAction = receiptContent.extend({
	id: z.uuid(),
	on: z.literal('receipt'),
	/** By the phone's clock. */
	at: z.coerce.date().min(new Date('1970-01-01')).max(new Date('2100-01-01')),
	number: z.string().max(20),
	code: z.string().max(40),
});
