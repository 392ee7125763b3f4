import { asId, changing, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import { mayManage, maySee } from '../../policies.ts';
import type { Agent, Agents, DayHours } from '../face.ts';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'operations.time_invalid');
const usualHours: (DayHours | null)[] = [0, 1, 2, 3, 4, 5, 6].map((weekday) =>
	weekday < 5 ? { from: '08:00', to: '16:00' } : null,
);

const agentInput = z.object({
	serviceIds: z.array(z.uuid()).max(50),
	skills: z.array(textInput(40)).max(30),
	hours: z
		.array(
			z
				.object({ from: time, to: time })
				.refine(({ from, to }) => from < to, 'operations.hours_invalid')
				.nullable(),
		)
		.length(7),
	breakFrom: time.nullable(),
	breakMinutes: z.int().min(0).max(180),
	vehicle: z.enum(['car', 'bicycle', 'foot']),
	start: z
		.object({
			label: textInput(200),
			longitude: z.number().min(-180).max(180),
			latitude: z.number().min(-90).max(90),
		})
		.nullable(),
});

/** Agents with what was said of each; those nothing was said of work in every service, at usual hours. */
export async function readAgents({ db, identity }: Context): Promise<Agent[]> {
	const [holders, rows] = await Promise.all([
		identity.people.holdersOf('operations:agent'),
		db.selectFrom('operations.agent').selectAll().execute(),
	]);
	const known = new Map(rows.map((row) => [row.person_id, row]));
	return holders.map(({ id, name }) => {
		const row = known.get(id);
		return {
			id,
			name,
			serviceIds: row?.service_ids ?? [],
			skills: row?.skills ?? [],
			hours: (row?.hours as Agent['hours'] | undefined) ?? usualHours,
			breakFrom: row ? row.break_from : '12:00',
			breakMinutes: row ? row.break_minutes : 45,
			vehicle: row?.vehicle ?? 'car',
			start:
				row && row.start_longitude !== null && row.start_latitude !== null
					? { label: row.start_label ?? '', longitude: row.start_longitude, latitude: row.start_latitude }
					: null,
		};
	});
}

export function createAgents(context: Context): Agents {
	const { db, platform } = context;
	return {
		list: async (actor) => (maySee(actor) ? ok(await readAgents(context)) : refuse('platform.not_allowed')),

		async save(actor, personId, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(agentInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			if (!(await readAgents(context)).some(({ id }) => id === personId))
				return refuse('operations.agent_unknown');
			return changing(db, async (trx) => {
				const row = {
					service_ids: value.serviceIds,
					skills: value.skills.filter(Boolean).map((skill) => skill.toLowerCase()),
					hours: JSON.stringify(value.hours),
					break_from: value.breakFrom,
					break_minutes: value.breakMinutes,
					vehicle: value.vehicle,
					start_label: value.start?.label ?? null,
					start_longitude: value.start?.longitude ?? null,
					start_latitude: value.start?.latitude ?? null,
					updated_at: context.now(),
				};
				await trx
					.insertInto('operations.agent')
					.values({ person_id: personId, ...row })
					.onConflict((conflict) => conflict.column('person_id').doUpdateSet(row))
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.agent.saved',
					subject: `person:${personId}`,
				});
				return ok(null);
			});
		},

		async suggest(actor, interventionId) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const intervention = await db
				.selectFrom('operations.intervention')
				.select(['service_id', 'skills'])
				.where('id', '=', asId(interventionId))
				.executeTakeFirst();
			if (!intervention) return refuse('operations.intervention_unknown');
			const { rows } = await sql<{ id: string; count: number }>`
				SELECT assignee AS id, count(*)::int AS count
				FROM operations.intervention, unnest(assignee_ids) assignee WHERE closed_at IS NULL
				GROUP BY assignee`.execute(db);
			const open = new Map(rows.map(({ id, count }) => [id, count]));
			return ok(
				(await readAgents(context))
					.map((agent) => ({
						agent,
						sameService: !agent.serviceIds.length || agent.serviceIds.includes(intervention.service_id),
						lacks: intervention.skills.filter((skill) => !agent.skills.includes(skill)),
						openCount: open.get(agent.id) ?? 0,
					}))
					.sort(
						(a, b) =>
							Number(b.sameService) - Number(a.sameService) ||
							a.lacks.length - b.lacks.length ||
							a.openCount - b.openCount,
					),
			);
		},
	};
}
