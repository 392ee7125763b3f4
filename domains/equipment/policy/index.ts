import type { Carbon } from '../carbon/face.ts';
import type { Context } from '../context.ts';
import { today } from '../days.ts';
import type { Part } from '../part.ts';
import type { Wiping } from '../wiping/face.ts';
import { createPolicyApi } from './api.ts';
import { purchasesDataset } from './dataset.ts';
import { fillDemo } from './demo.ts';
import type { Policy } from './face.ts';
import { writeLetters } from './letters.ts';
import { createOrders } from './orders.ts';
import { requestsOf } from './personal-data.ts';
import { createRequests } from './requests.ts';
import { createRetirement } from './retirement.ts';
import { createSecurity } from './security.ts';
import { createSparePool } from './spare-pool.ts';
import { createVersions, readInForce } from './versions.ts';

interface PolicyNeighbours {
	/** What each way to answer a need emits. */
	carbon: Pick<Carbon, 'ofOption'>;
	wiping: Pick<Wiping, 'deviceMayChangeHands'>;
}

/** Policy as a part of the room. */
export function createPolicy(
	context: Context,
	{ carbon, wiping }: PolicyNeighbours,
): Part & { face: Policy } {
	const face: Policy = {
		inForce: (day) => readInForce(context, day),
		versions: createVersions(context),
		requests: createRequests(context, carbon, wiping),
		orders: createOrders(context),
		retirement: createRetirement(context),
		sparePool: createSparePool(context),
		security: createSecurity(context),
	};
	writeLetters(context);
	context.platform.jobs.define('equipment.security-floor', { cron: '40 5 * * *' }, async () => {
		await face.security.look();
	});
	context.platform.personalData.offer('equipment.policy', requestsOf(context));
	context.platform.datasets.offer('equipment', purchasesDataset(face));
	return {
		face,
		api: createPolicyApi(context.platform, face, () => today(context)),
		fillDemo: () => fillDemo(context, carbon, face.security.look),
	};
}
