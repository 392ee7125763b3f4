import {
	type Actor,
	type AnyTransaction,
	ok,
	type Platform,
	type Result,
	type Role,
	refuse,
} from '@parvis/platform';
import { z } from 'zod';
import type { Page } from '../face.ts';
import { mayHandleAlarms } from '../policies.ts';
import type { DB } from '../tables.ts';
import { type AlarmRules, createAlarmRules, type Severity } from './rules.ts';
import { type AlarmWatch, createAlarmWatch, type TimelineWriter } from './watch.ts';

export interface Alarm {
	id: string;
	rule: { id: string; name: string };
	severity: Severity;
	device: { id: string; name: string; placeId: string | null };
	/** Null for silence. */
	property: string | null;
	unit: string | null;
	status: 'raised' | 'acknowledged' | 'cleared';
	raisedAt: Date;
	/** The observation that raised it. */
	value: number | null;
	acknowledgedAt: Date | null;
	/** Person id. */
	acknowledgedBy: string | null;
	note: string | null;
	clearedAt: Date | null;
	/** Person id; null: by itself. */
	clearedBy: string | null;
}

export interface AlarmFilter {
	status?: Alarm['status'] | 'open' | undefined;
	severity?: Severity | undefined;
	deviceId?: string | undefined;
	placeId?: string | undefined;
	page?: number | undefined;
	pageSize?: number | undefined;
}

export interface Alarms {
	rules: AlarmRules;
	/** Open ones first, then the newest. */
	list(actor: Actor, filter?: AlarmFilter): Promise<Result<Page<Alarm>>>;
	/** How many are open, by severity. */
	counts(actor: Actor): Promise<Result<Record<Severity, number>>>;
	/** Somebody takes care of it. */
	acknowledge(actor: Actor, id: string, note?: string): Promise<Result<Alarm>>;
	/** End it by hand; when its condition still holds it is not raised again until that has ended once. */
	clear(actor: Actor, id: string, note?: string): Promise<Result<Alarm>>;
	watch: AlarmWatch;
	start(roles: ReadonlySet<Role>): void;
	stop(): Promise<void>;
}

const pauseMilliseconds = 500;

