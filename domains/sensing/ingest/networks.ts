import type { IncomingMessage, Parsed } from './message.ts';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : null);
const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : null);

const nothing: Parsed = { messages: [], rejected: [] };
const one = (message: IncomingMessage): Parsed => ({ messages: [message], rejected: [] });
const rejected = (reason: string, detail: string, identifier: string | null = null): Parsed => ({
	messages: [],
	rejected: [{ reason, detail: detail.slice(0, 500), identifier: identifier?.slice(0, 200) ?? null }],
});

/** @returns null for what no clock said; NaN dates never come out */
function instant(value: unknown): Date | null {
	if (typeof value === 'number') {
		// Seconds or milliseconds since 1970: seconds would reach 1e11 in the year 5138.
		const date = new Date(Math.abs(value) < 1e11 ? value * 1000 : value);
		return Number.isNaN(date.getTime()) ? null : date;
	}
	if (typeof value !== 'string') return null;
	const date = new Date(value);
	return Number.isNaN(date.getTime()) ? null : date;
}

function devEui(value: unknown): string | null {
	const plain = typeof value === 'string' ? value.replaceAll(/[-: ]/g, '').toLowerCase() : '';
	return /^[0-9a-f]{16}$/.test(plain) ? plain : null;
}

function base64(value: unknown): Uint8Array | null {
	if (value === undefined || value === null || value === '') return new Uint8Array();
	if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return null;
	return Buffer.from(value, 'base64');
}

function parseJson(payload: Uint8Array): unknown {
	try {
		return JSON.parse(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength).toString('utf8'));
	} catch {
		return undefined;
	}
}

/**
 * An event of ChirpStack v4, JSON marshaler, as its MQTT and HTTP integrations send it
 * (chirpstack.io/docs/chirpstack/integrations/events.html). `up` holds a payload, `status` the battery in percent;
 * the others say nothing of the town.
 * @param event last part of the topic, or the `event` of the HTTP integration's query
 */
export function parseChirpStack(event: string, payload: Uint8Array, receivedAt: Date): Parsed {
	const json = parseJson(payload);
	if (!isObject(json)) return rejected('not_json', 'a ChirpStack event is a JSON object');
	const info = isObject(json.deviceInfo) ? json.deviceInfo : {};
	const eui = devEui(info.devEui);
	if (!['up', 'status'].includes(event)) return nothing;
	if (!eui)
		return rejected('no_identifier', 'deviceInfo.devEui is missing or is not 8 bytes', text(info.devEui));
	const common = {
		network: 'chirpstack' as const,
		identifier: { devEui: eui },
		receivedAt,
		observedAt: instant(json.time),
		hints: hints({
			name: info.deviceName,
			profile: info.deviceProfileName,
			application: info.applicationName,
		}),
	};
	if (event === 'status') {
		const battery = number(json.batteryLevel);
		const known =
			battery !== null && json.batteryLevelUnavailable !== true && json.externalPowerSource !== true;
		return one({ ...common, payload: { fields: {} }, batteryPercent: known ? battery : null });
	}
	const bytes = base64(json.data);
	if (!bytes) return rejected('not_base64', 'data is not base64', eui);
	return one({
		...common,
		payload: { bytes, fPort: number(json.fPort), decoded: isObject(json.object) ? json.object : null },
		batteryPercent: null,
	});
}

/**
 * An uplink of The Things Stack v3, as MQTT and webhooks send it
 * (thethingsindustries.com/docs/integrations/data-formats). Joins and the like hold no `uplink_message`.
 */
