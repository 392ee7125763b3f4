import { asId, changing, newId, ok, refuse } from '@parvis/platform';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import { oneByOne } from './changed.ts';
import type { Flow, Settings, Setup, WasteEvent } from './face.ts';
import { eventInput, flowInput, settingsInput } from './input.ts';

/** What the town says once: flows, how it plans, days on which more comes. */
export function createSetup({ db, platform, now }: Context): Setup {
	async function flows(): Promise<Flow[]> {
		const rows = await db.selectFrom('operations.waste_flow').selectAll().orderBy('code').execute();
		return rows.map((row) => ({
			code: row.code,
			name: { fr: row.name_fr, en: row.name_en },
			colour: row.colour,
			kilogramsPerCubicMeter: row.kilograms_per_cubic_meter,
			compaction: row.compaction,
			overflowEuros: row.overflow_euros,
		}));
	}

	async function settings(): Promise<Settings> {
		const row = await db.selectFrom('operations.waste_setting').selectAll().executeTakeFirstOrThrow();
		return {
			collectionWeekdays: row.collection_weekdays,
			horizonDays: row.horizon_days,
			leastLevelPercent: row.least_level_percent,
			eurosPerKilometer: row.euros_per_kilometer,
			eurosPerHour: row.euros_per_hour,
			overtimeEurosPerHour: row.overtime_euros_per_hour,
			eurosPerPickup: row.euros_per_pickup,
			breakAfterSeconds: row.break_after_seconds,
			breakSeconds: row.break_seconds,
			solveSeconds: row.solve_seconds,
			version: row.version,
		};
	}

	return {
		flows,
		settings,

		async saveFlow(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(flowInput, input);
			if (!parsed.ok) return parsed;
			const { code, ...flow } = parsed.value;
			const columns = {
				name_fr: flow.nameFr,
				name_en: flow.nameEn,
				colour: flow.colour,
				kilograms_per_cubic_meter: flow.kilogramsPerCubicMeter,
				compaction: flow.compaction,
				overflow_euros: flow.overflowEuros,
			};
			await db
				.insertInto('operations.waste_flow')
				.values({ code, ...columns })
				.onConflict((conflict) => conflict.column('code').doUpdateSet(columns))
				.execute();
			await platform.audit.record(null, { actor, action: 'operations.waste_flow.saved', subject: code });
			return ok(null);
		},

		async changeSettings(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(settingsInput, input);
			if (!parsed.ok) return parsed;
			const { version, ...value } = parsed.value;
			const { numUpdatedRows } = await db
				.updateTable('operations.waste_setting')
				.set({
					collection_weekdays: value.collectionWeekdays,
					horizon_days: value.horizonDays,
					least_level_percent: value.leastLevelPercent,
					euros_per_kilometer: value.eurosPerKilometer,
					euros_per_hour: value.eurosPerHour,
					overtime_euros_per_hour: value.overtimeEurosPerHour,
					euros_per_pickup: value.eurosPerPickup,
					break_after_seconds: value.breakAfterSeconds,
					break_seconds: value.breakSeconds,
					solve_seconds: value.solveSeconds,
					version: version + 1,
				})
				.where('version', '=', version)
				.executeTakeFirst();
			if (!numUpdatedRows) return refuse('operations.changed_meanwhile');
			await platform.audit.record(null, {
				actor,
				action: 'operations.waste_settings.changed',
				detail: value,
			});
			return ok(null);
		},

		async events(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const rows = await db
				.selectFrom('operations.waste_event')
				.selectAll()
				.orderBy('from_day', 'desc')
				.limit(500)
				.execute();
			return ok(
				rows.map(
					(row): WasteEvent => ({
						id: row.id,
						name: row.name,
						fromDay: row.from_day,
						toDay: row.to_day,
						factor: row.factor,
						longitude: row.longitude,
						latitude: row.latitude,
						radiusMeters: row.radius_meters,
					}),
				),
			);
		},

		async addEvent(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(eventInput, input);
			if (!parsed.ok) return parsed;
			const { value } = parsed;
			const columns = {
				to_day: value.toDay,
				factor: value.factor,
				longitude: value.longitude ?? null,
				latitude: value.latitude ?? null,
				radius_meters: value.radiusMeters ?? null,
			};
			return changing(db, async (trx) => {
				// The same name on the same day is the same event.
				await oneByOne(trx, `event ${value.name}`);
				const known = await trx
					.selectFrom('operations.waste_event')
					.select('id')
					.where('name', '=', value.name)
					.where('from_day', '=', value.fromDay)
					.executeTakeFirst();
				const id = known?.id ?? newId();
				if (known)
					await trx.updateTable('operations.waste_event').set(columns).where('id', '=', id).execute();
				else
					await trx
						.insertInto('operations.waste_event')
						.values({ id, name: value.name, from_day: value.fromDay, created_at: now(), ...columns })
						.execute();
				return ok({ id });
			});
		},

		async removeEvent(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			await db.deleteFrom('operations.waste_event').where('id', '=', asId(id)).execute();
			return ok(null);
		},
	};
}
