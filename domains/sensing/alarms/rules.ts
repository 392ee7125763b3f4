import { type Actor, newId, ok, type Platform, type Result, refuse } from '@parvis/platform';
import { z } from 'zod';
import { parseInput } from '../context.ts';
import { mayHandleAlarms, mayManageDevices } from '../policies.ts';
import type { DB } from '../tables.ts';
import { type Condition, conditionSchema, type Schedule, scheduleSchema } from './conditions.ts';

export const severities = ['information', 'warning', 'critical'] as const;
export type Severity = (typeof severities)[number];

/** When an alarm is raised, for which devices, and who hears of it. */
export interface AlarmRule {
	id: string;
	name: string;
	/** Narrow it; all null: every device that observes the property. */
	typeId: string | null;
	deviceId: string | null;
	placeId: string | null;
	/** Null for silence. */
	property: string | null;
	condition: Condition;
	schedule: Schedule | null;
	severity: Severity;
	/** Mail addresses of those in charge. */
	recipients: string[];
	public: boolean;
	enabled: boolean;
	/** Alarms of it that are open. */
	openAlarms: number;
}

const uuidOrNull = z
	.uuid()
	.nullish()
	.transform((id) => id ?? null);

export const alarmRuleInput = z
	.object({
		name: z.string().trim().min(1).max(200),
		typeId: uuidOrNull,
		deviceId: uuidOrNull,
		placeId: uuidOrNull,
		property: z
			.string()
			.trim()
			.min(1)
			.max(64)
			.nullish()
			.transform((name) => name ?? null),
		condition: conditionSchema,
		schedule: scheduleSchema.nullish().transform((schedule) => schedule ?? null),
		severity: z.enum(severities).default('warning'),
		recipients: z.array(z.email()).max(20).default([]),
		public: z.boolean().default(false),
		enabled: z.boolean().default(true),
	})
	.refine(({ condition, property }) => (condition.kind === 'silence') === (property === null), {
		message: 'sensing.alarm_rule_property',
		path: ['property'],
	});
export type AlarmRuleInput = z.input<typeof alarmRuleInput>;

export interface AlarmRules {
	list(actor: Actor): Promise<Result<AlarmRule[]>>;
	create(actor: Actor, input: AlarmRuleInput): Promise<Result<AlarmRule>>;
	/** Replaces the rule; where it stands is worked out anew from the observations. */
	update(actor: Actor, id: string, input: AlarmRuleInput): Promise<Result<AlarmRule>>;
	/** With its alarms. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
}

export function createAlarmRules(platform: Platform): AlarmRules {
	const db = platform.db<DB>();

	async function read(id?: string): Promise<AlarmRule[]> {
		const rows = await db
			.selectFrom('sensing.alarm_rule as rule')
			.selectAll()
			.select((e) =>
				e
					.selectFrom('sensing.alarm')
					.select(e.fn.countAll<number>().as('open'))
					.whereRef('rule_id', '=', 'rule.id')
					.where('cleared_at', 'is', null)
					.as('open_alarms'),
			)
			.$if(id !== undefined, (query) => query.where('rule.id', '=', id ?? ''))
			.orderBy('name')
			.orderBy('id')
			.execute();
		return rows.map((row) => ({
			id: row.id,
			name: row.name,
			typeId: row.type_id,
			deviceId: row.device_id,
			placeId: row.place_id,
			property: row.property,
			condition: row.condition as Condition,
			schedule: row.schedule as Schedule | null,
			severity: row.severity as Severity,
			recipients: row.recipients,
			public: row.is_public,
			enabled: row.enabled,
			openAlarms: row.open_alarms ?? 0,
		}));
	}

	async function save(actor: Actor, id: string | null, input: AlarmRuleInput): Promise<Result<AlarmRule>> {
		if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
		const parsed = parseInput(alarmRuleInput, input);
		if (!parsed.ok) return parsed;
		const { value } = parsed;
		const columns = {
			name: value.name,
			type_id: value.typeId,
			device_id: value.deviceId,
			place_id: value.placeId,
			property: value.property,
			condition: JSON.stringify(value.condition),
			schedule: value.schedule ? JSON.stringify(value.schedule) : null,
			severity: value.severity,
			recipients: value.recipients,
			is_public: value.public,
			enabled: value.enabled,
		};
		const known = id ?? newId();
		const saved = await db.transaction().execute(async (trx) => {
			if (id === null)
				await trx
					.insertInto('sensing.alarm_rule')
					.values({ id: known, ...columns })
					.execute();
			else {
				const changed = await trx
					.updateTable('sensing.alarm_rule')
					.set({ ...columns, updated_at: new Date() })
					.where('id', '=', id)
					.returning('id')
					.executeTakeFirst();
				if (!changed) return false;
				await trx.deleteFrom('sensing.alarm_state').where('rule_id', '=', id).execute();
			}
			await platform.audit.record(trx, {
				actor,
				action: id === null ? 'sensing.alarm_rule.created' : 'sensing.alarm_rule.changed',
				subject: `alarm_rule:${known}`,
			});
			return true;
		});
		const [rule] = saved ? await read(known) : [];
		return rule ? ok(rule) : refuse('sensing.alarm_rule_unknown');
	}

	const isId = (id: string) => z.uuid().safeParse(id).success;

	return {
		async list(actor) {
			return mayHandleAlarms(actor) || mayManageDevices(actor)
				? ok(await read())
				: refuse('platform.not_allowed');
		},
		create: (actor, input) => save(actor, null, input),
		update: async (actor, id, input) =>
			isId(id) ? save(actor, id, input) : refuse('sensing.alarm_rule_unknown'),
		async remove(actor, id) {
			if (!mayManageDevices(actor)) return refuse('platform.not_allowed');
			if (!isId(id)) return refuse('sensing.alarm_rule_unknown');
			return db.transaction().execute(async (trx) => {
				const gone = await trx
					.deleteFrom('sensing.alarm_rule')
					.where('id', '=', id)
					.returning('id')
					.executeTakeFirst();
				if (!gone) return refuse('sensing.alarm_rule_unknown');
				await platform.audit.record(trx, {
					actor,
					action: 'sensing.alarm_rule.removed',
					subject: `alarm_rule:${id}`,
				});
				return ok(null);
			});
		},
	};
}
