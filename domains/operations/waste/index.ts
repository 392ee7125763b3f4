import type { Context } from '../context.ts';
import type { Interventions } from '../interventions/face.ts';
import type { Part } from '../part.ts';
import { createWasteApi } from './api.ts';
import { createComparison } from './comparison.ts';
import { createContainers, type OpenIntervention } from './containers.ts';
import { wasteDatasets } from './datasets.ts';
import { fillWasteDemo } from './demo.ts';
import type { Waste } from './face.ts';
import { createFixedRounds } from './fixed-rounds.ts';
import { createForecasts } from './forecasts.ts';
import { defineJobs } from './jobs.ts';
import { wastePersonalData } from './personal-data.ts';
import { createPlans } from './plans.ts';
import { createRounds } from './rounds.ts';
import { dayOf } from './rules/days.ts';
import { createSetup } from './setup.ts';
import { createSites } from './sites.ts';
import { createVehicles } from './vehicles.ts';

/** Category of interventions on a sensor. */
const sensorCategory = 'sensor-fault';

/** Waste collection, as a part of the room. */
export function createWaste(
	context: Context,
	interventions: Pick<Interventions, 'open'>,
): Part & { face: Waste } {
	const { platform, now } = context;
	const setup = createSetup(context);
	const openIntervention: OpenIntervention = (actor, { key, ...input }) =>
		interventions.open(actor, { ...input, source: { kind: 'agent', key }, category: sensorCategory });
	const forecasts = createForecasts(context);
	const declared = {
		setup,
		vehicles: createVehicles(context, setup),
		sites: createSites(context, setup),
		fixedRounds: createFixedRounds(context),
		rounds: createRounds(context),
	};
	const face: Waste = {
		...declared,
		containers: createContainers(context, setup, openIntervention),
		forecasts,
		plans: createPlans(context, setup, forecasts),
		comparison: createComparison(context, declared),
		today: () => dayOf(now()),
	};
	defineJobs(context, face, interventions);
	platform.personalData.offer('operations', wastePersonalData(context));
	for (const dataset of wasteDatasets(context)) platform.datasets.offer('operations', dataset);
	return { face, api: createWasteApi(platform, face), fillDemo: () => fillWasteDemo(context, face) };
}
