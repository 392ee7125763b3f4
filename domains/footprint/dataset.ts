import type { DatasetSource } from '@parvis/platform';
import type { Footprint } from './face.ts';

/** Every entry of the ledger, as it was written. */
export function footprintDataset(entries: Footprint['entries']): DatasetSource {
	return {
		name: 'empreinte',
		title: { fr: 'Empreinte carbone évitée par les services', en: 'Carbon avoided by the services' },
		columns: [
			'id',
			'key',
			'day',
			'service',
			'quantity',
			'unit',
			'factor',
			'kilograms_per_unit',
			'factor_source',
			'factor_year',
			'kilograms_co2e',
			'kilograms_co2e_low',
			'kilograms_co2e_high',
			'carbon_source',
			'baseline',
			'method',
			'simulated',
			'corrects',
			'recorded_at',
		],
		async *rows() {
			for (let page = 1; ; page++) {
				const { items, total, pageSize } = await entries({ page, pageSize: 1000 });
				for (const one of items)
					yield [
						one.id,
						one.key,
						one.day,
						one.service,
						one.quantity,
						one.unit,
						one.factor?.code ?? null,
						one.factor?.kilogramsPerUnit ?? null,
						one.factor?.source ?? null,
						one.factor?.year ?? null,
						one.kilograms,
						one.low,
						one.high,
						one.statedSource ?? one.factor?.source ?? null,
						one.baseline.fr,
						one.method.fr,
						one.simulated,
						one.corrects,
						one.recordedAt.toISOString(),
					];
				if (page * pageSize >= total) break;
			}
		},
	};
}
