import { type Actor, newId, type Result, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { act } from './acting.ts';
import { changeIntervention } from './changing.ts';
import { demoMaterials, demoReports } from './demo-content.ts';
import type { ActionInput, Interventions, Photos } from './face.ts';
import { createDesk } from './reports/desk.ts';
import { receiveReport } from './reports/receiving.ts';
import { readInterventions } from './rows.ts';
import { addDays, townDay, townInstant, weekdayOf } from './rules/town-time.ts';

const reportsInAll = 46;
const daysBack = 30;

/** Which rules of the demonstration's alarms open an intervention, by what they watch. */
const categoryOfProperty: Record<string, string> = {
	waterLeak: 'leak',
	waterLevel: 'drain',
};

function value<T>(result: Result<T>): T {
	if (!result.ok) throw new Error(`the demonstration was refused: ${result.error}`);
	return result.value;
}

/**
 * Give the demonstration a month of invented reports: received, looked at, most of them dealt with, by the same use cases
 * that people use, with a clock that starts a month ago. Nothing happens where there is a report already.
 * @throws outside a demonstration
 */
export async function fillDemo(real: Context, face: Interventions, photos: Photos): Promise<void> {
	if (!real.platform.config.demo) throw new Error('a demonstration only');
	const { town, identity } = real;
	if ((await face.reports.list()).total) return;
	const end = real.now();
	const clock = { now: end };
	const context: Context = { ...real, now: () => clock.now };
	const desk = createDesk(context);

	const agents = (await identity.people.holdersOf('operations:agent')).map(
		({ id, name }): Actor => ({
			...system,
			kind: 'person',
			id,
			displayName: name,
			roles: ['operations:agent'],
			secondFactor: true,
		}),
	);
	const places = (await town.places.list({ pageSize: 300 })).items;
	const [depot] = places.filter(({ kind }) => kind === 'town_hall').concat(places);
	const [first] = agents;
	if (!first?.id || !depot) return;

	for (const [n, agent] of agents.entries())
		if (agent.id)
			value(
				await face.agents.save(system, agent.id, {
					serviceIds: [],
					skills: n % 2 === 0 ? ['pruning'] : ['electricity', 'pruning'],
					hours: [0, 1, 2, 3, 4, 5, 6].map((day) => (day < 5 ? { from: '08:00', to: '16:00' } : null)),
					breakFrom: '12:00',
					breakMinutes: 45,
					vehicle: 'car',
					start: { label: depot.name, longitude: depot.longitude, latitude: depot.latitude },
				}),
			);

	const at = (from: Date, hours: number) => new Date(from.getTime() + hours * 3_600_000);
	for (let n = 0; n < reportsInAll; n++) {
		const told = demoReports[n % demoReports.length];
		const place = places[(n * 37) % places.length];
		if (!told || !place) continue;
		// Closer together towards the end, as more people come to know of it.
		const day = addDays(townDay(end), -Math.round(daysBack * (1 - n / reportsInAll) ** 1.2));
		const received = townInstant(
			day,
			`${String(7 + ((n * 5) % 13)).padStart(2, '0')}:${String((n * 17) % 60).padStart(2, '0')}`,
		);
		if (received > end) continue;
		clock.now = received;
		const spot = {
			longitude: place.longitude + (n % 5) * 0.00008,
			latitude: place.latitude + (n % 3) * 0.00006,
		};
		const sent = value(
			await receiveReport(
				context,
				photos,
				{ category: told.category, description: told.text, address: place.name, ...spot },
				{ via: 'demo' },
			),
		);
		if (n % 6 === 2) {
			clock.now = new Date(Math.min(at(received, 5).getTime(), end.getTime()));
			value(
				await receiveReport(
					context,
					photos,
					{ category: told.category, address: place.name, ...spot, sameAs: sent.number },
					{ via: 'demo' },
				),
			);
		}
		const agent = agents[n % agents.length] ?? first;
		const looked = at(received, 2);
		if (looked > end || n % 11 === 10) continue;
		clock.now = looked;
		value(await desk.moderate(agent, sent.id, { textPublic: true, publicPhotoIds: [] }));
		const [intervention] = await readInterventions(
			context,
			context.db,
			sql`WHERE intervention.source_kind = 'report' AND intervention.source_key = ${sent.id}`,
		);
		if (!intervention) continue;
		if (n % 13 === 6) {
			value(
				await changeIntervention(context, system, intervention.id, null, {
					status: 'cancelled',
					reason: 'Ce terrain est privé : son propriétaire est prévenu.',
				}),
			);
			continue;
		}
		const begun = at(received, 8 + ((n * 29) % 60));
		// Some wait longer than they should: a board without a late one would not be true.
		if (begun > end || n % 8 === 5) continue;
		value(
			await changeIntervention(context, system, intervention.id, null, {
				plannedOn: townDay(begun),
				assigneeIds: [agent.id ?? ''],
			}),
		);
		const doing = (action: Omit<ActionInput, 'id' | 'interventionId' | 'at'>, when: Date) => {
			clock.now = when;
			return act(context, agent, { ...action, id: newId(), interventionId: intervention.id, at: when });
		};
		value(await doing({ kind: 'start' }, begun));
		for (const item of intervention.checklist)
			value(await doing({ kind: 'check', itemId: item.id, checked: true }, at(begun, 0.2)));
		const material = demoMaterials[told.category];
		if (material) value(await doing({ kind: 'material', ...material }, at(begun, 0.3)));
		const finished = at(begun, 0.3 + (n % 4) * 0.2);
		if (finished > end) continue;
		if (n % 17 === 9)
			value(await doing({ kind: 'could_not', reason: 'Une voiture est garée dessus.' }, finished));
		else value(await doing({ kind: 'done', text: told.answer }, finished));
	}
	clock.now = end;

	const rules = await real.sensing.alarms.rules.list(system);
	for (const rule of rules.ok ? rules.value : []) {
		const code = rule.property === null ? 'sensor-fault' : categoryOfProperty[rule.property];
		const category = code ? await face.categories.get(code) : null;
		if (category) value(await face.alarmMappings.save(system, rule.id, category.id, null));
	}
	const playgrounds = places.filter(({ kind }) => kind === 'playground').slice(0, 12);
	const check = await face.categories.get('playground');
	if (playgrounds.length && check)
		value(
			await face.recurring.save(system, {
				kind: 'inspection',
				title: 'Contrôle de l’aire de jeux',
				categoryId: check.id,
				checklist: ['Fixations', 'Sol amortissant', 'Chaînes et cordes', 'Propreté'],
				every: 2,
				unit: 'week',
				startsOn: addDays(townDay(end), -weekdayOf(townDay(end))),
				endsOn: null,
				leadDays: 14,
				targets: playgrounds.map(({ id, name }) => ({ label: name, placeId: id })),
			}),
		);
	await face.recurring.makeDue();
	for (let day = 0; day < 3; day++) {
		const planned = await face.dayPlan.plan(system, addDays(townDay(end), day), { withUnplanned: true });
		// A weekend has nobody who works.
		if (!planned.ok && planned.error !== 'operations.nobody_works') value(planned);
	}
}
