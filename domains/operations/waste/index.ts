import type { FastifyPluginAsyncZod } from '@parvis/platform';
import type { Context } from '../context.ts';
import { createWasteApi } from './api.ts';
import { createContainers } from './containers.ts';
import type { Waste } from './face.ts';
import { createFixedRounds } from './fixed-rounds.ts';
import { createForecasts } from './forecasts.ts';
import { defineJobs } from './jobs.ts';
import { createPlans } from './plans.ts';
import { createRounds } from './rounds.ts';
import { dayOf } from './rules/days.ts';
import { createSetup } from './setup.ts';
import { createSites } from './sites.ts';
import { createVehicles } from './vehicles.ts';

/** Waste collection, as a part of the room. */
export function createWaste(context: Context): { face: Waste; api: FastifyPluginAsyncZod } {
	const { platform, now } = context;
	const setup = createSetup(context);
	const forecasts = createForecasts(context);
	const face: Waste = {
		containers: createContainers(context, setup, null),
		vehicles: createVehicles(context, setup),
		sites: createSites(context),
		setup,
		fixedRounds: createFixedRounds(context),
		rounds: createRounds(context),
		forecasts,
		plans: createPlans(context, setup, forecasts),
		today: () => dayOf(now()),
	};
	defineJobs(context, face);
	return { face, api: createWasteApi(platform, face) };
}
