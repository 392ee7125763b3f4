import { type AnyTransaction, newId, type Platform } from '@parvis/platform';
import { type Kysely, sql } from 'kysely';
import type pg from 'pg';
import type { SeriesNews } from '../ingest/rollups.ts';
import type { DB } from '../tables.ts';
import {
	type AlarmState,
	type Condition,
	fold,
	restingState,
	type Schedule,
	type Transition,
} from './conditions.ts';

/** What an alarm tells the other rooms: `sensing.alarm.raised`, `.acknowledged`, `.cleared`. */
export interface AlarmEvent {
	alarmId: string;
	ruleId: string;
	ruleName: string;
	severity: string;
	deviceId: string;
	placeId: string | null;
	property: string | null;
	value: number | null;
	at: string;
}

/** Writes public alarms to the town's timeline. */
export interface TimelineWriter {
	record(
		trx: AnyTransaction,
		entry: {
			room: string;
			subject: string;
			placeId: string | null;
			happenedAt: Date;
			title: { fr: string; en: string };
			url: string | null;
		},
	): Promise<void>;
}

export interface AlarmWatch {
	/** Note, within the transaction that counts them, which series have observations to look at. */
	noteNews(client: pg.PoolClient, news: readonly SeriesNews[]): Promise<void>;
	/** Look at what is noted. @returns how many series were looked at */
	evaluate(): Promise<number>;
	/** What no observation brings about: silence, and durations that run out while nothing new comes. */
	tick(now: Date): Promise<void>;
	/** One mail to each recipient with the alarms raised since the last. */
	notify(): Promise<void>;
}

interface RuleRow {
	rule_id: string;
	name: string;
	condition: Condition;
	schedule: Schedule | null;
	severity: string;
	is_public: boolean;
	series_id: number;
	property: string;
	device_id: string;
	device_name: string;
	place_id: string | null;
	state: AlarmState | null;
	first_at: Date;
}

const seriesAtOnce = 200;
/** Late observations have the days before them looked at again, so that the order of arrival does not matter. */
const lookBackMilliseconds = 7 * 86_400_000;
/** What was over before it was known is history, not an alarm. */
const pastMilliseconds = 3_600_000;

const matching = sql`(rule.device_id IS NULL OR rule.device_id = device.id)
	AND (rule.type_id IS NULL OR rule.type_id = device.type_id)
	AND (rule.place_id IS NULL OR rule.place_id = device.place_id)`;

