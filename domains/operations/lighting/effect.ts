import { type Actor, ok, type Result, refuse, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../context.ts';
import { maySee } from '../policies.ts';
import type { LightingDay, LightingEffect } from './face.ts';
import { dayAfter, townDay, townInstant } from './rules/town-time.ts';

const words = {
	baseline: {
		fr: 'Les mêmes luminaires à pleine puissance du coucher au lever du soleil',
		en: 'The same luminaires at full power from sunset to sunrise',
	},
	method: {
		fr: 'Niveaux annoncés par les luminaires et leur puissance, corrigés par le compteur de l’armoire là où il y en a un',
		en: 'Levels that luminaires report and their power, corrected by the meter of the cabinet where there is one',
	},
};

/** Of a day's 23 to 25. */
const leastHours = 23;
const mostRatio = 4;

export function createEffect(context: Context) {
	const { db } = context;

	/** Watt-hours of a day by the meter of a cabinet; null where it was silent for part of the day. */
	async function measuredWattHours(device: string, from: Date, to: Date): Promise<number | null> {
		const found = await context.sensing.devices.list(system, { text: device, pageSize: 20 });
		const known = found.ok ? found.value.items.find(({ externalId }) => externalId === device) : undefined;
		if (!known) return null;
		const [series] = await context.sensing.reading.series(system, {
			deviceIds: [known.id],
			property: 'activePower',
		});
		if (!series) return null;
		const hours = await context.sensing.reading.aggregates(system, series.id, 'hour', from, to);
		if (!hours.ok || hours.value.aggregates.length < leastHours) return null;
		return hours.value.aggregates.reduce((sum, { average }) => sum + average, 0);
	}

	/** Scale a day's segments by measured over reckoned of the cabinet that feeds most of each. Harmless when repeated. */
	async function correctByMeters(day: string): Promise<void> {
		const from = new Date(townInstant(day, '00:00'));
		const to = new Date(townInstant(dayAfter(day), '00:00'));
		const { rows } = await sql<{ device: string; segmentIds: string[]; wattHours: number }>`
			SELECT cabinet.meter_device AS device, array_agg(energy.segment_id) AS "segmentIds",
				sum(energy.watt_hours) AS "wattHours"
			FROM operations.light_energy_day energy
			JOIN (SELECT segment_id, mode() WITHIN GROUP (ORDER BY cabinet_id) AS cabinet_id
				FROM operations.luminaire WHERE retired_at IS NULL GROUP BY segment_id) fed USING (segment_id)
			JOIN operations.light_cabinet cabinet ON cabinet.id = fed.cabinet_id
			WHERE energy.day = ${day} AND NOT energy.measured AND cabinet.meter_device IS NOT NULL
			GROUP BY cabinet.id`.execute(db);
		for (const { device, segmentIds, wattHours } of rows) {
			const measured = await measuredWattHours(device, from, to);
			// A meter that is far off measures something else than these lamps.
			const ratio = measured === null ? 0 : measured / wattHours;
			if (!(ratio > 1 / mostRatio && ratio < mostRatio)) continue;
			await sql`
				UPDATE operations.light_energy_day SET watt_hours = watt_hours * ${ratio}, measured = true
				WHERE day = ${day} AND segment_id = ANY(${segmentIds}::uuid[]) AND NOT measured`.execute(db);
		}
	}

	/** Write the energy saved on a day to the footprint. */
	async function postDay(day: string): Promise<void> {
		await db.transaction().execute(async (trx) => {
			const { rows } = await sql<{ saved: number | null; simulated: boolean | null }>`
				SELECT sum(baseline_watt_hours - watt_hours) / 1000 AS saved, bool_or(simulated) AS simulated
				FROM operations.light_energy_day WHERE day = ${day}`.execute(trx);
			const { saved, simulated } = rows[0] ?? { saved: null, simulated: null };
			if (saved === null) return;
			await context.footprint.post(trx, [
				{
					key: `lighting/${day}`,
					day,
					service: 'lighting',
					quantity: Math.round(saved * 1000) / 1000,
					unit: 'kWh',
					factor: 'electricity_kwh',
					...words,
					simulated: simulated === true,
				},
			]);
		});
	}

	return {
		async effect(actor: Actor, days: number): Promise<Result<LightingEffect>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			return ok(await readEffect(days));
		},
		postDay,
		/** What is done once a day is over. */
		async closeDay(day: string): Promise<void> {
			await correctByMeters(day);
			await postDay(day);
		},
	};

	async function readEffect(days: number): Promise<LightingEffect> {
		const from = dayAfter(
			townDay(context.now().getTime()),
			-Math.min(400, Math.max(1, Math.trunc(days) || 30)),
		);
		const { rows } = await sql<LightingDay>`
			SELECT day::text AS day, sum(watt_hours) / 1000 AS "kilowattHours",
				sum(baseline_watt_hours) / 1000 AS "baselineKilowattHours", bool_and(measured) AS measured,
				bool_or(simulated) AS simulated
			FROM operations.light_energy_day WHERE day >= ${from} GROUP BY day ORDER BY day`.execute(db);
		const { rows: streets } = await sql<LightingEffect['streets'][number]>`
			SELECT segment.street_name AS "streetName", sum(energy.watt_hours) / 1000 AS "kilowattHours",
				sum(energy.baseline_watt_hours) / 1000 AS "baselineKilowattHours"
			FROM operations.light_energy_day energy
			JOIN operations.light_segment segment ON segment.id = energy.segment_id
			WHERE energy.day >= ${from} GROUP BY segment.street_name
			ORDER BY sum(energy.baseline_watt_hours - energy.watt_hours) DESC LIMIT 15`.execute(db);
		const { rows: complaints } = await sql<{ count: number }>`
			SELECT count(*)::int AS count FROM operations.report
			JOIN operations.category ON category.id = report.category_id
			JOIN operations.service ON service.id = category.service_id
			WHERE service.code = 'lighting' AND report.status NOT IN ('held', 'spam')
				AND report.created_at >= ${new Date(townInstant(from, '00:00'))}`.execute(db);
		const kilowattHours = rows.reduce((sum, row) => sum + row.kilowattHours, 0);
		const baselineKilowattHours = rows.reduce((sum, row) => sum + row.baselineKilowattHours, 0);
		return {
			complaints: complaints[0]?.count ?? 0,
			days: rows,
			kilowattHours,
			baselineKilowattHours,
			savedShare: baselineKilowattHours > 0 ? 1 - kilowattHours / baselineKilowattHours : null,
			simulated: rows.some(({ simulated }) => simulated),
			streets,
		};
	}
}
