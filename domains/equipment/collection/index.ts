import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Wiping } from '../wiping/face.ts';
import { createAnswering, createPartnerAnswers } from './answering.ts';
import { createCollectionApi } from './api.ts';
import { remindOfTomorrow } from './booking-letters.ts';
import { createBookings } from './bookings.ts';
import { createCampaigns } from './campaigns.ts';
import { collectionDatasets } from './datasets.ts';
import { fillDemo } from './demo.ts';
import { createDesk } from './desk.ts';
import type { Collection, ItemEnd } from './face.ts';
import { createItems } from './items.ts';
import { createLots } from './lots.ts';
import { createPartners } from './partners.ts';
import { createItemPhotos } from './photos.ts';
import { createReceipts } from './receipts.ts';
import { createCollectionPersonalData, forgetGivers } from './retention.ts';
import { createSettings } from './settings.ts';

export type * from './face.ts';

/** Campaigns: drop-off, registration, lots, partners, what became of each item. As a part of the room. */
export function createCollection(
	context: Context,
	{ wiping }: { wiping: Pick<Wiping, 'notWiped'> },
): Part & { face: Collection } {
	const { db, platform } = context;
	const bookings = createBookings(context);
	const photos = createItemPhotos(context);
	const answering = createAnswering(context);
	const face: Collection = {
		campaigns: createCampaigns(context),
		bookings,
		desk: createDesk(context, bookings, photos),
		items: createItems(context, wiping, photos),
		receipts: createReceipts(context),
		partners: createPartners(context),
		lots: createLots(context, wiping, answering),
		answers: createPartnerAnswers(context, answering),
		settings: createSettings(context),
		async totals() {
			const { rows } = await sql<{ end: ItemEnd | null; items: number; simulated: boolean }>`
				SELECT ended_as AS "end", count(*)::int AS items, bool_or(simulated) AS simulated
				FROM equipment.collected_item GROUP BY ended_as`.execute(db);
			const ends: Partial<Record<ItemEnd, number>> = {};
			for (const { end, items } of rows) if (end) ends[end] = items;
			return {
				received: rows.reduce((sum, { items }) => sum + items, 0),
				ends,
				underWay: rows.find(({ end }) => end === null)?.items ?? 0,
				simulated: rows.some(({ simulated }) => simulated),
			};
		},
	};
	platform.jobs.define('equipment.collection.forget', { cron: '10 3 * * *' }, () => forgetGivers(context));
	platform.jobs.define('equipment.collection.remind', { cron: '0 17 * * *' }, async () => {
		await remindOfTomorrow(context);
	});
	platform.personalData.offer('equipment.collection', createCollectionPersonalData(context));
	for (const dataset of collectionDatasets(context)) platform.datasets.offer('equipment', dataset);
	return { face, api: createCollectionApi(platform, face), fillDemo: () => fillDemo(context, face) };
}
