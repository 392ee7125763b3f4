import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { couldNotReasons, roundActionKinds } from '../waste/face.ts';

/** Most actions of one request, and the longest one as JSON. */
export const mostActions = 200;
export const mostActionCharacters = 32_000;

const envelope = {
	id: z.uuid(),
	/** By the phone's clock. */
	at: z.coerce.date().min(new Date('1970-01-01')).max(new Date('2100-01-01')),
};
const words = textInput(4000);
const photoIds = z.array(z.uuid()).max(10).optional();

const roundAction = z.object({
	...envelope,
	on: z.literal('round'),
	roundId: z.uuid(),
	stopId: z.uuid().optional(),
	kind: z.enum(roundActionKinds),
	reason: z.enum(couldNotReasons).optional(),
	note: words.optional(),
	photoIds,
	fillPercent: z.number().min(0).max(200).optional(),
	kilograms: z.number().min(0).max(100_000).optional(),
});

const interventionAction = z.object({
	...envelope,
	on: z.literal('intervention'),
	interventionId: z.uuid(),
	kind: z.enum(['start', 'pause', 'check', 'material', 'note', 'photo', 'done', 'could_not']),
	/** What the phone had seen of it. */
	version: z.int().min(0).optional(),
	/** `pause`, `could_not`: why. */
	reason: words.optional(),
	/** `note`: text; `done`: what those who reported it are told. */
	text: words.optional(),
	/** `check`: of the checklist. */
	itemId: z.string().min(1).max(60).optional(),
	checked: z.boolean().optional(),
	/** `material`. */
	name: textInput(200).optional(),
	quantity: z.number().min(0).max(1e6).optional(),
	unit: textInput(20).optional(),
	/** `done`: those who reported it are shown the photos. */
	showPhotos: z.boolean().optional(),
	photoIds,
});

/** Something found on the way: it becomes an intervention of its own. */
const finding = z.object({
	...envelope,
	on: z.literal('finding'),
	kind: z.literal('found'),
	title: textInput(200, 'operations.finding_title_missing'),
	description: words.default(''),
	category: z.string().regex(/^[a-z0-9_-]{1,60}$/i),
	longitude: z.number().min(-180).max(180),
	latitude: z.number().min(-90).max(90),
});

export const fieldAction = z.discriminatedUnion('on', [roundAction, interventionAction, finding]);
export type FieldAction = z.output<typeof fieldAction>;
export type RoundAction = z.output<typeof roundAction>;
export type InterventionAction = z.output<typeof interventionAction>;
export type Finding = z.output<typeof finding>;

export const syncRequest = z.object({
	personId: z.uuid(),
	deviceId: z.uuid(),
	sentAt: z.coerce.date(),
	actions: z.array(z.unknown()).max(mostActions, 'operations.too_many_actions'),
});

/** As a sensor of a telephone has it; single precision knows nothing smaller than this. */
const measured = (most: number) =>
	z
		.number()
		.min(0)
		.max(most)
		.transform((value) => Math.round(value * 1000) / 1000)
		.nullish();

export const positionReadings = z
	.array(
		z.object({
			at: z.coerce.date(),
			longitude: z.number().min(-180).max(180),
			latitude: z.number().min(-90).max(90),
			accuracyMeters: measured(1e6),
			speedMetersPerSecond: measured(100),
			headingDegrees: measured(360),
		}),
	)
	.max(1000);
