import { type Actor, asId, ok, type Result, refuse } from '@parvis/platform';
import { type RawBuilder, sql } from 'kysely';
import type { Context } from '../context.ts';
import { maySee } from '../policies.ts';
import type { LightCommand, LightFault, LightSegment, Luminaire, LuminaireDetail } from './face.ts';
import { profileFor, readProfiles } from './profiles.ts';
import { checkLuminaire } from './rules/law.ts';
import type { LightUsage } from './rules/profile.ts';

const pageSize = 50;
/** Reported levels are rounded by drivers: within this they follow. */
const toleranceLevel = 3;

const statusOf = sql<Luminaire['status']>`CASE
	WHEN state.failed_at IS NOT NULL THEN 'failed'
	WHEN state.last_heard_at IS NULL THEN 'never_heard'
	WHEN abs(coalesce(state.reported_level, -100) - state.desired_level) > ${sql.lit(toleranceLevel)} THEN 'differs'
	ELSE 'follows' END`;

function selectLuminaires(where: RawBuilder<unknown>, tail: RawBuilder<unknown>) {
	return sql<
		Luminaire & {
			usage: LightUsage;
			builtUp: boolean;
			upwardPercent: number | null;
			installedOn: string | null;
		}
	>`
		SELECT lamp.id, lamp.external_id AS "externalId", lamp.segment_id AS "segmentId",
			segment.street_name AS "streetName", segment.usage, segment.built_up AS "builtUp",
			cabinet.name AS "cabinetName", lamp.address, lamp.longitude, lamp.latitude, lamp.watts, lamp.dimmable,
			lamp.safe_level_percent AS "safeLevel", lamp.colour_kelvin AS "colourKelvin",
			lamp.upward_percent AS "upwardPercent", lamp.installed_on::text AS "installedOn", lamp.simulated,
			${statusOf} AS status, state.desired_level AS "desiredLevel", state.reason,
			state.reported_level AS "reportedLevel", state.reported_watts AS "reportedWatts",
			state.last_heard_at AS "lastHeardAt", state.fault
		FROM operations.luminaire lamp
		JOIN operations.light_segment segment ON segment.id = lamp.segment_id
		LEFT JOIN operations.light_cabinet cabinet ON cabinet.id = lamp.cabinet_id
		LEFT JOIN operations.luminaire_state state ON state.luminaire_id = lamp.id
		WHERE lamp.retired_at IS NULL AND ${where} ${tail}`;
}

