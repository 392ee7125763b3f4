import type { Carbon } from '../carbon/face.ts';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { createPlanningApi } from './api.ts';
import { createAssigning } from './assigning.ts';
import { offerFleet } from './dataset.ts';
import type { Planning } from './face.ts';
import { createPlan } from './plan.ts';
import { readPyramid } from './pyramid.ts';
import type { Neighbour } from './reckoning.ts';

/** When each device is to be replaced, and what another policy would change. As a part of the room. */
export function createPlanning(
	context: Context,
	{ carbon, ...neighbour }: Neighbour & { carbon: Carbon },
): Part & { face: Planning } {
	const face: Planning = {
		...createPlan(context, neighbour),
		...createAssigning(context, neighbour),
		pyramid: () => readPyramid(context),
	};
	offerFleet(context, face.pyramid);
	return { face, api: createPlanningApi(context.platform, face, carbon) };
}
