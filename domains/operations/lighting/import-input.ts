import { z } from 'zod';
import { dayInput as day } from '../day-input.ts';
import { lightUsages } from './rules/profile.ts';

/** Names that also stand in MQTT topics. */
const topicName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$/, 'operations.light_name_invalid');
const name = z.string().trim().min(1).max(200);
const longitude = z.number().min(-180).max(180);
const latitude = z.number().min(-90).max(90);
const alongMeters = z.number().min(0).max(20_000);

export const cabinetRow = z.object({
	externalId: topicName,
	name,
	longitude: longitude.nullish(),
	latitude: latitude.nullish(),
	meterDevice: z.string().max(100).nullish(),
	simulated: z.boolean().default(false),
});

export const segmentRow = z.object({
	externalId: topicName,
	streetName: name,
	/** Slug of the street among the town's; looked up by name when absent. */
	streetSlug: z.string().max(200).nullish(),
	/** OpenStreetMap `highway` class. */
	streetClass: z
		.string()
		.regex(/^[a-z_]{1,40}$/)
		.default('residential'),
	usage: z.enum(lightUsages).default('road'),
	builtUp: z.boolean().default(true),
	areaSquareMeters: z.number().positive().max(1e7).nullish(),
	coordinates: z
		.array(z.tuple([longitude, latitude]))
		.min(2)
		.max(2000),
	/** Junctions at its ends; the positions themselves when absent. */
	startNode: z.string().min(1).max(100).nullish(),
	endNode: z.string().min(1).max(100).nullish(),
});

export const luminaireRow = z.object({
	externalId: topicName,
	/** External id of its segment. */
	segment: topicName,
	cabinet: topicName.nullish(),
	/** Metres from the segment's start; from its position when absent. */
	alongMeters: alongMeters.nullish(),
	longitude,
	latitude,
	address: z.string().trim().max(200).nullish(),
	watts: z.number().positive().max(5000),
	standbyWatts: z.number().min(0).max(100).default(0.5),
	dimmable: z.boolean().default(true),
	safeLevelPercent: z.number().int().min(0).max(100).default(50),
	lumens: z.number().int().min(0).max(1_000_000).nullish(),
	colourKelvin: z.number().int().min(1000).max(20_000).nullish(),
	upwardPercent: z.number().min(0).max(100).nullish(),
	installedOn: day.nullish(),
	/** Its address at the gateway of its cabinet, where that differs from its external id. */
	gatewayDevice: z
		.string()
		.regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'operations.light_name_invalid')
		.nullish(),
	simulated: z.boolean().default(false),
});

export const sensorRow = z.object({
	externalId: topicName,
	segment: topicName,
	alongMeters: alongMeters.nullish(),
	longitude: longitude.nullish(),
	latitude: latitude.nullish(),
});

const most = 50_000;
/** Rows are parsed one by one, so that one bad row refuses itself only. */
export const importLists = z.object({
	cabinets: z.array(z.unknown()).max(most).default([]),
	segments: z.array(z.unknown()).max(most).default([]),
	luminaires: z.array(z.unknown()).max(most).default([]),
	sensors: z.array(z.unknown()).max(most).default([]),
});
