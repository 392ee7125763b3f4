/** DevEUI as 16 lower-case hexadecimal digits, or the name a plain JSON device sends under. */
export type Identifier = { devEui: string } | { externalId: string };

/** What a device or its network sent, whatever the way. */
export interface IncomingMessage {
	network: 'chirpstack' | 'tts' | 'mqtt' | 'http';
	identifier: Identifier;
	receivedAt: Date;
	/** Instant the network or the device gives; null: the reception. */
	observedAt: Date | null;
	/** Bytes for the type's codec, with the network server's own decoding beside; or fields that are decoded already. */
	payload:
		| { bytes: Uint8Array; fPort: number | null; decoded: Record<string, unknown> | null }
		| { fields: Record<string, unknown> };
	batteryPercent: number | null;
	/** Names the network gives, for whoever adopts the device. */
	hints: Record<string, string>;
}

/** Something that came and cannot become a message. */
export interface Rejected {
	reason: string;
	detail: string;
	identifier: string | null;
}

/** What a piece of input holds: messages, what is wrong with it, or nothing for us (a join, a log line). */
export interface Parsed {
	messages: IncomingMessage[];
	rejected: Rejected[];
}

/** Where input came from, as kept with a dead letter. */
export interface Origin {
	source: string;
	topic: string | null;
	payload: Uint8Array;
}

/** Topic of a dead letter whose payload is a message as `toJson` writes it. */
export const normalisedTopic = 'message';

export function identifierText(identifier: Identifier): string {
	return 'devEui' in identifier ? identifier.devEui : identifier.externalId;
}

/** A message as JSON, for the tray. */
export function toJson(message: IncomingMessage): Record<string, unknown> {
	const { payload } = message;
	return {
		...message,
		payload:
			'bytes' in payload ? { ...payload, bytes: Buffer.from(payload.bytes).toString('base64') } : payload,
	};
}

export function fromJson(json: Record<string, unknown>): IncomingMessage {
	const message = json as unknown as Omit<IncomingMessage, 'payload' | 'receivedAt' | 'observedAt'> & {
		receivedAt: string;
		observedAt: string | null;
		payload:
			| { bytes: string; fPort: number | null; decoded: Record<string, unknown> | null }
			| { fields: Record<string, unknown> };
	};
	return {
		...message,
		receivedAt: new Date(message.receivedAt),
		observedAt: message.observedAt === null ? null : new Date(message.observedAt),
		payload:
			'bytes' in message.payload
				? { ...message.payload, bytes: Buffer.from(message.payload.bytes, 'base64') }
				: message.payload,
	};
}
