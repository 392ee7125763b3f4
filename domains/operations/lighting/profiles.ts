import { type Actor, asId, changing, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql } from 'kysely';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage, maySee } from '../policies.ts';
import type { LightProfileSummary, LightProfiles } from './face.ts';
import { profileInput } from './profile-input.ts';
import { checkProfile, type LawFinding } from './rules/law.ts';
import { type LightProfile, nightLevels } from './rules/profile.ts';

/** A profile with what it serves where segments name none. */
export type StoredProfile = LightProfile & { streetClasses: string[]; version: number; updatedAt: Date };

export async function readProfiles(db: Db): Promise<StoredProfile[]> {
	const rows = await db.selectFrom('operations.light_profile').selectAll().orderBy('name').execute();
	return rows.map((row) => ({
		id: row.id,
		name: row.name,
		usage: row.usage as LightProfile['usage'],
		streetClasses: row.street_classes,
		version: row.version,
		updatedAt: row.updated_at,
		...(row.definition as Pick<LightProfile, 'plans' | 'presence' | 'activity' | 'decision'>),
	}));
}

/** The profile that a segment follows: its own; else one of its usage that names its class; else one of its usage that names none. */
export function profileFor<P extends Pick<StoredProfile, 'id' | 'usage' | 'streetClasses'>>(
	segment: { profileId: string | null; usage: string; streetClass: string },
	profiles: readonly P[],
): P | null {
	const fitting = profiles.filter(({ usage }) => usage === segment.usage);
	return (
		profiles.find(({ id }) => id === segment.profileId) ??
		fitting.find(({ streetClasses }) => streetClasses.includes(segment.streetClass)) ??
		fitting.find(({ streetClasses }) => streetClasses.length === 0) ??
		null
	);
}