export function createAlarms(platform: Platform, timeline: TimelineWriter): Alarms {
	const db = platform.db<DB>();
	const watch = createAlarmWatch(platform, timeline);
	let timer: NodeJS.Timeout | null = null;
	let running: Promise<unknown> = Promise.resolve();
	let stopped = true;

	platform.jobs.define('sensing.alarms.tick', { cron: '* * * * *', retryLimit: 0 }, async () => {
		await watch.tick(new Date());
		await watch.notify();
	});

	function schedule(): void {
		if (stopped) return;
		timer = setTimeout(() => {
			running = (async () => {
				while (await watch.evaluate());
			})()
				.catch((error: Error) => platform.log.warn({ reason: error.message }, 'alarms wait for the database'))
				.finally(schedule);
		}, pauseMilliseconds);
		timer.unref();
	}

	const select = (filter: AlarmFilter & { id?: string }) =>
		db
			.selectFrom('sensing.alarm as alarm')
			.innerJoin('sensing.alarm_rule as rule', 'rule.id', 'alarm.rule_id')
			.innerJoin('sensing.device as device', 'device.id', 'alarm.device_id')
			.leftJoin('sensing.series as series', 'series.id', 'alarm.series_id')
			.$if(filter.id !== undefined, (query) => query.where('alarm.id', '=', filter.id ?? ''))
			.$if(filter.severity !== undefined, (query) =>
				query.where('rule.severity', '=', filter.severity ?? 'warning'),
			)
			.$if(filter.deviceId !== undefined, (query) =>
				query.where('alarm.device_id', '=', filter.deviceId ?? ''),
			)
			.$if(filter.placeId !== undefined, (query) => query.where('device.place_id', '=', filter.placeId ?? ''))
			.$if(filter.status === 'open', (query) => query.where('alarm.cleared_at', 'is', null))
			.$if(filter.status === 'raised', (query) =>
				query.where('alarm.cleared_at', 'is', null).where('alarm.acknowledged_at', 'is', null),
			)
			.$if(filter.status === 'acknowledged', (query) =>
				query.where('alarm.cleared_at', 'is', null).where('alarm.acknowledged_at', 'is not', null),
			)
			.$if(filter.status === 'cleared', (query) => query.where('alarm.cleared_at', 'is not', null));

	async function read(
		filter: AlarmFilter & { id?: string },
		limit: number,
		offset: number,
	): Promise<Alarm[]> {
		const rows = await select(filter)
			.selectAll('alarm')
			.select(['rule.name as rule_name', 'rule.severity', 'device.name as device_name', 'device.place_id'])
			.select(['series.property', 'series.unit'])
			.orderBy((e) => e('alarm.cleared_at', 'is', null), 'desc')
			.orderBy('alarm.raised_at', 'desc')
			.orderBy('alarm.id')
			.limit(limit)
			.offset(offset)
			.execute();
		return rows.map((row) => ({
			id: row.id,
			rule: { id: row.rule_id, name: row.rule_name },
			severity: row.severity as Severity,
			device: { id: row.device_id, name: row.device_name, placeId: row.place_id },
			property: row.property,
			unit: row.unit,
			status: row.cleared_at ? 'cleared' : row.acknowledged_at ? 'acknowledged' : 'raised',
			raisedAt: row.raised_at,
			value: row.value,
			acknowledgedAt: row.acknowledged_at,
			acknowledgedBy: row.acknowledged_by,
			note: row.note,
			clearedAt: row.cleared_at,
			clearedBy: row.cleared_by,
		}));
	}

	async function handle(
		actor: Actor,
		id: string,
		what: 'acknowledged' | 'cleared',
		note?: string,
	): Promise<Result<Alarm>> {
		if (!mayHandleAlarms(actor)) return refuse('platform.not_allowed');
		if (!z.uuid().safeParse(id).success) return refuse('sensing.alarm_unknown');
		const changed = await db.transaction().execute(async (trx) => {
			const row = await trx
				.updateTable('sensing.alarm')
				.set({
					...(what === 'acknowledged'
						? { acknowledged_at: new Date(), acknowledged_by: actor.id }
						: { cleared_at: new Date(), cleared_by: actor.id }),
					...(note?.trim() && { note: note.trim().slice(0, 2000) }),
				})
				.where('id', '=', id)
				.where('cleared_at', 'is', null)
				.$if(what === 'acknowledged', (query) => query.where('acknowledged_at', 'is', null))
				.returning(['id', 'rule_id', 'device_id'])
				.executeTakeFirst();
			if (!row) return false;
			await platform.audit.record(trx, { actor, action: `sensing.alarm.${what}`, subject: `alarm:${id}` });
			await platform.events.publish(trx as unknown as AnyTransaction, `sensing.alarm.${what}`, {
				alarmId: id,
				ruleId: row.rule_id,
				deviceId: row.device_id,
				at: new Date().toISOString(),
			});
			return true;
		});
		const [alarm] = await read({ id }, 1, 0);
		if (!alarm) return refuse('sensing.alarm_unknown');
		return changed ? ok(alarm) : refuse('sensing.alarm_settled');
	}

	return {
		rules: createAlarmRules(platform),
		watch,

		async list(actor, { page = 1, pageSize = 50, ...filter } = {}) {
			if (!mayHandleAlarms(actor)) return refuse('platform.not_allowed');
			const size = Math.min(200, Math.max(1, Math.trunc(pageSize)));
			const number = Math.max(1, Math.trunc(page));
			const { total } = await select(filter)
				.select((e) => e.fn.countAll<number>().as('total'))
				.executeTakeFirstOrThrow();
			return ok({
				items: await read(filter, size, (number - 1) * size),
				total,
				page: number,
				pageSize: size,
			});
		},

		async counts(actor) {
			if (!mayHandleAlarms(actor)) return refuse('platform.not_allowed');
			const rows = await select({ status: 'open' })
				.select(['rule.severity', (e) => e.fn.countAll<number>().as('count')])
				.groupBy('rule.severity')
				.execute();
			const counts = { information: 0, warning: 0, critical: 0 };
			for (const { severity, count } of rows) counts[severity as Severity] = count;
			return ok(counts);
		},

		acknowledge: (actor, id, note) => handle(actor, id, 'acknowledged', note),
		clear: (actor, id, note) => handle(actor, id, 'cleared', note),

		start(roles) {
			if (!roles.has('worker')) return;
			stopped = false;
			schedule();
		},
		async stop() {
			stopped = true;
			if (timer) clearTimeout(timer);
			await running;
		},
	};
}
