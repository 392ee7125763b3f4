import { sql } from 'kysely';
import type { Context } from '../context.ts';
import type { PublicStreet } from './face.ts';
import { profileFor, readProfiles, townPosition } from './profiles.ts';
import { fullNight, type LightUsage, type NightLevels, nightLevels } from './rules/profile.ts';
import { dayAfter, nightOf, townDay } from './rules/town-time.ts';

/** What everybody may know of the light in the streets: this night's plan, what it rests on, what it saves. */
export function createPublicStreets(context: Context) {
	const { db } = context;

	async function read(slug: string | null): Promise<PublicStreet[]> {
		const now = context.now().getTime();
		const profiles = await readProfiles(db);
		const position = await townPosition(context);
		const night = nightOf(now);
		const since = dayAfter(townDay(now), -30);
		const { rows } = await sql<{
			id: string;
			streetSlug: string | null;
			streetName: string;
			streetClass: string;
			usage: LightUsage;
			profileId: string | null;
			coordinates: [number, number][];
			luminaires: number;
			saved: number | null;
		}>`
			SELECT segment.id, segment.street_slug AS "streetSlug", segment.street_name AS "streetName",
				segment.street_class AS "streetClass", segment.usage, segment.profile_id AS "profileId", segment.coordinates,
				(SELECT count(*)::int FROM operations.luminaire lamp
					WHERE lamp.segment_id = segment.id AND lamp.retired_at IS NULL) AS luminaires,
				(SELECT sum(baseline_watt_hours - watt_hours) / 1000 FROM operations.light_energy_day energy
					WHERE energy.segment_id = segment.id AND energy.day >= ${since}) AS saved
			FROM operations.light_segment segment
			WHERE ${slug}::text IS NULL OR segment.street_slug = ${slug}
			ORDER BY segment.street_name, segment.external_id`.execute(db);
		const { rows: events } = await sql<{
			segmentId: string;
			label: string;
			startsAt: Date;
			endsAt: Date;
			level: number;
		}>`
			SELECT target.segment_id AS "segmentId", o.label, o.starts_at AS "startsAt", o.ends_at AS "endsAt",
				o.level_percent AS level
			FROM operations.light_override o
			JOIN operations.light_override_target target ON target.override_id = o.id
			WHERE o.kind <> 'test' AND o.cancelled_at IS NULL AND target.segment_id IS NOT NULL
				AND o.ends_at > ${new Date(now)} AND o.starts_at < ${new Date(now + 7 * 86_400_000)}
			ORDER BY o.starts_at`.execute(db);
		const streets = new Map<string, PublicStreet>();
		for (const row of rows) {
			if (row.luminaires === 0) continue;
			const profile = profileFor(row, profiles) ?? { ...fullNight, usage: row.usage };
			const key = `${row.streetSlug ?? row.streetName} ${row.usage} ${profile.id}`;
			const known = streets.get(key);
			const own = events
				.filter(({ segmentId }) => segmentId === row.id)
				.map(({ segmentId: _, ...event }) => event);
			if (known) {
				known.coordinates.push(row.coordinates);
				known.luminaireCount += row.luminaires;
				if (row.saved !== null) known.savedKilowattHours = (known.savedKilowattHours ?? 0) + row.saved;
				for (const event of own)
					if (
						!known.events.some(
							({ label, startsAt }) => label === event.label && +startsAt === +event.startsAt,
						)
					)
						known.events.push(event);
				continue;
			}
			const levels = nightLevels(profile, night, position[0], position[1]);
			streets.set(key, {
				streetSlug: row.streetSlug,
				streetName: row.streetName,
				usage: row.usage,
				coordinates: [row.coordinates],
				luminaireCount: row.luminaires,
				levels: levels.steps.map(({ at, level }) => ({ at: new Date(at), level })),
				dims: dimsOf(levels),
				profileName: profile.id === fullNight.id ? null : profile.name,
				presence: profile.presence !== null,
				decision: profile.decision,
				events: own,
				savedKilowattHours: row.saved,
			});
		}
		return [...streets.values()];
	}

	return {
		publicStreets: () => read(null),
		async publicStreet(slug: string): Promise<PublicStreet | null> {
			return (await read(slug))[0] ?? null;
		},
	};
}

/** When a night's light is below its highest level, while it is dark. */
export function dimsOf({ steps, to }: NightLevels): PublicStreet['dims'] {
	const highest = Math.max(...steps.map(({ level }) => level));
	const lit = steps.findIndex(({ level }) => level > 0);
	const last = steps.findLastIndex(({ level }) => level > 0);
	if (lit < 0) return null;
	// Between the first and the last light of the night only.
	const lower = steps.slice(lit, last + 1).filter(({ level }) => level < highest);
	const first = lower[0];
	if (!first) return null;
	const lastLower = lower.at(-1) ?? first;
	const after = steps[steps.indexOf(lastLower) + 1];
	return {
		from: new Date(first.at),
		to: new Date(after?.at ?? to),
		lowest: Math.min(...lower.map(({ level }) => level)),
	};
}
