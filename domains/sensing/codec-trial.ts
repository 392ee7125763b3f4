import type { Result } from '@parvis/platform';
import { ok, refuse } from '@parvis/platform';
import type { CodecTrial, MappingEntry } from './face.ts';

/** Fields that a codec made of a payload, or why it made none. */
export type Decoded =
	| { ok: true; data: Record<string, unknown>; warnings: string[] }
	| { ok: false; reason: string; errors: string[] };

/** The codec runtime, as ingest, uploads and trials need it. */
export interface Codecs {
	check(source: string): Promise<Result<unknown>>;
	decode(
		codec: { id: string; source: string },
		uplinks: readonly { bytes: Uint8Array; fPort: number | null; recvTime: Date }[],
	): Promise<Decoded[]>;
}

/** Bytes of a payload written as hexadecimal or base64; null when it is neither. */
export function payloadBytes(text: string): Uint8Array | null {
	const compact = text.replaceAll(/\s|^0x/g, '');
	if (/^([0-9a-f]{2})*$/i.test(compact)) return Buffer.from(compact, 'hex');
	if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) return Buffer.from(compact, 'base64');
	return null;
}

export async function tryOut(
	codecs: Codecs,
	trial: {
		codecSource: string | null;
		mapping: MappingEntry[];
		bytes: string;
		fPort: number | null;
		deviceParameters?: Record<string, number> | undefined;
	},
): Promise<Result<CodecTrial>> {
	if (trial.codecSource === null) return refuse('sensing.codec_missing');
	const bytes = payloadBytes(trial.bytes);
	if (!bytes) return refuse('sensing.payload_not_bytes');
	return ok({ data: null, warnings: [], errors: [], values: [] });
}
