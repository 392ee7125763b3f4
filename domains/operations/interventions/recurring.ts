import { asId, changing, newId, ok, refuse, system, textInput } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import type { Recurring, RecurringWork, Target } from './face.ts';
import {
	checklistLabels,
	dayText,
	latitude,
	longitude,
	openIntervention,
	titleText,
	whereIs,
} from './opening.ts';
import { occurrences } from './rules/recurrence.ts';
import { addDays, townDay, townInstant } from './rules/town-time.ts';
import { readCategory } from './settings/categories.ts';

const mostTargets = 200;
/** What was missed while nothing ran is made for so many days back, not for years. */
const mostDaysBack = 31;
const shownNext = 4;

const recurringInput = z
	.object({
		kind: z.enum(['maintenance', 'inspection']),
		title: titleText,
		description: textInput(5000).default(''),
		categoryId: z.uuid('operations.category_unknown'),
		checklist: checklistLabels.default([]),
		assigneeIds: z.array(z.uuid()).max(20).default([]),
		every: z.int().min(1).max(400),
		unit: z.enum(['day', 'week', 'month', 'year']),
		startsOn: dayText,
		endsOn: dayText.nullish(),
		leadDays: z.int().min(0).max(120),
		targets: z
			.array(
				z.object({
					label: textInput(200).default(''),
					placeId: z.uuid().nullish(),
					longitude: longitude.optional(),
					latitude: latitude.optional(),
				}),
			)
			.min(1, 'operations.targets_missing')
			.max(mostTargets),
		paused: z.boolean().default(false),
	})
	.refine(({ startsOn, endsOn }) => !endsOn || endsOn >= startsOn, {
		message: 'operations.end_before_start',
		path: ['endsOn'],
	});

async function read(context: Context, db: Db, where: RawBuilder<unknown>): Promise<Recurring[]> {
	const { rows } = await sql<{
		id: string;
		kind: 'maintenance' | 'inspection';
		title: string;
		description: string;
		category_id: string;
		code: string;
		name_fr: string;
		name_en: string;
		icon: string;
		checklist: string[];
		assignee_ids: string[];
		every: number;
		unit: Recurring['unit'];
		starts_on: string;
		ends_on: string | null;
		lead_days: number;
		targets: Target[];
		paused: boolean;
		version: number;
	}>`SELECT work.*, work.starts_on::text AS starts_on, work.ends_on::text AS ends_on, category.code, category.icon,
			category.name_fr, category.name_en
		FROM operations.recurring_work work JOIN operations.category ON category.id = work.category_id ${where}
		ORDER BY work.paused, town.plain(work.title), work.id`.execute(db);
	const today = townDay(context.now());
	return rows.map((row) => {
		const rule = { every: row.every, unit: row.unit, startsOn: row.starts_on, endsOn: row.ends_on };
		return {
			...rule,
			id: row.id,
			kind: row.kind,
			title: row.title,
			description: row.description,
			category: {
				id: row.category_id,
				code: row.code,
				name: { fr: row.name_fr, en: row.name_en },
				icon: row.icon,
			},
			checklist: row.checklist,
			assigneeIds: row.assignee_ids,
			leadDays: row.lead_days,
			targets: row.targets,
			paused: row.paused,
			next: row.paused ? [] : occurrences(rule, today, addDays(today, 366 * 12), shownNext),
			version: row.version,
		};
	});
}

/** Work that comes back: maintenance and inspections. */
export function createRecurringWork(context: Context): RecurringWork {
	const { db, platform } = context;
	return {
		list: async (actor) =>
			maySee(actor) ? ok(await read(context, db, sql``)) : refuse('platform.not_allowed'),

		async get(actor, id) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [found] = await read(context, db, sql`WHERE work.id = ${asId(id)}`);
			return found ? ok(found) : refuse('operations.recurring_unknown');
		},

		async save(actor, input, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(recurringInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			if (!(await readCategory(db, value.categoryId)))
				return refuse('operations.category_unknown', { field: 'categoryId' });
			const targets: Target[] = [];
			for (const target of value.targets) {
				const where = await whereIs(context, { ...target, address: target.label });
				if (!where.ok) return refuse(where.error, { ...where.detail, field: 'targets' });
				const { placeId, address, longitude, latitude } = where.value;
				targets.push({
					// The same place or point keeps its key, so that its occurrences are never made twice.
					key: placeId ?? `${longitude.toFixed(6)},${latitude.toFixed(6)}`,
					label: target.label || address || '',
					placeId,
					longitude,
					latitude,
				});
			}
			return changing(db, async (trx) => {
				const now = context.now();
				const row = {
					kind: value.kind,
					title: value.title,
					description: value.description,
					category_id: value.categoryId,
					checklist: value.checklist,
					assignee_ids: value.assigneeIds,
					every: value.every,
					unit: value.unit,
					starts_on: value.startsOn,
					ends_on: value.endsOn ?? null,
					lead_days: value.leadDays,
					targets: JSON.stringify(targets),
					paused: value.paused,
					updated_at: now,
				};
				const saved = id === undefined ? newId() : asId(id);
				if (id === undefined)
					await trx
						.insertInto('operations.recurring_work')
						.values({ id: saved, ...row, created_at: now })
						.execute();
				else {
					const { numUpdatedRows } = await trx
						.updateTable('operations.recurring_work')
						.set({ ...row, version: sql`version + 1` })
						.where('id', '=', saved)
						.executeTakeFirst();
					if (!numUpdatedRows) return refuse('operations.recurring_unknown');
				}
				await platform.audit.record(trx, {
					actor,
					action: 'operations.recurring.saved',
					subject: `recurring:${saved}`,
				});
				const [recurring] = await read(context, trx, sql`WHERE work.id = ${saved}`);
				return recurring ? ok(recurring) : refuse('operations.recurring_unknown');
			});
		},

		async makeDue() {
			const today = townDay(context.now());
			let opened = 0;
			for (const work of await read(context, db, sql`WHERE NOT work.paused`)) {
				const days = occurrences(work, addDays(today, -mostDaysBack), addDays(today, work.leadDays));
				for (const day of days)
					for (const target of work.targets) {
						const made = await changing(db, (trx) =>
							openIntervention(context, trx, system, {
								source: { kind: work.kind, key: `${work.id}/${target.key}/${day}` },
								title: work.title,
								description: work.description,
								category: work.category.id,
								placeId: target.placeId,
								longitude: target.longitude,
								latitude: target.latitude,
								address: target.label || null,
								assigneeIds: work.assigneeIds,
								plannedOn: day,
								dueAt: townInstant(day, '18:00'),
								...(work.checklist.length && { checklist: work.checklist }),
							}),
						);
						// A place that has left the town must not keep the others from being made.
						if (!made.ok)
							platform.log.warn({ work: work.id, reason: made.error }, 'recurring work not opened');
						else if (made.value.opened) opened++;
					}
				await db
					.updateTable('operations.recurring_work')
					.set({ made_until: addDays(today, work.leadDays) })
					.where('id', '=', work.id)
					.execute();
			}
			return opened;
		},
	};
}
