import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { categories } from '../kinds.ts';
import { audiences } from './face.ts';

export const optionalText = (most: number) =>
	textInput(most)
		.nullish()
		.transform((text) => text || null);

const day = z
	.string()
	.refine(
		(text) =>
			/^\d{4}-\d{2}-\d{2}$/.test(text) &&
			!Number.isNaN(Date.parse(text)) &&
			new Date(text).toISOString().startsWith(text),
		'equipment.day_invalid',
	);
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'equipment.time_invalid');

export const campaignInput = z
	.object({
		title: textInput(160, 'equipment.campaign_title_missing'),
		why: textInput(4000, 'equipment.campaign_why_missing'),
		audience: z.enum(audiences),
		taken: z.array(z.enum(categories)).min(1, 'equipment.campaign_taken_missing'),
		notTaken: optionalText(1000),
		startsOn: day,
		endsOn: day,
	})
	.refine(({ startsOn, endsOn }) => endsOn >= startsOn, {
		message: 'equipment.campaign_ends_before',
		path: ['endsOn'],
	});

export const pointInput = z.object({
	name: textInput(160, 'equipment.point_name_missing'),
	address: textInput(300).default(''),
	longitude: z.number().min(-180).max(180).nullish(),
	latitude: z.number().min(-90).max(90).nullish(),
	note: optionalText(500),
});

export const openingInput = z
	.object({
		day,
		from: time,
		to: time,
		slotMinutes: z.int().min(5).max(480).nullish(),
		slotCapacity: z.int().min(1).max(500).nullish(),
	})
	.refine(({ from, to }) => to > from, { message: 'equipment.opening_ends_before', path: ['to'] })
	.refine(({ slotMinutes, slotCapacity }) => !slotMinutes === !slotCapacity, {
		message: 'equipment.opening_slot_incomplete',
		path: ['slotCapacity'],
	});
