import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { dayInput } from '../days.ts';
import { conditions, deviceStatuses } from '../kinds.ts';

/** A day that a device can have to do with. */
const text = (most: number) =>
	textInput(most)
		.nullable()
		.transform((words) => words || null);

export const tagInput = z
	.string()
	.trim()
	.min(1, 'equipment.tag_missing')
	.max(60, 'equipment.tag_invalid')
	.regex(/^\P{C}+$/u, 'equipment.tag_invalid');

export const batteryInput = z
	.int('equipment.battery_invalid')
	.min(0, 'equipment.battery_invalid')
	.max(100, 'equipment.battery_invalid');

export const priceInput = z
	.int('equipment.price_invalid')
	.min(0, 'equipment.price_invalid')
	.max(2_000_000_000, 'equipment.price_invalid');

/** Fields of a device as anybody gives them; `null` empties one. */
export const deviceInput = z
	.object({
		tag: tagInput,
		serial: text(120),
		modelId: z.uuid('equipment.model_unknown'),
		status: z.enum(deviceStatuses, 'equipment.status_unknown'),
		holderId: z.uuid('equipment.holder_unknown').nullable(),
		service: text(120),
		site: text(120),
		need: text(40),
		boughtOn: dayInput.nullable(),
		inUseOn: dayInput.nullable(),
		warrantyUntil: dayInput.nullable(),
		supportedUntil: dayInput.nullable(),
		acquired: z.enum(['new', 'refurbished', 'reused']),
		firstUsedOn: dayInput.nullable(),
		condition: z.enum(conditions).nullable(),
		batteryHealthPercent: batteryInput.nullable(),
		batteryMeasuredOn: dayInput.nullable(),
		priceCents: priceInput.nullable(),
		supplier: text(200),
		orderNumber: text(120),
		leftOn: dayInput.nullable(),
		leftAs: z.enum(['reused', 'sold', 'donated', 'parts', 'recycled', 'lost']).nullable(),
		note: text(5000),
	})
	.partial();