export function parseThingsStack(payload: Uint8Array, receivedAt: Date): Parsed {
	const json = parseJson(payload);
	if (!isObject(json)) return rejected('not_json', 'a message of The Things Stack is a JSON object');
	if (!isObject(json.uplink_message)) return nothing;
	const ids = isObject(json.end_device_ids) ? json.end_device_ids : {};
	const eui = devEui(ids.dev_eui);
	if (!eui)
		return rejected(
			'no_identifier',
			'end_device_ids.dev_eui is missing or is not 8 bytes',
			text(ids.device_id),
		);
	const uplink = json.uplink_message;
	const bytes = base64(uplink.frm_payload);
	if (!bytes) return rejected('not_base64', 'frm_payload is not base64', eui);
	const battery = isObject(uplink.last_battery_percentage)
		? number(uplink.last_battery_percentage.value)
		: null;
	return one({
		network: 'tts',
		identifier: { devEui: eui },
		receivedAt,
		observedAt: instant(uplink.received_at) ?? instant(json.received_at),
		payload: {
			bytes,
			fPort: number(uplink.f_port) ?? 0,
			decoded: isObject(uplink.decoded_payload) ? uplink.decoded_payload : null,
		},
		batteryPercent: battery,
		hints: hints({
			name: ids.device_id,
			application: isObject(ids.application_ids) ? ids.application_ids.application_id : null,
		}),
	});
}

/**
 * Plain JSON of a device: `{ "time"?, "values": { … } }`, an array of those, or just the fields themselves.
 * @param externalId name in the topic or URL
 */
export function parsePlain(
	network: 'mqtt' | 'http',
	externalId: string,
	payload: Uint8Array,
	receivedAt: Date,
): Parsed {
	const json = parseJson(payload);
	const items = Array.isArray(json) ? json : [json];
	const parsed: Parsed = { messages: [], rejected: [] };
	for (const item of items) {
		const read = plainItem(network, externalId, item, receivedAt);
		parsed.messages.push(...read.messages);
		parsed.rejected.push(...read.rejected);
	}
	return parsed;
}

/** One item of plain JSON; see `parsePlain`. */
export function plainItem(
	network: 'mqtt' | 'http',
	externalId: string,
	item: unknown,
	receivedAt: Date,
): Parsed {
	if (!isObject(item)) return rejected('not_json', 'expected a JSON object of values', externalId);
	const { time, values, ...rest } = item;
	const fields = isObject(values) ? values : values === undefined ? rest : null;
	if (!fields) return rejected('invalid_message', 'values is not an object', externalId);
	const observedAt = instant(time);
	if (time !== undefined && time !== null && !observedAt)
		return rejected('invalid_time', `time cannot be read: ${String(time)}`, externalId);
	const eui = devEui(externalId);
	return one({
		network,
		identifier: eui ? { devEui: eui } : { externalId },
		receivedAt,
		observedAt,
		payload: { fields },
		batteryPercent: null,
		hints: {},
	});
}

function hints(names: Record<string, unknown>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(names).flatMap(([name, value]) => {
			const known = text(value);
			return known === null ? [] : [[name, known]];
		}),
	);
}

/** Messages of an MQTT publication by its topic; null when the topic is none of ours. */
export function parsePublication(
	topic: string,
	payload: Uint8Array,
	receivedAt: Date,
): (Parsed & { source: string }) | null {
	const levels = topic.split('/');
	if (levels[0] === 'devices' && levels.length === 3 && levels[2] === 'observations' && levels[1])
		return { source: 'mqtt', ...parsePlain('mqtt', levels[1], payload, receivedAt) };
	if (levels[0] === 'application' && levels[2] === 'device' && levels[4] === 'event' && levels.length === 6)
		return { source: 'chirpstack', ...parseChirpStack(levels[5] ?? '', payload, receivedAt) };
	if (levels[0] === 'v3' && levels[2] === 'devices' && levels.length === 5)
		return levels[4] === 'up'
			? { source: 'tts', ...parseThingsStack(payload, receivedAt) }
			: { source: 'tts', ...nothing };
	return null;
}

/** Topics that hold messages for us, for subscriptions. */
export const topics = [
	'devices/+/observations',
	'application/+/device/+/event/+',
	'v3/+/devices/+/up',
] as const;
