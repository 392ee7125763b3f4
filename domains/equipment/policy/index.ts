import type { Carbon } from '../carbon/face.ts';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import type { Policy } from './face.ts';
import { writeLetters } from './letters.ts';
import { createOrders } from './orders.ts';
import { requestsOf } from './personal-data.ts';
import { createRequests } from './requests.ts';
import { createSecurity } from './security.ts';
import { createVersions, readInForce } from './versions.ts';

interface PolicyNeighbours {
	/** What each way to answer a need emits. */
	carbon: Pick<Carbon, 'ofOption'>;
}

/** Policy as a part of the room. */
export function createPolicy(context: Context, { carbon }: PolicyNeighbours): Part & { face: Policy } {
	const face: Policy = {
		inForce: (day) => readInForce(context, day),
		versions: createVersions(context),
		requests: createRequests(context, carbon),
		orders: createOrders(context),
		security: createSecurity(context),
	};
	writeLetters(context);
	context.platform.jobs.define('equipment.security-floor', { cron: '40 5 * * *' }, async () => {
		await face.security.look();
	});
	context.platform.personalData.offer('equipment.policy', requestsOf(context));
	return { face };
}
