import { type Actor, type AnyTransaction, asId, changing, ok, type Result, refuse } from '@parvis/platform';
import { type Problem, solveInThread } from '@parvis/vehicle-routing';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import { lockIntervention, writeFields } from './changing.ts';
import type {
	Agent,
	DayHours,
	DayPlanning,
	InterventionSummary,
	LeftReason,
	PlanOutcome,
	Priority,
} from './face.ts';
import type { Trx } from './recording.ts';
import { readSummaries } from './rows.ts';
import { layOutDay, secondsOf, tourMeters } from './rules/day-hours.ts';
import { isClosed } from './rules/status.ts';
import { isDay, townDay, townInstant, weekdayOf } from './rules/town-time.ts';
import { readAgents } from './settings/agents.ts';

const mostCandidates = 150;
const searchSeconds = 2;
/** How soon after a pinned hour the visit still begins. */
const pinnedSlackSeconds = 900;
/** Metres of detour that doing it today is worth: far more than a town is wide, so that only time leaves one out. */
const prizes: Record<Priority, number> = { urgent: 1_000_000, high: 400_000, normal: 150_000, low: 50_000 };

interface Working {
	agent: Agent;
	hours: DayHours;
}

const clock = new Intl.DateTimeFormat('fr-FR', { timeZone: 'Europe/Paris', timeStyle: 'medium' });
const secondsInDay = (at: Date) => {
	const [hours = 0, minutes = 0, seconds = 0] = clock.format(at).split(':').map(Number);
	return hours * 3600 + minutes * 60 + seconds;
};

function instantAt(day: string, seconds: number): Date {
	const minutes = Math.min(Math.round(seconds / 60), 24 * 60 - 1);
	const two = (value: number) => String(value).padStart(2, '0');
	return townInstant(day, `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`);
}

const leadOf = ({ assignees }: InterventionSummary) => assignees[0]?.id ?? null;

/** Days whose work is left over when a day is planned: those that are past, not today's before it is done. */
const leftoverBefore = (context: Context, day: string) => {
	const today = townDay(context.now());
	return day < today ? day : today;
};

/** What can be put in a day: open, and not already somebody's on another day to come. */
const candidatesOf = (
	context: Context,
	day: string,
	withUnplanned: boolean,
) => sql`WHERE intervention.closed_at IS NULL
	AND intervention.status IN ('new', 'planned') AND (intervention.planned_on = ${day}::date
		OR (${withUnplanned} AND (intervention.planned_on IS NULL OR intervention.planned_on < ${leftoverBefore(context, day)}::date)))
	ORDER BY intervention.planned_on = ${day}::date DESC NULLS LAST,
		array_position(ARRAY['urgent', 'high', 'normal', 'low'], intervention.priority), intervention.due_at,
		intervention.id LIMIT ${mostCandidates}`;

