import { z } from 'zod';

/** How a decoded field becomes an observed property: value = (field × scale + offset), within limits. */
export const mappingEntrySchema = z.strictObject({
	/** Dotted path in the decoded data: `battery`, `channels.0.temperature`. */
	field: z.string().trim().min(1).max(200),
	/** Smart Data Models name; `batteryLevel` also becomes the device's battery. */
	property: z
		.string()
		.trim()
		.regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
	/** UCUM code. */
	unit: z.string().trim().min(1).max(40),
	/** A number, or the name of a device parameter. */
	scale: z.union([z.number(), z.string()]).optional(),
	/** The field is divided by this parameter of the device: a distance by the container's height. */
	divideBy: z.union([z.number(), z.string()]).optional(),
	offset: z.union([z.number(), z.string()]).optional(),
	/** Numbers for words: `{ "open": 1, "closed": 0 }`. */
	values: z.record(z.string(), z.number()).optional(),
	/** Outside these limits a value is kept and flagged impossible; in the mapped unit. */
	minimum: z.number().optional(),
	maximum: z.number().optional(),
});
export const mappingSchema = z
	.array(mappingEntrySchema)
	.max(100)
	.refine(
		(entries) => new Set(entries.map(({ property }) => property)).size === entries.length,
		'sensing.mapping_property_twice',
	);
export type Mapping = z.infer<typeof mappingSchema>;

/** Bits of `quality`: why a value is to be read with care. */
export const quality = { impossible: 1, clockSkew: 2, outlier: 4, late: 8 } as const;

export interface MappedValue {
	property: string;
	unit: string;
	value: number;
	/** `quality.impossible` or 0. */
	quality: number;
}

export interface Mapped {
	values: MappedValue[];
	/** Fields that are there and that no number can be made of. */
	unusable: string[];
}

/**
 * The mapping of a type with a device's parameters, ready to be used on decoded data. Absent fields give no value;
 * so do fields whose parameter the device lacks.
 */
export function compileMapping(
	mapping: Mapping,
	parameters: Readonly<Record<string, number>>,
): (fields: Readonly<Record<string, unknown>>) => Mapped {
	const factor = (given: number | string | undefined, otherwise: number) =>
		given === undefined ? otherwise : typeof given === 'number' ? given : parameters[given];
	const compiled = mapping.map((entry) => {
		const divisor = factor(entry.divideBy, 1);
		return {
			...entry,
			path: entry.field.includes('.') ? entry.field.split('.') : null,
			scale: factor(entry.scale, 1),
			divisor,
			offset: factor(entry.offset, 0),
			minimum: entry.minimum ?? Number.NEGATIVE_INFINITY,
			maximum: entry.maximum ?? Number.POSITIVE_INFINITY,
		};
	});
	return (fields) => {
		const values: MappedValue[] = [];
		const unusable: string[] = [];
		for (const {
			field,
			path,
			property,
			unit,
			scale,
			divisor,
			offset,
			values: words,
			minimum,
			maximum,
		} of compiled) {
			const raw = path ? dig(fields, path) : Object.hasOwn(fields, field) ? fields[field] : undefined;
			if (raw === undefined || raw === null) continue;
			const number = toNumber(raw, words);
			if (number === null || scale === undefined || divisor === undefined || offset === undefined) {
				unusable.push(field);
				continue;
			}
			const value = (number * scale) / divisor + offset;
			if (!Number.isFinite(value)) unusable.push(field);
			else
				values.push({
					property,
					unit,
					value,
					quality: value < minimum || value > maximum ? quality.impossible : 0,
				});
		}
		return { values, unusable };
	};
}

function dig(fields: Readonly<Record<string, unknown>>, path: readonly string[]): unknown {
	let at: unknown = fields;
	for (const name of path) {
		if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
		at = (at as Record<string, unknown>)[name];
	}
	return at;
}

function toNumber(raw: unknown, words: Readonly<Record<string, number>> | undefined): number | null {
	if (words && (typeof raw === 'string' || typeof raw === 'boolean' || typeof raw === 'number')) {
		const word = String(raw);
		if (Object.hasOwn(words, word)) return words[word] ?? null;
	}
	if (typeof raw === 'number') return Number.isFinite(raw) ? raw : null;
	if (typeof raw === 'boolean') return raw ? 1 : 0;
	if (typeof raw === 'string' && raw.trim() !== '') {
		const number = Number(raw);
		return Number.isFinite(number) ? number : null;
	}
	return null;
}