export function createInventory(context: Context) {
	const { db } = context;

	const selectFaults = (where: RawBuilder<unknown>, limit: number) =>
		sql<LightFault>`
			SELECT fault.id, fault.kind, coalesce(lamp.external_id, cabinet.name) AS subject,
				fault.luminaire_id AS "luminaireId", segment.street_name AS "streetName", fault.detail,
				fault.opened_at AS "openedAt", fault.closed_at AS "closedAt", fault.intervention_id AS "interventionId"
			FROM operations.light_fault fault
			LEFT JOIN operations.luminaire lamp ON lamp.id = fault.luminaire_id
			LEFT JOIN operations.light_segment segment ON segment.id = lamp.segment_id
			LEFT JOIN operations.light_cabinet cabinet ON cabinet.id = fault.cabinet_id
			WHERE ${where} ORDER BY fault.closed_at IS NOT NULL, fault.opened_at DESC LIMIT ${limit}`.execute(db);

	async function readSegments(where: RawBuilder<unknown>): Promise<LightSegment[]> {
		const profiles = await readProfiles(db);
		const { rows } = await sql<
			Omit<LightSegment, 'profileId' | 'ownProfile'> & { ownProfileId: string | null }
		>`
			SELECT segment.id, segment.external_id AS "externalId", segment.street_slug AS "streetSlug",
				segment.street_name AS "streetName", segment.street_class AS "streetClass", segment.usage,
				segment.coordinates, segment.length_meters AS "lengthMeters", segment.profile_id AS "ownProfileId",
				count(lamp.id)::int AS "luminaireCount", coalesce(sum(lamp.watts), 0)::float8 AS watts,
				round(avg(state.reported_level))::int AS level, round(avg(state.desired_level))::int AS "desiredLevel",
				mode() WITHIN GROUP (ORDER BY state.reason) AS reason,
				count(state.failed_at)::int AS "faultCount"
			FROM operations.light_segment segment
			LEFT JOIN operations.luminaire lamp ON lamp.segment_id = segment.id AND lamp.retired_at IS NULL
			LEFT JOIN operations.luminaire_state state ON state.luminaire_id = lamp.id
			WHERE ${where} GROUP BY segment.id ORDER BY segment.street_name, segment.external_id`.execute(db);
		return rows.map(({ ownProfileId, ...row }) => ({
			...row,
			profileId: profileFor({ ...row, profileId: ownProfileId }, profiles)?.id ?? null,
			ownProfile: ownProfileId !== null,
		}));
	}

	return {
		readSegments,

		async segments(actor: Actor): Promise<Result<LightSegment[]>> {
			return maySee(actor) ? ok(await readSegments(sql`true`)) : refuse('platform.not_allowed');
		},

		async segment(actor: Actor, id: string): Promise<Result<LightSegment & { luminaires: Luminaire[] }>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const [segment] = await readSegments(sql`segment.id = ${asId(id)}`);
			if (!segment) return refuse('operations.light_segment_unknown');
			const { rows } = await selectLuminaires(
				sql`lamp.segment_id = ${segment.id}`,
				sql`ORDER BY lamp.along_meters`,
			).execute(db);
			return ok({ ...segment, luminaires: rows });
		},

		async luminaire(actor: Actor, reference: string): Promise<Result<LuminaireDetail>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const { rows } = await selectLuminaires(
				sql`(lamp.id = ${asId(reference)} OR lamp.external_id = ${reference})`,
				sql`LIMIT 1`,
			).execute(db);
			const [lamp] = rows;
			if (!lamp) return refuse('operations.luminaire_unknown');
			const [commands, faults] = await Promise.all([
				sql<LightCommand>`
					SELECT id, level_percent AS "levelPercent", reason, published_at AS "publishedAt",
						acknowledged_at AS "acknowledgedAt", attempts
					FROM operations.light_command WHERE luminaire_id = ${lamp.id}
					ORDER BY published_at DESC, id DESC LIMIT 100`.execute(db),
				selectFaults(sql`fault.luminaire_id = ${lamp.id}`, 50),
			]);
			return ok({ ...lamp, commands: commands.rows, faults: faults.rows, findings: checkLuminaire(lamp) });
		},

		async luminaires(
			actor: Actor,
			{ text = '', status = '', page = 1 }: { text?: string; status?: string; page?: number },
		) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const wanted = text.replaceAll('\0', '').trim().slice(0, 100).toLowerCase();
			const where = sql`(${wanted} = '' OR strpos(lower(concat_ws(' ', lamp.external_id, segment.street_name,
				lamp.address, cabinet.name)), ${wanted}) > 0) AND (${status} = '' OR ${statusOf} = ${status})`;
			const from = Math.max(1, Math.trunc(page) || 1);
			const { rows } = await selectLuminaires(
				where,
				sql`ORDER BY segment.street_name, lamp.along_meters LIMIT ${pageSize} OFFSET ${(from - 1) * pageSize}`,
			).execute(db);
			const { rows: counted } = await sql<{ total: number }>`
				SELECT count(*)::int AS total FROM operations.luminaire lamp
				JOIN operations.light_segment segment ON segment.id = lamp.segment_id
				LEFT JOIN operations.light_cabinet cabinet ON cabinet.id = lamp.cabinet_id
				LEFT JOIN operations.luminaire_state state ON state.luminaire_id = lamp.id
				WHERE lamp.retired_at IS NULL AND ${where}`.execute(db);
			return ok({ items: rows as Luminaire[], total: counted[0]?.total ?? 0, page: from, pageSize });
		},

		async faults(
			actor: Actor,
			{ open = false, limit = 100 }: { open?: boolean; limit?: number } = {},
		): Promise<Result<LightFault[]>> {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const { rows } = await selectFaults(
				open ? sql`fault.closed_at IS NULL` : sql`true`,
				Math.min(limit, 500),
			);
			return ok(rows);
		},

		async overview(actor: Actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const { rows } = await sql<{
				luminaires: number;
				follows: number;
				differs: number;
				failed: number;
				neverHeard: number;
				openFaults: number;
				controlledAt: Date | null;
				watts: number;
				simulated: boolean;
			}>`
				SELECT count(*)::int AS luminaires,
					count(*) FILTER (WHERE status = 'follows')::int AS follows,
					count(*) FILTER (WHERE status = 'differs')::int AS differs,
					count(*) FILTER (WHERE status = 'failed')::int AS failed,
					count(*) FILTER (WHERE status = 'never_heard')::int AS "neverHeard",
					(SELECT count(*)::int FROM operations.light_fault WHERE closed_at IS NULL) AS "openFaults",
					(SELECT beat_at FROM operations.light_control) AS "controlledAt",
					coalesce(sum(reported_watts), 0)::float8 AS watts, coalesce(bool_or(simulated), false) AS simulated
				FROM (SELECT ${statusOf} AS status, state.reported_watts, lamp.simulated
					FROM operations.luminaire lamp
					LEFT JOIN operations.luminaire_state state ON state.luminaire_id = lamp.id
					WHERE lamp.retired_at IS NULL) AS lamp`.execute(db);
			const [row] = rows;
			if (!row) throw new Error('a count gives one row');
			return ok(row);
		},
	};
}
