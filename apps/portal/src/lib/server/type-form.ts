import type { DeviceTypeInput, MappingEntry } from '@parvis/sensing';
import { optional, optionalNumber, type Typed } from './forms.ts';

/** A device type's form as the room takes it. A codec comes as a file or as text. */
export async function typeInput(data: FormData, typed: Typed): Promise<DeviceTypeInput> {
	const file = data.get('codecFile');
	const codec = file instanceof File && file.size > 0 ? await file.text() : optional(typed.codec);
	return {
		vendor: typed.vendor ?? '',
		model: typed.model ?? '',
		name: typed.name ?? '',
		description: typed.description ?? '',
		codecSource: codec,
		mapping: parseMapping(typed.mapping ?? ''),
		expectedIntervalSeconds: Math.round((optionalNumber(typed.expectedMinutes) ?? Number.NaN) * 60),
		retentionDays: optionalNumber(typed.retentionDays),
	};
}

/** The mapping as it was written; the room checks it. Text that is no JSON list is given to it as an entry it refuses. */
export function parseMapping(text: string): MappingEntry[] {
	if (text.trim() === '') return [];
	try {
		const value: unknown = JSON.parse(text);
		return (Array.isArray(value) ? value : [value]) as MappingEntry[];
	} catch {
		return [text as unknown as MappingEntry];
	}
}
