import { changing, ok, refuse, system } from '@parvis/platform';
import type { AlarmEvent } from '@parvis/sensing';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import { lockIntervention } from './changing.ts';
import type { AlarmMappings } from './face.ts';
import { openIntervention } from './opening.ts';
import { recordEvent } from './recording.ts';
import { priorities } from './rules/status.ts';
import { readCategory } from './settings/categories.ts';

/** Which alarms open an intervention: those of the rules that a manager mapped to a category, no others. */
export function createAlarmMappings(context: Context): AlarmMappings {
	const { db, platform, sensing } = context;
	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [rules, rows] = await Promise.all([
				sensing.alarms.rules.list(system),
				db
					.selectFrom('operations.alarm_mapping as mapping')
					.innerJoin('operations.category as category', 'category.id', 'mapping.category_id')
					.select(['mapping.rule_id', 'mapping.priority'])
					.select(['category.id', 'category.code', 'category.name_fr', 'category.name_en', 'category.icon'])
					.execute(),
			]);
			if (!rules.ok) return rules;
			const known = new Map(rows.map((row) => [row.rule_id, row]));
			return ok(
				rules.value.map(({ id, name, severity }) => {
					const row = known.get(id);
					return {
						ruleId: id,
						ruleName: name,
						severity,
						category: row
							? { id: row.id, code: row.code, name: { fr: row.name_fr, en: row.name_en }, icon: row.icon }
							: null,
						priority: row?.priority ?? null,
					};
				}),
			);
		},

		async save(actor, ruleId, categoryId, priority) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(z.object({ ruleId: z.uuid(), priority: z.enum(priorities).nullable() }), {
				ruleId,
				priority,
			});
			if (!parsed.ok) return parsed;
			if (categoryId !== null && !(await readCategory(db, categoryId)))
				return refuse('operations.category_unknown', { field: 'categoryId' });
			return changing(db, async (trx) => {
				if (categoryId === null)
					await trx.deleteFrom('operations.alarm_mapping').where('rule_id', '=', ruleId).execute();
				else {
					const row = { category_id: categoryId, priority: parsed.value.priority, updated_at: context.now() };
					await trx
						.insertInto('operations.alarm_mapping')
						.values({ rule_id: ruleId, ...row })
						.onConflict((conflict) => conflict.column('rule_id').doUpdateSet(row))
						.execute();
				}
				await platform.audit.record(trx, {
					actor,
					action: 'operations.alarm_mapping.saved',
					subject: `alarm_rule:${ruleId}`,
				});
				return ok(null);
			});
		},
	};
}

/** Hear alarms: each of a mapped rule opens one intervention; its end is noted, the agent decides. */
export function hearAlarms(context: Context): void {
	const { db, platform, sensing } = context;

	platform.events.subscribe<AlarmEvent>('operations', 'sensing.alarm.raised', async ({ payload: alarm }) => {
		const mapping = await db
			.selectFrom('operations.alarm_mapping')
			.select(['category_id', 'priority'])
			.where('rule_id', '=', alarm.ruleId)
			.executeTakeFirst();
		if (!mapping) return;
		const device = await sensing.devices.get(system, alarm.deviceId);
		if (!device.ok) return;
		const { name, placeId, longitude, latitude } = device.value;
		const t = platform.messages.t;
		const opened = await changing(db, (trx) =>
			openIntervention(context, trx, system, {
				source: { kind: 'alarm', key: alarm.alarmId },
				title: `${alarm.ruleName}, ${name}`.slice(0, 200),
				description:
					alarm.value === null
						? t('fr', 'operations.alarm_silent', { name })
						: t('fr', 'operations.alarm_value', {
								name,
								property: alarm.property ?? '',
								value: Math.round(alarm.value * 100) / 100,
							}),
				category: mapping.category_id,
				placeId: placeId ?? alarm.placeId,
				...(longitude !== null && latitude !== null && { longitude, latitude }),
				...(mapping.priority && { priority: mapping.priority }),
			}),
		);
		if (!opened.ok)
			platform.log.warn({ alarm: alarm.alarmId, reason: opened.error }, 'alarm opened no intervention');
	});

	platform.events.subscribe<AlarmEvent>(
		'operations',
		'sensing.alarm.cleared',
		async ({ id, payload: alarm }) => {
			const known = await db
				.selectFrom('operations.intervention')
				.select('id')
				.where('source_kind', '=', 'alarm')
				.where('source_key', '=', alarm.alarmId)
				.executeTakeFirst();
			if (!known) return;
			await db.transaction().execute(async (trx) => {
				const row = await lockIntervention(trx, known.id);
				const told = await trx
					.selectFrom('operations.intervention_event')
					.select('id')
					.where('id', '=', id)
					.executeTakeFirst();
				if (!row || told) return;
				await recordEvent(context, trx, {
					id,
					interventionId: row.id,
					version: row.version,
					kind: 'alarm_cleared',
					actor: system,
					at: new Date(alarm.at),
				});
			});
		},
	);
}
