import type { Subject } from '@parvis/equipment';
import { optional, type Typed } from './forms.ts';
import { parisInstant } from './paris-time.ts';

/** Address of a thing: `appareil` is a collected item's, `terminal` a device's of the inventory. */
export function subjectOf(sort: string, id: string): Subject | null {
	if (sort === 'appareil') return { kind: 'item', id };
	return sort === 'terminal' ? { kind: 'device', id } : null;
}

/** A form of a wipe as the room takes it; the room says what does not hold. */
export async function wipeOf(typed: Typed, data: FormData) {
	const file = data.get('rapport');
	const report = file instanceof File && file.size > 0 ? file : null;
	return {
		slot: typed.emplacement ?? '',
		medium: typed.support ?? '',
		technique: typed.technique ?? '',
		encrypted: typed.chiffre === 'on',
		sensitive: typed.sensible === 'on',
		leaving: typed.destination !== 'ville',
		tool: typed.outil ?? '',
		toolVersion: typed.version ?? '',
		result: typed.resultat ?? '',
		startedAt: parisInstant(typed.debut) ?? new Date(Number.NaN),
		endedAt: parisInstant(typed.fin) ?? new Date(Number.NaN),
		serial: optional(typed.serie),
		imei: optional(typed.imei?.replaceAll(/\s/g, '')),
		note: optional(typed.note),
		// What is larger is no report, which the room says.
		report: report && report.size < 500_000 ? await report.text() : report && 'too large',
	};
}
