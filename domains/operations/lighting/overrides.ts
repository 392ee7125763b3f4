import { asId, changing, newId, ok, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../context.ts';
import { mayManage, maySee, mayWork } from '../policies.ts';
import type { LightOverride, LightOverrides } from './face.ts';
import { profileFor, readProfiles, townPosition } from './profiles.ts';
import { isLegal, legalHours } from './rules/law.ts';
import { fullNight, type LightUsage, nightLevels } from './rules/profile.ts';
import { nightOf } from './rules/town-time.ts';

const longestTestMilliseconds = 15 * 60_000;
const longestMilliseconds = 14 * 86_400_000;
const quarterHour = 15 * 60_000;

const overrideInput = z
	.object({
		kind: z.enum(['event', 'emergency', 'test']),
		label: textInput(120, 'operations.light_override_unnamed'),
		level: z.number().int().min(0).max(100),
		startsAt: z.coerce.date(),
		endsAt: z.coerce.date(),
		decision: z.string().trim().max(200).nullish(),
		/** Segments and luminaires by id; `everything` in their place. */
		segmentIds: z.array(z.uuid()).max(5000).default([]),
		luminaireIds: z.array(z.uuid()).max(5000).default([]),
		everything: z.boolean().default(false),
	})
	.refine(({ startsAt, endsAt }) => startsAt < endsAt, 'operations.light_override_order')
	.refine(
		({ startsAt, endsAt }) => endsAt.getTime() - startsAt.getTime() <= longestMilliseconds,
		'operations.light_override_long',
	)
	.refine(
		({ segmentIds, luminaireIds, everything }) => everything || segmentIds.length + luminaireIds.length > 0,
		'operations.light_override_where',
	);

export function createOverrides(context: Context): LightOverrides {
	const { db, platform } = context;

	/** Usages that would be lit outside of the hours of article 2 during an event. */
	async function beyondLaw(
		segmentIds: readonly string[],
		from: number,
		to: number,
	): Promise<LightUsage | null> {
		const segments = await db
			.selectFrom('operations.light_segment')
			.select(['profile_id', 'usage', 'street_class'])
			.where('id', 'in', [...segmentIds, asId(null)])
			.execute();
		const profiles = await readProfiles(db);
		const [longitude, latitude] = await townPosition(context);
		const seen = new Map<string, { usage: LightUsage; activity: (typeof profiles)[number]['activity'] }>();
		for (const segment of segments) {
			const profile = profileFor(
				{ profileId: segment.profile_id, usage: segment.usage, streetClass: segment.street_class },
				profiles,
			);
			const usage = segment.usage as LightUsage;
			seen.set(`${usage} ${profile?.id}`, { usage, activity: profile?.activity ?? null });
		}
		for (const { usage, activity } of seen.values())
			for (let at = from; at < to; at += quarterHour) {
				const levels = nightLevels(fullNight, nightOf(at), longitude, latitude);
				if (!isLegal(legalHours(usage, levels, activity), at)) return usage;
			}
		return null;
	}

	return {
		async list(actor) {
			if (!maySee(actor)) return refuse('platform.not_allowed');
			const now = context.now();
			const { rows } = await sql<
				Omit<LightOverride, 'state' | 'startsAt' | 'endsAt' | 'cancelledAt'> & {
					startsAt: Date;
					endsAt: Date;
					cancelledAt: Date | null;
				}
			>`
				SELECT o.id, o.kind, o.label, o.level_percent AS level, o.starts_at AS "startsAt", o.ends_at AS "endsAt",
					o.decision, o.created_by AS "createdBy", o.cancelled_at AS "cancelledAt",
					coalesce(array_agg(t.segment_id) FILTER (WHERE t.segment_id IS NOT NULL), '{}') AS "segmentIds",
					coalesce(array_agg(t.luminaire_id) FILTER (WHERE t.luminaire_id IS NOT NULL), '{}') AS "luminaireIds",
					coalesce(array_agg(DISTINCT coalesce(s.street_name, l.external_id)) FILTER (WHERE t.override_id IS NOT NULL), '{}') AS streets
				FROM operations.light_override o
				LEFT JOIN operations.light_override_target t ON t.override_id = o.id
				LEFT JOIN operations.light_segment s ON s.id = t.segment_id
				LEFT JOIN operations.luminaire l ON l.id = t.luminaire_id
				WHERE o.ends_at > ${new Date(now.getTime() - 30 * 86_400_000)}
				GROUP BY o.id
				ORDER BY (o.cancelled_at IS NOT NULL OR o.ends_at <= ${now}), o.starts_at DESC
				LIMIT 200`.execute(db);
			return ok(
				rows.map((row) => ({
					...row,
					state: row.cancelledAt
						? ('cancelled' as const)
						: row.endsAt <= now
							? ('over' as const)
							: row.startsAt > now
								? ('coming' as const)
								: ('now' as const),
				})),
			);
		},

		async create(actor, input) {
			const parsed = parseInput(overrideInput, input);
			if (!parsed.ok) return parsed;
			const { kind, label, level, startsAt, endsAt, decision, everything, luminaireIds } = parsed.value;
			if (!(kind === 'event' ? mayManage(actor) : mayWork(actor))) return refuse('platform.not_allowed');
			if (endsAt <= context.now()) return refuse('operations.light_override_past');
			if (kind === 'test' && endsAt.getTime() - startsAt.getTime() > longestTestMilliseconds)
				return refuse('operations.light_test_long');
			const segmentIds = everything
				? (await db.selectFrom('operations.light_segment').select('id').execute()).map(({ id }) => id)
				: [...new Set(parsed.value.segmentIds)];
			if (kind === 'event' && level > 0 && !decision) {
				const usage = await beyondLaw(segmentIds, startsAt.getTime(), endsAt.getTime());
				if (usage) return refuse('operations.light_override_decision', { usage });
			}
			return changing(db, async (trx) => {
				const known = await trx
					.selectFrom('operations.light_segment')
					.select('id')
					.where('id', 'in', [...segmentIds, asId(null)])
					.execute();
				const lamps = await trx
					.selectFrom('operations.luminaire')
					.select('id')
					.where('id', 'in', [...luminaireIds, asId(null)])
					.execute();
				if (known.length + lamps.length === 0) return refuse('operations.light_override_where');
				const id = newId();
				await trx
					.insertInto('operations.light_override')
					.values({
						id,
						kind,
						label,
						level_percent: level,
						starts_at: startsAt,
						ends_at: endsAt,
						decision: decision || null,
						created_by: actor.displayName || 'Parvis',
						created_at: context.now(),
					})
					.execute();
				await trx
					.insertInto('operations.light_override_target')
					.values([
						...known.map((segment) => ({ override_id: id, segment_id: segment.id, luminaire_id: null })),
						...lamps.map((lamp) => ({ override_id: id, segment_id: null, luminaire_id: lamp.id })),
					])
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.light_override.created',
					subject: `light_override:${id}`,
					detail: { kind, level, segments: known.length, luminaires: lamps.length },
				});
				return ok({ id });
			});
		},

		async cancel(actor, id) {
			if (!mayWork(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const row = await trx
					.selectFrom('operations.light_override')
					.select(['kind', 'cancelled_at'])
					.where('id', '=', asId(id))
					.forUpdate()
					.executeTakeFirst();
				if (!row) return refuse('operations.light_override_unknown');
				if (row.kind === 'event' && !mayManage(actor)) return refuse('platform.not_allowed');
				if (row.cancelled_at) return ok(null);
				await trx
					.updateTable('operations.light_override')
					.set({ cancelled_at: context.now() })
					.where('id', '=', id)
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'operations.light_override.cancelled',
					subject: `light_override:${id}`,
				});
				return ok(null);
			});
		},
	};
}
