import type { DatasetSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { readCampaigns } from './campaign-rows.ts';
import type { ItemEnd } from './face.ts';

/** Open data: campaigns, and what became of what was brought. Nothing says who brought it. */
export function collectionDatasets({ db }: Context): DatasetSource[] {
	return [
		{
			name: 'collectes-terminaux',
			title: { fr: 'Campagnes de collecte de terminaux', en: 'Collection campaigns for devices' },
			columns: [
				'id',
				'slug',
				'title',
				'audience',
				'taken',
				'startsOn',
				'endsOn',
				'status',
				'items',
				'simulated',
			],
			async *rows() {
				for (const row of await readCampaigns(db, { published: true }))
					yield [
						row.id,
						row.slug,
						row.title,
						row.audience,
						row.taken.join(' '),
						row.starts_on,
						row.ends_on,
						row.status,
						row.counts.reduce((sum, { items }) => sum + items, 0),
						row.simulated,
					];
			},
		},
		{
			name: 'terminaux-collectes',
			title: { fr: 'Terminaux collectés et leur devenir', en: 'Devices collected and what became of them' },
			columns: ['campaign', 'category', 'month', 'end', 'items', 'kilograms', 'simulated'],
			async *rows() {
				const { rows } = await sql<{
					campaign: string | null;
					category: string;
					month: string;
					ended_as: ItemEnd | null;
					items: number;
					grams: number | null;
					simulated: boolean;
				}>`
					SELECT campaign.slug AS campaign, category, to_char(received_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month,
						ended_as, count(*)::int AS items, sum(weight_grams)::int AS grams, item.simulated
					FROM equipment.collected_item AS item LEFT JOIN equipment.campaign ON campaign.id = campaign_id
					GROUP BY 1, 2, 3, 4, item.simulated ORDER BY 3, 1, 2, 4`.execute(db);
				for (const row of rows)
					yield [
						row.campaign,
						row.category,
						row.month,
						row.ended_as,
						row.items,
						row.grams === null ? null : row.grams / 1000,
						row.simulated,
					];
			},
		},
	];
}
