/** A real model of connected object: how it speaks, and what the town makes of it. */
export interface DeviceModel {
	vendor: string;
	model: string;
	name: string;
	description: string;
	/** LoRaWAN port of its uplinks; null for models that send JSON. */
	fPort: number | null;
	expectedIntervalSeconds: number;
	/** Codec in the form of LoRa Alliance TS013, written from the vendor's description of the payload. */
	codec: string | null;
	mapping: readonly Mapping[];
	/** Bytes as the device sends them. The readings' names are the codec's field names. */
	encode(readings: Readings): number[];
}

export interface Mapping {
	field: string;
	property: string;
	unit: string;
	scale?: number;
	divideBy?: string;
	offset?: number;
	values?: Record<string, number>;
	minimum?: number;
	maximum?: number;
}

export type Readings = Readonly<Record<string, number>>;

export const reading = (readings: Readings, name: string): number => {
	const value = readings[name];
	if (value === undefined) throw new Error(`no reading of ${name}`);
	return value;
};

/** Bytes of an integer, highest first; negative numbers in two's complement. */
export function bigEndian(value: number, bytes: number): number[] {
	const whole = Math.round(value);
	return Array.from({ length: bytes }, (_, i) => Math.floor(whole / 2 ** (8 * (bytes - 1 - i))) & 0xff);
}

export const littleEndian = (value: number, bytes: number): number[] => bigEndian(value, bytes).toReversed();

export const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
