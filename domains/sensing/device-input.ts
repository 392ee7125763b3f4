import { z } from 'zod';
import { emptyAsNull, type PlaceFacts } from './context.ts';
import type { Device, DeviceInput } from './face.ts';

/** A DevEUI however it was written, as 16 lower-case hexadecimal digits. */
const devEui = z
	.string()
	.transform((text) => text.replaceAll(/[\s:.-]/g, '').toLowerCase())
	.pipe(
		z.union(
			[z.literal(''), z.string().regex(/^[0-9a-f]{16}$/, 'sensing.dev_eui_invalid')],
			'sensing.dev_eui_invalid',
		),
	)
	.transform((text) => text || null)
	.nullable();

/** It stands in an MQTT topic, so no slash, plus or hash. */
const externalId = z
	.string()
	.trim()
	.regex(/^([A-Za-z0-9][A-Za-z0-9_.:-]{0,99})?$/, 'sensing.external_id_invalid')
	.transform((text) => text || null)
	.nullable();

const degrees = (limit: number) =>
	z.coerce
		.number('sensing.position_invalid')
		.min(-limit, 'sensing.position_invalid')
		.max(limit, 'sensing.position_invalid');

/** A device as forms, API and files give it; `placeId` may also be the place's slug or external id. */
export const deviceInput = z
	.object({
		name: z.string().trim().min(1, 'sensing.name_missing').max(200),
		typeId: z.uuid('sensing.type_unknown'),
		devEui: devEui.default(null),
		externalId: externalId.default(null),
		placeId: emptyAsNull(z.string().trim().max(200)).default(null),
		longitude: emptyAsNull(degrees(180)).default(null),
		latitude: emptyAsNull(degrees(90)).default(null),
		service: emptyAsNull(z.string().trim().max(100)).default(null),
		parameters: z
			.record(z.string().regex(/^[A-Za-z]\w{0,49}$/), z.coerce.number(), 'sensing.parameters_invalid')
			.default({}),
		expectedIntervalSeconds: emptyAsNull(
			z.coerce
				.number('sensing.interval_invalid')
				.int('sensing.interval_invalid')
				.min(1, 'sensing.interval_invalid')
				.max(31 * 86_400, 'sensing.interval_invalid'),
		).default(null),
		visibility: z.enum(['default', 'public', 'agents'], 'sensing.visibility_invalid').default('default'),
	})
	.refine((device) => device.devEui !== null || device.externalId !== null, {
		message: 'sensing.identifier_missing',
		path: ['devEui'],
	})
	.refine((device) => (device.longitude === null) === (device.latitude === null), {
		message: 'sensing.position_invalid',
		path: ['latitude'],
	});

export type ParsedDevice = z.output<typeof deviceInput>;

/** What would have to be given to make this device as it is. */
export function inputOf(device: Device): DeviceInput {
	return {
		name: device.name,
		typeId: device.type.id,
		devEui: device.devEui,
		externalId: device.externalId,
		placeId: device.placeId,
		longitude: device.longitude,
		latitude: device.latitude,
		service: device.service,
		parameters: device.parameters,
		expectedIntervalSeconds: device.ownExpectedIntervalSeconds,
		visibility: device.visibility,
	};
}

/**
 * The columns to write. A device without a position of its own stands where its place is.
 * @param place null when it is nowhere in particular
 */
export function toColumns(values: ParsedDevice, place: PlaceFacts | null) {
	const own = values.longitude !== null;
	return {
		name: values.name,
		type_id: values.typeId,
		dev_eui: values.devEui,
		external_id: values.externalId,
		place_id: place?.id ?? null,
		place_kind: place?.kind ?? null,
		longitude: own ? values.longitude : (place?.longitude ?? null),
		latitude: own ? values.latitude : (place?.latitude ?? null),
		service: values.service,
		// In one order, so that equal parameters read equal.
		parameters: JSON.stringify(Object.fromEntries(Object.entries(values.parameters).sort())),
		expected_interval_seconds: values.expectedIntervalSeconds,
		visibility: values.visibility,
	};
}