/** The days of agents: seen, ordered by the routing engine, or by hand. */
export function createDayPlanning(context: Context): DayPlanning {
	const { db, town, platform, footprint } = context;

	async function skillsOf(ids: readonly string[]): Promise<Map<string, string[]>> {
		if (!ids.length) return new Map();
		const rows = await db
			.selectFrom('operations.intervention')
			.select(['id', 'skills'])
			.where('id', 'in', ids)
			.execute();
		return new Map(rows.map(({ id, skills }) => [id, skills]));
	}

	/** Why nobody of these can do it; null when somebody could, had they the time. */
	function whyNobody(
		intervention: InterventionSummary,
		skills: readonly string[],
		working: readonly Working[],
	): { reason: LeftReason; detail: string | null } | null {
		const own = leadOf(intervention);
		const asked = own ? working.filter(({ agent }) => agent.id === own) : working;
		if (!asked.length) return { reason: 'no_agent', detail: intervention.assignees[0]?.name ?? null };
		const inService = asked.filter(
			({ agent }) =>
				own !== null || !agent.serviceIds.length || agent.serviceIds.includes(intervention.service.id),
		);
		if (!inService.length) return { reason: 'service', detail: null };
		const lacks = skills.filter((skill) => inService.every(({ agent }) => !agent.skills.includes(skill)));
		if (lacks.length || !inService.some(({ agent }) => skills.every((skill) => agent.skills.includes(skill))))
			return { reason: 'skills', detail: (lacks.length ? lacks : skills).join(', ') };
		return null;
	}

	interface Solved {
		placed: {
			agent: Agent;
			visits: { intervention: InterventionSummary; start: number; end: number }[];
			meters: number;
			baselineMeters: number;
		}[];
		left: { intervention: InterventionSummary; unreachable: boolean }[];
		provider: string;
	}

	/** Order the days of agents who move alike. */
	async function order(
		working: readonly Working[],
		stops: readonly InterventionSummary[],
		skills: ReadonlyMap<string, string[]>,
	): Promise<Solved> {
		const [first] = working;
		if (!first || !stops.length)
			return {
				placed: [],
				left: stops.map((intervention) => ({ intervention, unreachable: false })),
				provider: '',
			};
		const starts = working.flatMap(({ agent }) => (agent.start ? [agent] : []));
		const points = [
			...stops.map(({ longitude, latitude }) => [longitude, latitude] as const),
			...starts.map(({ start }) => [start?.longitude ?? 0, start?.latitude ?? 0] as const),
		];
		const startIndex = (agent: Agent) =>
			agent.start ? stops.length + starts.findIndex(({ id }) => id === agent.id) : null;
		const matrix = await town.roads.matrix(points, { profile: first.agent.vehicle });
		const now = context.now().getTime();
		const problem: Problem = {
			locations: points.length,
			meters: matrix.meters,
			seconds: matrix.seconds,
			stops: stops.map((stop, location) => {
				const own = leadOf(stop);
				const pinnedAt = stop.pinned && stop.plannedFrom ? secondsInDay(stop.plannedFrom) : null;
				return {
					id: stop.id,
					location,
					serviceSeconds: stop.durationMinutes * 60,
					skills: [...(skills.get(stop.id) ?? []), ...(own ? [] : [`service:${stop.service.id}`])],
					...(own && { vehicles: [own] }),
					...(pinnedAt !== null && {
						windows: [{ from: pinnedAt, to: pinnedAt + pinnedSlackSeconds }],
					}),
					prize: prizes[stop.priority] * (stop.pinned ? 10 : stop.dueAt.getTime() < now + 86_400_000 ? 2 : 1),
				};
			}),
			vehicles: working.map(({ agent, hours }) => ({
				id: agent.id,
				start: startIndex(agent),
				end: startIndex(agent),
				shift: { from: secondsOf(hours.from), to: secondsOf(hours.to) },
				skills: [
					...agent.skills,
					...(agent.serviceIds.length ? agent.serviceIds : stops.map(({ service }) => service.id)).map(
						(id) => `service:${id}`,
					),
				],
				...(agent.breakFrom &&
					agent.breakMinutes > 0 &&
					agent.breakFrom < hours.to && {
						breaks: [
							{
								id: `break:${agent.id}`,
								window: {
									from: secondsOf(agent.breakFrom),
									to: Math.min(secondsOf(agent.breakFrom) + 5400, secondsOf(hours.to)),
								},
								seconds: agent.breakMinutes * 60,
							},
						],
					}),
				// Metres decide; a minute of waiting weighs as much as 60 metres, so that nobody waits for nothing.
				cost: { perMeter: 1, perSecond: 1 },
			})),
		};
		const outcome = await solveInThread(problem, { seconds: searchSeconds });
		if (!outcome.ok) {
			platform.log.warn({ infeasible: outcome.infeasible.slice(0, 5) }, 'a day could not be planned');
			return {
				placed: [],
				left: stops.map((intervention) => ({ intervention, unreachable: false })),
				provider: matrix.provider,
			};
		}
		const byId = new Map(stops.map((stop, index) => [stop.id, { stop, index }]));
		const agents = new Map(working.map(({ agent }) => [agent.id, agent]));
		const placed = outcome.solution.routes.flatMap((route) => {
			const agent = agents.get(route.vehicle);
			if (!agent) return [];
			const visits = route.visits.flatMap((visit) => {
				const found = visit.kind === 'stop' ? byId.get(visit.id) : undefined;
				return found
					? [{ intervention: found.stop, start: visit.start, end: visit.departure, index: found.index }]
					: [];
			});
			// Ids grow with time, so that those of one instant too are in the order in which they came.
			const arrival = visits.toSorted((a, b) => (a.intervention.id < b.intervention.id ? -1 : 1));
			return [
				{
					agent,
					visits,
					meters: route.meters,
					baselineMeters: tourMeters(
						matrix.meters,
						points.length,
						startIndex(agent),
						arrival.map(({ index }) => index),
					),
				},
			];
		});
		const reached = (index: number) =>
			stops.length === 1 ||
			points.some(
				(_, other) => other !== index && Number.isFinite(matrix.meters[other * points.length + index]),
			);
		return {
			placed,
			left: outcome.solution.unserved.flatMap((id) => {
				const found = byId.get(id);
				return found ? [{ intervention: found.stop, unreachable: !reached(found.index) }] : [];
			}),
			provider: matrix.provider,
		};
	}

	/** Write the hours of one visit, unless somebody closed or changed it meanwhile. */
	async function write(
		trx: Trx,
		actor: Actor,
		seen: InterventionSummary,
		fields: {
			agentId: string | null;
			day: string | null;
			from: Date | null;
			to: Date | null;
			turn: number | null;
		},
	): Promise<boolean> {
		const row = await lockIntervention(trx, seen.id);
		if (!row || isClosed(row.status) || row.version !== seen.version) return false;
		const others = row.assignee_ids.filter((id) => id !== fields.agentId);
		await writeFields(
			context,
			trx,
			actor,
			row,
			{
				plannedOn: fields.day,
				plannedFrom: fields.from,
				plannedTo: fields.to,
				plannedTurn: fields.turn,
				...(fields.agentId && { assigneeIds: [fields.agentId, ...others] }),
				...(row.status === 'new' && fields.day && { status: 'planned' }),
				...(row.status === 'planned' && !fields.day && { status: 'new' }),
			},
			{ kind: 'changed' },
		);
		return true;
	}

	async function plan(
		actor: Actor,
		day: string,
		{ agentIds, withUnplanned }: { agentIds?: readonly string[] | undefined; withUnplanned: boolean },
	): Promise<Result<PlanOutcome>> {
		if (!mayManage(actor)) return refuse('platform.not_allowed');
		if (!isDay(day)) return refuse('operations.day_invalid');
		const working: Working[] = (await readAgents(context)).flatMap((agent) => {
			const hours = agent.hours[weekdayOf(day)];
			return hours && (!agentIds || agentIds.includes(agent.id)) ? [{ agent, hours }] : [];
		});
		if (!working.length) return refuse('operations.nobody_works');
		const chosen = new Set(working.map(({ agent }) => agent.id));
		const candidates = (await readSummaries(context, db, candidatesOf(context, day, withUnplanned))).filter(
			(stop) => {
				// Days of agents who were not chosen stay as they are.
				const own = leadOf(stop);
				return own === null || chosen.has(own) || (stop.plannedOn !== day && !agentIds);
			},
		);
		const skills = await skillsOf(candidates.map(({ id }) => id));
		const left: PlanOutcome['left'] = [];
		let waiting = candidates.filter((intervention) => {
			const why = whyNobody(intervention, skills.get(intervention.id) ?? [], working);
			if (why) left.push({ intervention, ...why });
			return why === null;
		});
		const groups = [...Map.groupBy(working, ({ agent }) => agent.vehicle).values()].toSorted(
			(a, b) => b.length - a.length,
		);
		const solved: Solved[] = [];
		let unreached: Solved['left'] = [];
		for (const group of groups) {
			const able = waiting.filter((stop) => whyNobody(stop, skills.get(stop.id) ?? [], group) === null);
			const answer = await order(group, able, skills);
			solved.push(answer);
			const placed = new Set(
				answer.placed.flatMap(({ visits }) => visits.map(({ intervention }) => intervention.id)),
			);
			unreached = [...unreached, ...answer.left.filter(({ unreachable }) => unreachable)];
			waiting = waiting.filter(({ id }) => !placed.has(id));
		}
		for (const intervention of waiting)
			left.push({
				intervention,
				reason: unreached.some((one) => one.intervention.id === intervention.id) ? 'unreachable' : 'no_time',
				detail: null,
			});
		const routes = solved.flatMap(({ placed }) => placed);
		return changing(db, async (trx) => {
			let planned = 0;
			for (const { agent, visits } of routes)
				for (const [turn, { intervention, start, end }] of visits.entries())
					if (
						await write(trx, actor, intervention, {
							agentId: agent.id,
							day,
							from: instantAt(day, start),
							to: instantAt(day, end),
							turn: turn + 1,
						})
					)
						planned++;
			// What no longer fits leaves the day: nobody drives to what has no hour.
			for (const { intervention } of left)
				if (intervention.plannedOn === day && !intervention.pinned)
					await write(trx, actor, intervention, {
						agentId: null,
						day: null,
						from: null,
						to: null,
						turn: null,
					});
			const meters = routes.reduce((sum, route) => sum + route.meters, 0);
			const baselineMeters = routes.reduce((sum, route) => sum + route.baselineMeters, 0);
			await footprint.post(
				trx as unknown as AnyTransaction,
				routes
					.filter(({ agent }) => agent.vehicle === 'car')
					.map(({ agent, ...route }) => ({
						key: `interventions/day/${day}/${agent.id}`,
						day,
						service: 'interventions',
						quantity: Math.round((route.baselineMeters - route.meters) / 10) / 100,
						unit: 'km' as const,
						factor: 'car_km',
						baseline: {
							fr: platform.messages.t('fr', 'operations.plan_baseline'),
							en: platform.messages.t('en', 'operations.plan_baseline'),
						},
						method: {
							fr: platform.messages.t('fr', 'operations.plan_method'),
							en: platform.messages.t('en', 'operations.plan_method'),
						},
						simulated: platform.config.demo,
					})),
			);
			await platform.audit.record(trx, {
				actor,
				action: 'operations.day.planned',
				subject: `day:${day}`,
				detail: { planned, left: left.length, meters: Math.round(meters) },
			});
			return ok({
				planned,
				left,
				meters,
				baselineMeters,
				provider: solved.find(({ provider }) => provider)?.provider ?? '',
			});
		});
	}

	async function dayOf(agentId: string, day: string): Promise<InterventionSummary[]> {
		return readSummaries(
			context,
			db,
			sql`WHERE intervention.planned_on = ${day}::date AND intervention.assignee_ids[1] = ${asId(agentId)}
				ORDER BY intervention.planned_turn NULLS LAST, intervention.planned_from NULLS LAST, intervention.id`,
		);
	}

	return {
		plan,

		async day(actor, day) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			if (!isDay(day)) return refuse('operations.day_invalid');
			const agents = await readAgents(context);
			const [stops, unplanned] = await Promise.all([
				readSummaries(
					context,
					db,
					sql`WHERE intervention.planned_on = ${day}::date AND intervention.status <> 'cancelled'
						ORDER BY intervention.planned_turn NULLS LAST, intervention.planned_from NULLS LAST, intervention.id`,
				),
				readSummaries(
					context,
					db,
					sql`WHERE intervention.closed_at IS NULL AND intervention.status IN ('new', 'planned')
						AND (intervention.planned_on IS NULL OR intervention.planned_on < ${leftoverBefore(context, day)}::date
							OR (intervention.planned_on = ${day}::date AND intervention.assignee_ids = '{}'))
						ORDER BY array_position(ARRAY['urgent', 'high', 'normal', 'low'], intervention.priority),
							intervention.due_at LIMIT 100`,
				),
			]);
			return ok({
				day,
				agents: agents.map((agent) => ({
					agent,
					hours: agent.hours[weekdayOf(day)] ?? null,
					stops: stops.filter((stop) => leadOf(stop) === agent.id),
				})),
				unplanned,
			});
		},

		async place(actor, interventionId, to) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			if (to && !isDay(to.day)) return refuse('operations.day_invalid');
			const [moved] = await readSummaries(context, db, sql`WHERE intervention.id = ${asId(interventionId)}`);
			if (!moved || isClosed(moved.status)) return refuse('operations.intervention_unknown');
			if (!to)
				return changing(db, async (trx) =>
					(await write(trx, actor, moved, { agentId: null, day: null, from: null, to: null, turn: null }))
						? ok(null)
						: refuse('operations.changed_meanwhile'),
				);
			const agent = (await readAgents(context)).find(({ id }) => id === to.agentId);
			if (!agent) return refuse('operations.agent_unknown');
			const hours = agent.hours[weekdayOf(to.day)] ?? { from: '08:00', to: '17:00' };
			const others = (await dayOf(agent.id, to.day)).filter(({ id }) => id !== moved.id);
			const turn = Math.min(Math.max(1, Math.trunc(to.turn) || 1), others.length + 1);
			const visits = others.toSpliced(turn - 1, 0, moved);
			const points = [
				...(agent.start ? [[agent.start.longitude, agent.start.latitude] as const] : []),
				...visits.map(({ longitude, latitude }) => [longitude, latitude] as const),
			];
			const { seconds } = await town.roads.matrix(points, { profile: agent.vehicle });
			const offset = agent.start ? 1 : 0;
			const laid = layOutDay(
				{
					from: secondsOf(hours.from),
					breakFrom: agent.breakFrom ? secondsOf(agent.breakFrom) : null,
					breakSeconds: agent.breakMinutes * 60,
				},
				visits.map((visit, i) => ({
					driveSeconds: i + offset === 0 ? 0 : (seconds[(i + offset - 1) * points.length + i + offset] ?? 0),
					serviceSeconds: visit.durationMinutes * 60,
					notBefore: visit.pinned && visit.plannedFrom ? secondsInDay(visit.plannedFrom) : null,
				})),
			);
			return changing(db, async (trx) => {
				for (const [i, visit] of visits.entries()) {
					if (isClosed(visit.status)) continue;
					const written = await write(trx, actor, visit, {
						agentId: agent.id,
						day: to.day,
						from: instantAt(to.day, laid[i]?.start ?? 0),
						to: instantAt(to.day, laid[i]?.end ?? 0),
						turn: i + 1,
					});
					if (!written) return refuse('operations.changed_meanwhile');
				}
				return ok(null);
			});
		},
	};
}
