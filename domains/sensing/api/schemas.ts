import { z } from 'zod';
import { mappingSchema } from '../mapping.ts';

/** `a,b,c` or the parameter repeated. */
const list = <Schema extends z.ZodType>(item: Schema, most: number) =>
	z.preprocess(
		(value) => (typeof value === 'string' ? value.split(',') : value),
		z.array(item).min(1).max(most),
	);
export const idList = list(z.uuid(), 100);
export const seriesList = list(z.coerce.number().int().min(1).max(2_147_483_647), 500);

/** What is looked for; PostgreSQL knows no NUL in texts. */
export const searchText = (longest: number) =>
	z
		.string()
		.max(longest)
		.refine((text) => !text.includes('\0'), 'holds a NUL');

/** An instant, ISO 8601 with its zone, or a date (midnight UTC). */
export const instant = z
	.union([z.iso.datetime({ offset: true }), z.iso.date()])
	.transform((text) => new Date(text));

const words = z.object({ fr: z.string(), en: z.string() });

export const series = z.object({
	id: z.int(),
	deviceId: z.uuid(),
	deviceName: z.string(),
	placeId: z.uuid().nullable(),
	property: z.string().describe('Smart Data Models name'),
	label: words,
	unit: z.string().describe('UCUM code'),
	symbol: z.string(),
	decimals: z.int(),
	kind: z.enum(['measure', 'counter', 'state']),
	public: z.boolean(),
});

export const value = z.object({
	series,
	observedAt: z.date(),
	value: z.number(),
	quality: z.int().describe('Bits: 1 impossible, 2 clock skew, 4 outlier, 8 late'),
	stale: z.boolean(),
});

export const aggregate = z.object({
	from: z.date(),
	count: z.int(),
	sum: z.number(),
	average: z.number(),
	minimum: z.number(),
	maximum: z.number(),
	last: z.number(),
});

const typeSummary = z.object({ id: z.uuid(), vendor: z.string(), model: z.string(), name: z.string() });

export const mapping = mappingSchema.describe(
	'How decoded fields become observed properties: field × scale ÷ divideBy + offset, in the unit',
);

export const deviceType = typeSummary.extend({
	description: z.string(),
	codecSource: z.string().nullable(),
	codecVersion: z.string().nullable(),
	mapping,
	expectedIntervalSeconds: z.int(),
	retentionDays: z.int().nullable(),
	deviceCount: z.int(),
	createdAt: z.date(),
	updatedAt: z.date(),
});

export const deviceTypeBody = z.object({
	vendor: z.string(),
	model: z.string(),
	name: z.string(),
	description: z.string().optional(),
	codecSource: z.string().nullish().describe('JavaScript with `decodeUplink` (LoRa Alliance TS013)'),
	mapping,
	expectedIntervalSeconds: z.number(),
	retentionDays: z.number().nullish(),
});

const visibility = z.enum(['default', 'public', 'agents']);

export const device = z.object({
	id: z.uuid(),
	name: z.string(),
	type: typeSummary,
	devEui: z.string().nullable(),
	externalId: z.string().nullable(),
	placeId: z.uuid().nullable(),
	placeKind: z.string().nullable(),
	longitude: z.number().nullable(),
	latitude: z.number().nullable(),
	service: z.string().nullable(),
	parameters: z.record(z.string(), z.number()),
	expectedIntervalSeconds: z.int(),
	ownExpectedIntervalSeconds: z.int().nullable(),
	visibility,
	state: z.enum(['never_seen', 'live', 'silent', 'retired']),
	batteryPercent: z.number().nullable(),
	lowBattery: z.boolean(),
	lastSeenAt: z.date().nullable(),
	hasCredential: z.boolean(),
	createdAt: z.date(),
	updatedAt: z.date(),
});

export const deviceBody = z.object({
	name: z.string(),
	typeId: z.string(),
	devEui: z.string().nullish(),
	externalId: z.string().nullish(),
	placeId: z.string().nullish().describe('Id, slug or external id of a place'),
	longitude: z.number().nullish(),
	latitude: z.number().nullish(),
	service: z.string().nullish(),
	parameters: z.record(z.string(), z.number()).optional(),
	expectedIntervalSeconds: z.number().nullish(),
	visibility: visibility.optional(),
});

/** A device of an import: the type by vendor and model, the place by id, slug or external id. */
export const importBody = z.object({
	devices: z
		.array(
			deviceBody.partial().extend({
				type: z.string().optional(),
				vendor: z.string().optional(),
				model: z.string().optional(),
				place: z.string().nullish(),
			}),
		)
		.max(50_000),
	dryRun: z.boolean().default(false),
});

export const importReport = z.object({
	dryRun: z.boolean(),
	created: z.int(),
	updated: z.int(),
	unchanged: z.int(),
	refused: z.array(
		z.object({
			line: z.int(),
			error: z.string(),
			detail: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
			message: z.string(),
		}),
	),
});

export const waitingDevice = z.object({
	id: z.uuid(),
	identifier: z.union([z.object({ devEui: z.string() }), z.object({ externalId: z.string() })]),
	network: z.string(),
	firstSeenAt: z.date(),
	lastSeenAt: z.date(),
	uplinkCount: z.int(),
	hints: z.record(z.string(), z.string()),
});

export const page = <Item extends z.ZodType>(item: Item) =>
	z.object({ items: z.array(item), total: z.int(), page: z.int(), pageSize: z.int() });

export const paging = {
	page: z.coerce.number().int().min(1).default(1),
	pageSize: z.coerce.number().int().min(1).max(500).default(50),
};

/** `next` is given as `cursor` to read on; null: this was the end. */
export const cursorPage = <Item extends z.ZodType>(item: Item) =>
	z.object({ items: z.array(item), next: z.string().nullable() });

/** An instant, as PostgreSQL writes it with its microseconds, and a number as one opaque word. */
export function writeCursor(at: string, id: number): string {
	return Buffer.from(`${at}|${id}`).toString('base64url');
}

export const cursor = z
	.string()
	.max(100)
	.transform((text, context) => {
		const match = /^([-:+. \d]{10,40})\|(\d{1,10})$/.exec(Buffer.from(text, 'base64url').toString());
		if (match?.[1] !== undefined && match[2] !== undefined && !Number.isNaN(Date.parse(match[1])))
			return { at: match[1], id: Number(match[2]) };
		context.addIssue({ code: 'custom', message: 'not a cursor' });
		return z.NEVER;
	});