export function createAlarmWatch(platform: Platform, timeline: TimelineWriter): AlarmWatch {
	const db = platform.db<DB>();

	async function raise(
		trx: Kysely<DB>,
		rule: Omit<RuleRow, 'series_id' | 'state' | 'first_at' | 'property'> & {
			series_id: number | null;
			property: string | null;
		},
		at: Date,
		value: number | null,
	): Promise<void> {
		const id = newId();
		const raised = await trx
			.insertInto('sensing.alarm')
			.values({
				id,
				rule_id: rule.rule_id,
				device_id: rule.device_id,
				series_id: rule.series_id,
				raised_at: at,
				value,
			})
			.onConflict((conflict) => conflict.doNothing())
			.returning('id')
			.executeTakeFirst();
		if (!raised) return;
		await publish(trx, 'raised', id, rule, at, value);
	}

	async function clear(
		trx: Kysely<DB>,
		rule: Omit<RuleRow, 'series_id' | 'state' | 'first_at' | 'property'> & {
			series_id: number | null;
			property: string | null;
		},
		at: Date,
		value: number | null,
	): Promise<void> {
		const cleared = await trx
			.updateTable('sensing.alarm')
			.set({ cleared_at: at })
			.where('rule_id', '=', rule.rule_id)
			.where('device_id', '=', rule.device_id)
			.where(sql<number>`coalesce(series_id, 0)`, '=', rule.series_id ?? 0)
			.where('cleared_at', 'is', null)
			.returning('id')
			.executeTakeFirst();
		if (cleared) await publish(trx, 'cleared', cleared.id, rule, at, value);
	}

	async function publish(
		trx: Kysely<DB>,
		what: 'raised' | 'cleared',
		alarmId: string,
		rule: Omit<RuleRow, 'series_id' | 'state' | 'first_at' | 'property'> & { property: string | null },
		at: Date,
		value: number | null,
	): Promise<void> {
		const event: AlarmEvent = {
			alarmId,
			ruleId: rule.rule_id,
			ruleName: rule.name,
			severity: rule.severity,
			deviceId: rule.device_id,
			placeId: rule.place_id,
			property: rule.property,
			value,
			at: at.toISOString(),
		};
		const transaction = trx as unknown as AnyTransaction;
		await platform.events.publish(transaction, `sensing.alarm.${what}`, event);
		if (!rule.is_public || rule.place_id === null) return;
		const title = (locale: 'fr' | 'en') =>
			platform.messages.t(locale, `sensing.timeline_${what}`, { rule: rule.name });
		await timeline.record(transaction, {
			room: 'sensing',
			subject: `alarm:${alarmId}:${what}`,
			placeId: rule.place_id,
			happenedAt: at,
			title: { fr: title('fr'), en: title('en') },
			url: null,
		});
	}

	/** Bring one rule of one series up to its observations. */
	async function look(trx: Kysely<DB>, row: RuleRow): Promise<void> {
		const known = row.state ?? restingState;
		const late = known.lastAt !== null && row.first_at.getTime() <= known.lastAt;
		const from = late
			? row.first_at.getTime() - lookBackMilliseconds
			: known.lastAt !== null
				? known.lastAt + 1
				: row.first_at.getTime() - lookBackMilliseconds;
		const observations = await trx
			.selectFrom('sensing.observation')
			.select(['observed_at', 'value'])
			.where('series_id', '=', row.series_id)
			.where('observed_at', '>=', new Date(from))
			.where(sql<boolean>`quality & 3 = 0`)
			.orderBy('observed_at')
			.execute();
		const { state, transitions } = fold(
			row.condition,
			row.schedule,
			late ? restingState : known,
			observations.map(({ observed_at, value }) => ({ at: observed_at.getTime(), value })),
		);
		for (const { kind, at, value } of worthTelling(transitions, state, Date.now()))
			await (kind === 'raise' ? raise : clear)(trx, row, new Date(at), value);
		// Late observations may have ended what was open, without a transition that counts.
		if (!state.active) await clear(trx, row, new Date(state.lastAt ?? Date.now()), state.lastValue);
		await trx
			.insertInto('sensing.alarm_state')
			.values({ rule_id: row.rule_id, series_id: row.series_id, state: JSON.stringify(state) })
			.onConflict((conflict) =>
				conflict.columns(['rule_id', 'series_id']).doUpdateSet({ state: JSON.stringify(state) }),
			)
			.execute();
	}

	return {
		async noteNews(client, news) {
			await client.query(
				`INSERT INTO sensing.alarm_pending AS pending (series_id, first_at)
				SELECT given.series_id, given.first_at FROM unnest($1::int[], $2::timestamptz[]) AS given(series_id, first_at)
				JOIN sensing.series ON series.id = given.series_id
				WHERE series.property IN (SELECT property FROM sensing.alarm_rule WHERE enabled)
				ON CONFLICT (series_id) DO UPDATE SET first_at = least(pending.first_at, excluded.first_at)`,
				[news.map(({ seriesId }) => seriesId), news.map(({ firstAt }) => firstAt)],
			);
		},

		evaluate() {
			return db.transaction().execute(async (trx) => {
				const { rows: taken } = await sql<{ series_id: number; first_at: Date }>`
					DELETE FROM sensing.alarm_pending WHERE series_id IN (
						SELECT series_id FROM sensing.alarm_pending ORDER BY series_id LIMIT ${seriesAtOnce} FOR UPDATE SKIP LOCKED)
					RETURNING series_id, first_at`.execute(trx);
				if (!taken.length) return 0;
				const { rows } = await sql<RuleRow>`
					SELECT rule.id AS rule_id, rule.name, rule.condition, rule.schedule, rule.severity, rule.is_public,
						series.id AS series_id, series.property, device.id AS device_id, device.name AS device_name,
						device.place_id, state.state, taken.first_at
					FROM unnest(${taken.map((row) => row.series_id)}::int[], ${taken.map((row) => row.first_at)}::timestamptz[])
						AS taken(series_id, first_at)
					JOIN sensing.series ON series.id = taken.series_id
					JOIN sensing.device ON device.id = series.device_id
					JOIN sensing.alarm_rule rule ON rule.enabled AND rule.property = series.property AND ${matching}
					LEFT JOIN sensing.alarm_state state ON state.rule_id = rule.id AND state.series_id = series.id
					ORDER BY rule.id, series.id`.execute(trx);
				for (const row of rows) await look(trx, row);
				return taken.length;
			});
		},

		async tick(now) {
			await db.transaction().execute(async (trx) => {
				const { rows: silent } = await sql<
					Omit<RuleRow, 'series_id' | 'state' | 'first_at' | 'property'> & { silent: boolean; open: boolean }
				>`
					SELECT * FROM (
						SELECT rule.id AS rule_id, rule.name, rule.condition, rule.schedule, rule.severity, rule.is_public,
							device.id AS device_id, device.name AS device_name, device.place_id,
							device.status = 'active' AND device.last_seen_at < ${now}::timestamptz - make_interval(secs =>
								(rule.condition->>'intervals')::float8
								* coalesce(device.expected_interval_seconds, type.expected_interval_seconds)) AS silent,
							EXISTS (SELECT FROM sensing.alarm WHERE alarm.rule_id = rule.id AND alarm.device_id = device.id
								AND alarm.series_id IS NULL AND alarm.cleared_at IS NULL) AS open
						FROM sensing.alarm_rule rule
						JOIN sensing.device ON ${matching}
						JOIN sensing.device_type type ON type.id = device.type_id
						WHERE rule.enabled AND rule.condition->>'kind' = 'silence' AND device.last_seen_at IS NOT NULL
					) AS standing WHERE silent <> open`.execute(trx);
				for (const row of silent)
					await (row.silent ? raise : clear)(trx, { ...row, series_id: null, property: null }, now, null);

				const { rows: due } = await sql<RuleRow>`
					SELECT rule.id AS rule_id, rule.name, rule.condition, rule.schedule, rule.severity, rule.is_public,
						series.id AS series_id, series.property, device.id AS device_id, device.name AS device_name,
						device.place_id, state.state, now() AS first_at
					FROM sensing.alarm_state state
					JOIN sensing.alarm_rule rule ON rule.id = state.rule_id AND rule.enabled
					JOIN sensing.series ON series.id = state.series_id
					JOIN sensing.device ON device.id = series.device_id
					WHERE NOT (state.state->>'active')::boolean AND state.state->>'holdsSince' IS NOT NULL
						AND (state.state->>'holdsSince')::float8 + (rule.condition->>'durationSeconds')::float8 * 1000
							<= ${now.getTime()}::float8
					FOR UPDATE OF state SKIP LOCKED`.execute(trx);
				for (const row of due) {
					if (!row.state) continue;
					const state = { ...row.state, active: true };
					await raise(trx, row, now, row.state.lastValue);
					await trx
						.updateTable('sensing.alarm_state')
						.set({ state: JSON.stringify(state) })
						.where('rule_id', '=', row.rule_id)
						.where('series_id', '=', row.series_id)
						.execute();
				}
			});
		},

		async notify() {
			await db.transaction().execute(async (trx) => {
				const { rows } = await sql<{ recipient: string; lines: string[] }>`
					WITH news AS (
						UPDATE sensing.alarm SET notified_at = now() WHERE notified_at IS NULL
						RETURNING id, rule_id, device_id, raised_at
					)
					SELECT recipient, array_agg(rule.name || ' · ' || device.name ORDER BY news.raised_at) AS lines
					FROM news JOIN sensing.alarm_rule rule ON rule.id = news.rule_id
					JOIN sensing.device ON device.id = news.device_id
					CROSS JOIN unnest(rule.recipients) AS recipient
					GROUP BY recipient`.execute(trx);
				for (const { recipient, lines } of rows) {
					const t = (key: string, parameters?: Record<string, string | number>) =>
						platform.messages.t('fr', key, parameters);
					await platform.mail.send(
						{
							to: recipient,
							subject: t('sensing.alarm_mail_subject', { count: lines.length }),
							text: `${t('sensing.alarm_mail_intro', { count: lines.length })}\n\n${lines
								.slice(0, 50)
								.map((line) => `- ${line}`)
								.join('\n')}\n\n${platform.config.publicUrl}/espace/alertes`,
						},
						trx as unknown as AnyTransaction,
					);
				}
			});
		},
	};
}

/** Of what happened, that which is still so, or was within the last hour: an import of last month raises nothing of last month. */
function worthTelling(transitions: readonly Transition[], state: AlarmState, now: number): Transition[] {
	const recent = transitions.filter(({ at }) => at > now - pastMilliseconds);
	const last = transitions.at(-1);
	if (state.active && last?.kind === 'raise' && !recent.includes(last)) return [...recent, last];
	return recent;
}
