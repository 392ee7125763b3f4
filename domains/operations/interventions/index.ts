import { type AnyTransaction, changing } from '@parvis/platform';
import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { act } from './acting.ts';
import { createAlarmMappings, hearAlarms } from './alarms.ts';
import { createInterventionsApi } from './api.ts';
import { changeIntervention } from './changing.ts';
import { createDayPlanning } from './day-plan.ts';
import { fillDemo } from './demo.ts';
import type { Interventions, Photos } from './face.ts';
import { createPersonalData, defineJobs, reportsDataset } from './jobs.ts';
import { countInterventions, interventionsCsv, listInterventions, readHistory, readMine } from './listing.ts';
import { findWhere, openIntervention } from './opening.ts';
import type { Trx } from './recording.ts';
import { createRecurringWork } from './recurring.ts';
import { createReports } from './reports/index.ts';
import { readIntervention } from './rows.ts';
import { createAgents } from './settings/agents.ts';
import { createCategories, createServices } from './settings/categories.ts';

/** Work that somebody has to do somewhere, from whatever told it to those who wait for it. */
export function createInterventions(context: Context, photos: Photos): Part & { face: Interventions } {
	const face: Interventions = {
		services: createServices(context),
		categories: createCategories(context),
		agents: createAgents(context),
		reports: createReports(context, photos),
		recurring: createRecurringWork(context),
		alarmMappings: createAlarmMappings(context),
		dayPlan: createDayPlanning(context),

		async open(actor, input) {
			const where = await findWhere(context, actor, input);
			const opened = await changing(context.db, (trx) => openIntervention(context, trx, actor, input, where));
			return opened.ok ? readIntervention(context, context.db, actor, opened.value.id) : opened;
		},
		openIn: (trx: AnyTransaction, actor, input) => openIntervention(context, trx as Trx, actor, input),
		list: (actor, filter) => listInterventions(context, actor, filter),
		csv: (actor, filter) => interventionsCsv(context, actor, filter),
		counts: (actor) => countInterventions(context, actor),
		get: (actor, reference) => readIntervention(context, context.db, actor, reference),
		history: (actor, id) => readHistory(context, actor, id),
		change: (actor, id, version, input, device) =>
			changeIntervention(context, actor, id, version, input, device),
		act: (actor, action) => act(context, actor, action),
		mine: (actor, day) => readMine(context, actor, day),
	};
	hearAlarms(context);
	defineJobs(context, face);
	context.platform.personalData.offer('operations', createPersonalData(context));
	context.platform.datasets.offer('operations', reportsDataset(face));
	return {
		face,
		api: createInterventionsApi(context.platform, face),
		fillDemo: () => fillDemo(context, face, photos),
	};
}
