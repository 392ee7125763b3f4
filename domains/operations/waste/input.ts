import { textInput } from '@parvis/platform';
import { z } from 'zod';
import { dayInput } from '../day-input.ts';

/** When something was done; no telephone is older. */
const doneAt = z.coerce.date().min(new Date('1970-01-01'));
const externalId = z.string().trim().min(1).max(100).nullish();
const longitude = z.number().min(-180).max(180);
const latitude = z.number().min(-90).max(90);
const skills = z.array(z.string().trim().min(1).max(40)).max(20);
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d(:00)?$/);
const weekdays = z
	.array(z.number().int().min(1).max(7))
	.min(1)
	.max(7)
	.transform((days) => [...new Set(days)].sort());

export const containerInput = z.object({
	externalId,
	name: textInput(200, 'operations.name_missing'),
	flow: z.string().max(40),
	volumeLiters: z.number().positive().max(100_000),
	/** Id, slug or external id of a place; its position stands in where none is given. */
	place: z.string().max(200).nullish(),
	longitude: longitude.nullish(),
	latitude: latitude.nullish(),
	address: textInput(300).default(''),
	accessSide: z.enum(['left', 'right']).nullish(),
	accessNote: textInput(500).default(''),
	maxHeightMeters: z.number().positive().max(10).nullish(),
	maxWeightTonnes: z.number().positive().max(100).nullish(),
	skills: skills.default([]),
	serviceSeconds: z.number().int().min(0).max(7200).default(180),
	/** DevEUI or external name of a declared device; null: none. */
	sensor: z.string().trim().max(100).nullish(),
	active: z.boolean().default(true),
});
export type ContainerInput = z.output<typeof containerInput>;

export const vehicleInput = z.object({
	externalId,
	name: textInput(200, 'operations.name_missing'),
	compartments: z
		.array(z.object({ flow: z.string().max(40), cubicMeters: z.number().positive().max(200) }))
		.min(1, 'operations.waste_no_compartment')
		.max(6),
	payloadKilograms: z.number().positive().max(40_000),
	heightMeters: z.number().positive().max(6),
	weightTonnes: z.number().positive().max(60),
	litersPer100Kilometers: z.number().min(0).max(200),
	fuelFactor: z.string().max(60).default('diesel_litre'),
	/** Id or external id of a site. */
	depot: z.string().max(100),
	shiftFrom: clockTime.default('06:00'),
	shiftTo: clockTime.default('13:00'),
	overtimeAfterSeconds: z.number().int().min(0).max(86_400).default(25_200),
	skills: skills.default([]),
	driverId: z.uuid().nullish(),
	active: z.boolean().default(true),
});

export const absenceInput = z
	.object({
		fromDay: dayInput,
		toDay: dayInput,
		reason: textInput(300, 'operations.waste_reason_missing'),
	})
	.refine(({ fromDay, toDay }) => toDay >= fromDay, { path: ['toDay'] });

export const siteInput = z.object({
	externalId,
	kind: z.enum(['depot', 'unloading']),
	name: textInput(200, 'operations.name_missing'),
	longitude,
	latitude,
	flows: z.array(z.string().max(40)).max(20).default([]),
	openingHours: z.string().trim().max(300).nullish(),
	serviceSeconds: z.number().int().min(0).max(14_400).default(900),
	active: z.boolean().default(true),
});

export const fixedRoundInput = z.object({
	externalId,
	name: textInput(200, 'operations.name_missing'),
	/** Id or external id. */
	vehicle: z.string().max(100),
	weekdays,
	/** Ids or external ids of containers, in the order of the visit. */
	containers: z.array(z.string().max(100)).min(1, 'operations.waste_no_container').max(2000),
	active: z.boolean().default(true),
});

export const flowInput = z.object({
	code: z.string().regex(/^[a-z][a-z_]{1,39}$/),
	nameFr: textInput(80, 'operations.name_missing'),
	nameEn: textInput(80, 'operations.name_missing'),
	colour: z.enum(['green', 'yellow', 'blue', 'grey', 'brown', 'violet']),
	kilogramsPerCubicMeter: z.number().positive().max(3000),
	compaction: z.number().min(1).max(20),
	overflowEuros: z.number().min(0).max(100_000),
});

export const settingsInput = z.object({
	collectionWeekdays: weekdays,
	horizonDays: z.number().int().min(1).max(14),
	leastLevelPercent: z.number().min(0).max(100),
	eurosPerKilometer: z.number().min(0).max(1000),
	eurosPerHour: z.number().min(0).max(1000),
	overtimeEurosPerHour: z.number().min(0).max(1000),
	eurosPerPickup: z.number().min(0).max(1000),
	breakAfterSeconds: z.number().int().min(1).max(86_400).nullable(),
	breakSeconds: z.number().int().min(0).max(14_400),
	solveSeconds: z.number().min(0.2).max(300),
	version: z.number().int(),
});

export const eventInput = z
	.object({
		name: textInput(200, 'operations.name_missing'),
		fromDay: dayInput,
		toDay: dayInput,
		factor: z.number().min(0.1).max(10),
		longitude: longitude.nullish(),
		latitude: latitude.nullish(),
		radiusMeters: z.number().positive().max(100_000).nullish(),
	})
	.refine(({ fromDay, toDay }) => toDay >= fromDay, { path: ['toDay'] });

export const pickupInput = z.object({
	at: doneAt.optional(),
	fillPercent: z.number().min(0).max(200).nullish(),
	kilograms: z.number().min(0).max(10_000).nullish(),
});

export const actionInput = z.object({
	id: z.uuid(),
	roundId: z.uuid(),
	stopId: z.uuid().nullish(),
	kind: z.enum(['start', 'done', 'could_not', 'unloaded', 'finish']),
	at: doneAt,
	reason: z.enum(['blocked', 'damaged', 'not_there', 'full_truck', 'danger', 'other']).nullish(),
	note: textInput(1000).nullish(),
	photoIds: z.array(z.uuid()).max(10).default([]),
	fillPercent: z.number().min(0).max(200).nullish(),
	kilograms: z.number().min(0).max(40_000).nullish(),
});
export type ActionInput = z.output<typeof actionInput>;

export const wishInput = z.object({
	containerId: z.uuid(),
	kind: z.enum(['pin', 'exclude']).nullable(),
	vehicleId: z.uuid().nullish(),
	first: z.boolean().default(false),
	reason: textInput(300).default(''),
	version: z.number().int(),
});

export const reorderInput = z.object({
	roundId: z.uuid(),
	stopIds: z.array(z.uuid()).max(2000),
	version: z.number().int(),
});
