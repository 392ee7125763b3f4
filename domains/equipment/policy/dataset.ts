import type { DatasetSource } from '@parvis/platform';
import type { Policy } from './face.ts';

/** Open data: what each year's purchases owe to reuse, by line of products. Sums, and nobody's name. */
export const purchasesDataset = ({
	requests,
	orders,
}: Pick<Policy, 'requests' | 'orders'>): DatasetSource => ({
	name: 'achats-terminaux',
	title: { fr: 'Achats de terminaux et réemploi', en: 'Purchases of devices and reuse' },
	columns: [
		'year',
		'productLine',
		'totalEuros',
		'reuseEuros',
		'donatedEuros',
		'recycledEuros',
		'lawPercent',
		'targetPercent',
		'reached',
		'simulated',
	],
	async *rows() {
		for (const year of await requests.years()) {
			const { lines, simulated } = await orders.statement(year);
			for (const line of lines)
				yield [
					year,
					line.obligation.name,
					line.totalCents / 100,
					line.reuseCents / 100,
					line.donatedCents / 100,
					line.recycledCents / 100,
					line.obligation.reusePercent,
					line.targetPercent,
					line.reached,
					simulated,
				];
		}
	},
});
