import type { Catalogue } from '../catalogue/face.ts';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { createAssumptions } from './assumptions.ts';
import { createClaims } from './claims.ts';
import { offerClaims } from './dataset.ts';
import type { Carbon } from './face.ts';
import { createOptions } from './options.ts';
import { readSummary } from './reading.ts';

/** Carbon as a part of the room. */
export function createCarbon(
	context: Context,
	{ catalogue }: { catalogue: Catalogue },
): Part & { face: Carbon } {
	const { platform } = context;
	const recompute = createClaims(context, catalogue);
	const { subscribe } = platform.events;
	subscribe<{ deviceId: string }>('equipment', 'equipment.device.changed', async ({ payload }) => {
		await recompute({ deviceIds: [payload.deviceId], itemIds: [] });
	});
	subscribe<{ deviceIds: string[] }>('equipment', 'equipment.devices.changed', async ({ payload }) => {
		await recompute({ deviceIds: payload.deviceIds, itemIds: [] });
	});
	subscribe<{ itemId: string }>('equipment', 'equipment.item.changed', async ({ payload }) => {
		await recompute({ deviceIds: [], itemIds: [payload.itemId] });
	});
	subscribe('equipment', 'equipment.factors.changed', async () => {
		await recompute(null);
	});
	// A month that is over counts from the night after; and what a fault kept from being counted, every night.
	platform.jobs.define('equipment.carbon', { cron: '25 4 * * *' }, async () => {
		await recompute(null);
	});
	offerClaims(context);
	return {
		face: {
			ofOption: createOptions(context, catalogue),
			summary: () => readSummary(context),
			recompute,
			assumptions: createAssumptions(context),
		},
		async fillDemo() {
			await recompute(null);
		},
	};
}
