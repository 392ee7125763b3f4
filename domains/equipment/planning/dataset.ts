import type { Context } from '../context.ts';
import type { Planning } from './face.ts';

/** Ages of the fleet, counted: no line tells of one device. */
export function offerFleet({ platform }: Context, pyramid: Planning['pyramid']): void {
	platform.datasets.offer('equipment', {
		name: 'terminaux-age',
		title: { fr: 'Terminaux en service par type', en: 'Devices in service by type' },
		columns: ['category', 'devices', 'refurbished', 'mean_age_years', 'simulated'],
		async *rows() {
			const { categories, simulated } = await pyramid();
			for (const { category, devices, refurbished, meanYears } of categories)
				yield [
					category,
					devices,
					refurbished,
					meanYears === null ? null : Math.round(meanYears * 100) / 100,
					simulated,
				];
		},
	});
}