/** Where the town's sun is reckoned: the middle of its lamps, or of its map. */
export async function townPosition(context: Context): Promise<[number, number]> {
	const { rows } = await sql<{ longitude: number | null; latitude: number | null }>`
		SELECT avg(longitude) AS longitude, avg(latitude) AS latitude FROM operations.luminaire`.execute(
		context.db,
	);
	const [row] = rows;
	if (row && row.longitude !== null && row.latitude !== null) return [row.longitude, row.latitude];
	const bounds = await context.town.map.bounds();
	return bounds ? [(bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2] : [2.35, 48.85];
}

export function createProfiles(context: Context): LightProfiles {
	const { db, platform } = context;

	async function findingsOf(profile: LightProfile): Promise<LawFinding[]> {
		const [longitude, latitude] = await townPosition(context);
		return checkProfile(profile, context.now().getUTCFullYear(), longitude, latitude);
	}

	async function parseLawful(input: unknown) {
		const parsed = parseInput(profileInput, input);
		if (!parsed.ok) return parsed;
		const findings = await findingsOf({ id: 'input', ...parsed.value });
		const broken = findings.find(({ severity }) => severity === 'refused');
		if (broken) return refuse('operations.light_against_law', { article: broken.article, rule: broken.key });
		return ok({ value: parsed.value, findings });
	}

	async function summaries(): Promise<LightProfileSummary[]> {
		const profiles = await readProfiles(db);
		const { rows } = await sql<{
			profileId: string | null;
			usage: string;
			streetClass: string;
			segments: number;
			luminaires: number;
		}>`
			SELECT segment.profile_id AS "profileId", segment.usage, segment.street_class AS "streetClass",
				count(DISTINCT segment.id)::int AS segments, count(lamp.id)::int AS luminaires
			FROM operations.light_segment segment
			LEFT JOIN operations.luminaire lamp ON lamp.segment_id = segment.id AND lamp.retired_at IS NULL
			GROUP BY segment.profile_id, segment.usage, segment.street_class`.execute(db);
		const served = new Map<string, { segments: number; luminaires: number }>();
		for (const row of rows) {
			const profile = profileFor(row, profiles);
			if (!profile) continue;
			const sum = served.get(profile.id) ?? { segments: 0, luminaires: 0 };
			served.set(profile.id, {
				segments: sum.segments + row.segments,
				luminaires: sum.luminaires + row.luminaires,
			});
		}
		return profiles.map((profile) => ({
			...profile,
			segmentCount: served.get(profile.id)?.segments ?? 0,
			luminaireCount: served.get(profile.id)?.luminaires ?? 0,
		}));
	}

	const definitionOf = ({
		plans,
		presence,
		activity,
		decision,
	}: Omit<LightProfile, 'id' | 'name' | 'usage'>) => JSON.stringify({ plans, presence, activity, decision });

	async function nameTaken(trx: Db, name: string, exceptId: string): Promise<boolean> {
		const row = await trx
			.selectFrom('operations.light_profile')
			.select('id')
			.where('name', '=', name)
			.where('id', '<>', exceptId)
			.executeTakeFirst();
		return row !== undefined;
	}

	return {
		async list(actor) {
			return maySee(actor) ? ok(await summaries()) : refuse('platform.not_allowed');
		},

		async get(actor, id) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const profile = (await summaries()).find((one) => one.id === id);
			return profile ? ok(profile) : refuse('operations.light_profile_unknown');
		},

		async create(actor, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = await parseLawful(input);
			if (!parsed.ok) return parsed;
			const { value, findings } = parsed.value;
			const id = newId();
			return changing(db, async (trx) => {
				if (await nameTaken(trx, value.name, id)) return refuse('operations.light_profile_name_taken');
				await trx
					.insertInto('operations.light_profile')
					.values({
						id,
						name: value.name,
						usage: value.usage,
						street_classes: value.streetClasses,
						definition: definitionOf(value),
						updated_at: context.now(),
					})
					.execute();
				await record(trx, actor, 'created', id);
				return ok({ id, findings });
			});
		},

		async change(actor, id, version, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = await parseLawful(input);
			if (!parsed.ok) return parsed;
			const { value, findings } = parsed.value;
			return changing(db, async (trx) => {
				const before = await trx
					.selectFrom('operations.light_profile')
					.select('version')
					.where('id', '=', asId(id))
					.forUpdate()
					.executeTakeFirst();
				if (!before) return refuse('operations.light_profile_unknown');
				if (before.version !== version) return refuse('operations.light_profile_changed');
				if (await nameTaken(trx, value.name, id)) return refuse('operations.light_profile_name_taken');
				await trx
					.updateTable('operations.light_profile')
					.set({
						name: value.name,
						usage: value.usage,
						street_classes: value.streetClasses,
						definition: definitionOf(value),
						version: version + 1,
						updated_at: context.now(),
					})
					.where('id', '=', id)
					.execute();
				await record(trx, actor, 'changed', id);
				return ok({ findings });
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const gone = await trx
					.deleteFrom('operations.light_profile')
					.where('id', '=', asId(id))
					.returning('id')
					.executeTakeFirst();
				if (!gone) return refuse('operations.light_profile_unknown');
				await record(trx, actor, 'removed', id);
				return ok(null);
			});
		},

		async preview(input, night) {
			const parsed = parseInput(profileInput, input);
			if (!parsed.ok) return parsed;
			if (!/^\d{4}-\d{2}-\d{2}$/.test(night) || Number.isNaN(Date.parse(night)))
				return refuse('operations.light_night_invalid');
			const profile: LightProfile = { id: 'preview', ...parsed.value };
			const [longitude, latitude] = await townPosition(context);
			return ok({
				levels: nightLevels(profile, night, longitude, latitude),
				findings: await findingsOf(profile),
			});
		},

		async assign(actor, segmentIds, profileId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx): Promise<Result<null>> => {
				if (profileId !== null) {
					const profile = (await readProfiles(trx)).find(({ id }) => id === profileId);
					if (!profile) return refuse('operations.light_profile_unknown');
					const others = await trx
						.selectFrom('operations.light_segment')
						.select('usage')
						.where('id', 'in', segmentIds.map(asId))
						.where('usage', '<>', profile.usage)
						.executeTakeFirst();
					// A park that followed a road's profile would be lit all night against article 2.
					if (others) return refuse('operations.light_usage_differs');
				}
				if (segmentIds.length)
					await trx
						.updateTable('operations.light_segment')
						.set({ profile_id: profileId })
						.where('id', 'in', segmentIds.map(asId))
						.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.light_profile.assigned',
					subject: `light_profile:${profileId ?? 'class'}`,
					detail: { segments: segmentIds.length },
				});
				return ok(null);
			});
		},
	};

	async function record(
		trx: Parameters<typeof platform.audit.record>[0],
		actor: Actor,
		what: string,
		id: string,
	) {
		await platform.audit.record(trx, {
			actor,
			action: `operations.light_profile.${what}`,
			subject: `light_profile:${id}`,
		});
	}
}
