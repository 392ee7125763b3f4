import type { DatasetSource } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';

const batch = 1000;

/** Open data: where containers are, and when they were emptied. Nothing says who drove. */
export function wasteDatasets({ db }: Pick<Context, 'db'>): DatasetSource[] {
	return [
		{
			name: 'conteneurs-dechets',
			title: { fr: 'Conteneurs de déchets', en: 'Waste containers' },
			columns: [
				'id',
				'name',
				'flow',
				'volumeLiters',
				'longitude',
				'latitude',
				'address',
				'hasSensor',
				'lastPickupAt',
			],
			async *rows() {
				const rows = await db
					.selectFrom('operations.waste_container')
					.selectAll()
					.where('active', '=', true)
					.orderBy('id')
					.execute();
				for (const row of rows)
					yield [
						row.id,
						row.name,
						row.flow,
						row.volume_liters,
						row.longitude,
						row.latitude,
						row.address,
						row.device_id !== null,
						row.emptied_at?.toISOString() ?? null,
					];
			},
		},
		{
			name: 'collectes-dechets',
			title: { fr: 'Collectes de déchets', en: 'Waste pickups' },
			columns: ['container', 'at', 'source', 'levelPercent', 'kilograms'],
			async *rows() {
				let after: string | null = null;
				for (;;) {
					const { rows }: { rows: PickupRow[] } = await sql<PickupRow>`
						SELECT id, container_id, at, source, level_percent, kilograms FROM operations.waste_pickup
						WHERE ${after}::uuid IS NULL OR id > ${after} ORDER BY id LIMIT ${batch}`.execute(db);
					for (const row of rows)
						yield [row.container_id, row.at.toISOString(), row.source, row.level_percent, row.kilograms];
					after = rows.at(-1)?.id ?? null;
					if (rows.length < batch) return;
				}
			},
		},
	];
}

interface PickupRow {
	id: string;
	container_id: string;
	at: Date;
	source: string;
	level_percent: number | null;
	kilograms: number | null;
}
