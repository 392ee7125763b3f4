import { createHash } from 'node:crypto';
import type { Result } from '@parvis/platform';
import { ok, refuse } from '@parvis/platform';
import { parseInput } from './context.ts';
import type { CodecTrial, MappingEntry } from './face.ts';
import { compileMapping, mappingSchema } from './mapping.ts';
import { describeProperty, unitSymbol } from './properties.ts';

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

/** SHA-256 of a codec's source, hexadecimal. */
export function codecVersion(source: string): string {
	return createHash('sha256').update(source).digest('hex');
}

/** Decode and map one payload; nothing is saved. */
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
	const mapping = parseInput(mappingSchema, trial.mapping);
	if (!mapping.ok) return mapping;
	const codec = { id: codecVersion(trial.codecSource), source: trial.codecSource };
	const [decoded] = await codecs.decode(codec, [{ bytes, fPort: trial.fPort, recvTime: new Date() }]);
	if (!decoded?.ok)
		return ok({ data: null, warnings: [], errors: decoded?.errors ?? [], values: [], unusable: [] });
	const { values, unusable } = compileMapping(mapping.value, trial.deviceParameters ?? {})(decoded.data);
	return ok({
		data: decoded.data,
		warnings: decoded.warnings,
		errors: [],
		values: values.map(({ property, unit, value }) => {
			const { fr, en } = describeProperty(property);
			return { property, label: { fr, en }, unit, symbol: unitSymbol(unit), value };
		}),
		unusable,
	});
}
