import { asId, changing, newId, ok, type Result, refuse } from '@parvis/platform';
import { sql, type Transaction } from 'kysely';
import { type Context, parseInput } from '../context.ts';
import { townDay, townInstant } from '../days.ts';
import { mayManage } from '../policies.ts';
import type { DB } from '../tables.ts';
import { tellCancelled } from './booking-letters.ts';
import { campaignInput, openingInput, pointInput } from './campaign-input.ts';
import { readCampaigns, readPoints, toCampaign, toSummary } from './campaign-rows.ts';
import type { CampaignStatus, Campaigns } from './face.ts';

export const campaignPath = (slug: string) => `/numerique-responsable/collectes/${slug}`;

const slugOf = (title: string): string =>
	title
		.replaceAll(/œ/gi, 'oe')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.slice(0, 70)
		.replace(/^-+|-+$/g, '') || 'collecte';

const order = { under_way: 0, coming: 1, over: 2 } as const;

/** @see Campaigns */
export function createCampaigns(context: Context): Campaigns {
	const { db, platform, town } = context;
	const today = () => townDay(context.now());

	/** What the town's timeline and search say of a campaign, as it now is. */
	async function announce(trx: Transaction<DB>, slug: string): Promise<void> {
		const [row] = await readCampaigns(trx, { slug });
		if (!row) return;
		if (row.status !== 'published') {
			await town.timeline.remove(trx, 'equipment', `campaign:${row.id}`);
			await town.search.remove(trx, 'equipment', 'collection', [row.id]);
			return;
		}
		const [point] = await readPoints(trx, row.id);
		const publishedAt = row.published_at ?? context.now();
		const say = (locale: 'fr' | 'en') =>
			platform.messages.t(locale, 'equipment.timeline_campaign', { title: row.title });
		await town.timeline.record(trx, {
			room: 'equipment',
			subject: `campaign:${row.id}`,
			placeId: point?.placeId ?? null,
			happenedAt: publishedAt,
			title: { fr: say('fr'), en: say('en') },
			url: campaignPath(slug),
		});
		await town.search.index(trx, [
			{
				room: 'equipment',
				kind: 'collection',
				id: row.id,
				title: row.title,
				body: row.why,
				url: campaignPath(slug),
				publishedAt,
			},
		]);
	}

	async function locked(trx: Transaction<DB>, slug: string) {
		return trx
			.selectFrom('equipment.campaign')
			.selectAll()
			.where('slug', '=', slug.slice(0, 100))
			.forUpdate()
			.executeTakeFirst();
	}

	/** Points and openings belong to a campaign that is locked while they change. */
	async function campaignOfPoint(trx: Transaction<DB>, pointId: string) {
		return trx
			.selectFrom('equipment.drop_off_point as point')
			.innerJoin('equipment.campaign as campaign', 'campaign.id', 'point.campaign_id')
			.select([
				'point.id as pointId',
				'campaign.id',
				'campaign.slug',
				'campaign.starts_on',
				'campaign.ends_on',
			])
			.where('point.id', '=', asId(pointId))
			.forUpdate()
			.executeTakeFirst();
	}

	return {
		async list(actor, { all = false } = {}) {
			const rows = await readCampaigns(db, { published: !(all && mayManage(actor)) });
			return rows
				.map((row) => toSummary(row, today()))
				.filter(({ status }) => all || status === 'published')
				.toSorted(
					(a, b) =>
						order[a.moment] - order[b.moment] ||
						(a.moment === 'coming'
							? a.startsOn.localeCompare(b.startsOn)
							: b.startsOn.localeCompare(a.startsOn)),
				);
		},

		async get(actor, slug) {
			const [row] = await readCampaigns(db, { slug: slug.replaceAll('\0', '').slice(0, 100) });
			if (!row || (row.status === 'draft' && !mayManage(actor))) return refuse('equipment.campaign_unknown');
			const points = await readPoints(db, row.id);
			const places = await town.places.find(points.flatMap(({ placeId }) => placeId ?? []));
			return ok(
				toCampaign(
					row,
					points.map(({ placeId, ...point }) => {
						const place = placeId ? places.get(placeId) : undefined;
						return { ...point, place: place ? { slug: place.slug, name: place.name } : null };
					}),
					today(),
				),
			);
		},

		async save(actor, input, known) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(campaignInput, input);
			if (!parsed.ok) return parsed;
			const { title, why, audience, taken, notTaken, startsOn, endsOn } = parsed.value;
			const columns = {
				title,
				why,
				audience,
				taken: [...new Set(taken)],
				not_taken: notTaken,
				starts_on: startsOn,
				ends_on: endsOn,
				updated_at: context.now(),
			};
			return changing(db, async (trx): Promise<Result<{ slug: string }>> => {
				if (known) {
					const row = await locked(trx, known.slug);
					if (!row) return refuse('equipment.campaign_unknown');
					if (row.version !== known.version) return refuse('equipment.changed_meanwhile');
					const { rows: outside } = await sql`SELECT FROM equipment.opening
					JOIN equipment.drop_off_point AS point ON point.id = point_id
					WHERE campaign_id = ${row.id} AND (starts_at AT TIME ZONE 'Europe/Paris')::date
						NOT BETWEEN ${startsOn}::date AND ${endsOn}::date LIMIT 1`.execute(trx);
					if (outside.length) return refuse('equipment.opening_left_outside', { field: 'startsOn' });
					await trx
						.updateTable('equipment.campaign')
						.set({ ...columns, version: row.version + 1 })
						.where('id', '=', row.id)
						.execute();
					await announce(trx, row.slug);
					await platform.audit.record(trx, {
						actor,
						action: 'equipment.campaign.changed',
						subject: `campaign:${row.id}`,
					});
					return ok({ slug: row.slug });
				}
				await sql`SELECT pg_advisory_xact_lock(hashtextextended('equipment campaign slug', 0))`.execute(trx);
				const base = slugOf(title);
				const used = new Set(
					(
						await trx
							.selectFrom('equipment.campaign')
							.select('slug')
							.where('slug', 'like', `${base}%`)
							.execute()
					).map((row) => row.slug),
				);
				let slug = base;
				for (let n = 2; used.has(slug); n++) slug = `${base}-${n}`;
				const id = newId();
				await trx
					.insertInto('equipment.campaign')
					.values({ id, slug, ...columns, status: 'draft', created_at: context.now() })
					.execute();
				await platform.audit.record(trx, {
					actor,
					action: 'equipment.campaign.created',
					subject: `campaign:${id}`,
				});
				return ok({ slug });
			});
		},

		async setStatus(actor, slug, status: CampaignStatus) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			if (!['draft', 'published', 'cancelled'].includes(status)) return refuse('equipment.field_invalid');
			return changing(db, async (trx) => {
				const row = await locked(trx, slug);
				if (!row) return refuse('equipment.campaign_unknown');
				if (row.status === status) return ok(null);
				const points = await readPoints(trx, row.id);
				if (status === 'published' && !points.length) return refuse('equipment.campaign_without_point');
				if (status === 'draft' && points.some(({ openings }) => openings.some(({ bookings }) => bookings)))
					return refuse('equipment.campaign_booked');
				await trx
					.updateTable('equipment.campaign')
					.set({
						status,
						version: row.version + 1,
						updated_at: context.now(),
						...(status === 'published' && !row.published_at && { published_at: context.now() }),
					})
					.where('id', '=', row.id)
					.execute();
				await announce(trx, row.slug);
				if (status === 'cancelled') await tellCancelled(context, trx, row);
				await platform.audit.record(trx, {
					actor,
					action: `equipment.campaign.${status}`,
					subject: `campaign:${row.id}`,
				});
				return ok(null);
			});
		},

		async addPoint(actor, slug, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(pointInput, input);
			if (!parsed.ok) return parsed;
			const { name, address, longitude, latitude, note } = parsed.value;
			const given = longitude != null && latitude != null;
			const found = address || !given ? await town.areas.findAddress(address || name) : null;
			const at = given ? { longitude, latitude } : found;
			if (!at) return refuse('equipment.address_unknown', { field: 'address' });
			if (!(await town.areas.isNear([at.longitude, at.latitude])))
				return refuse('equipment.address_far', { field: 'address' });
			return changing(db, async (trx): Promise<Result<{ id: string }>> => {
				const row = await locked(trx, slug);
				if (!row) return refuse('equipment.campaign_unknown');
				const id = newId();
				await trx
					.insertInto('equipment.drop_off_point')
					.values({
						id,
						campaign_id: row.id,
						name,
						address: address || null,
						place_id: found?.placeId ?? null,
						longitude: at.longitude,
						latitude: at.latitude,
						note,
						created_at: context.now(),
					})
					.execute();
				await announce(trx, row.slug);
				return ok({ id });
			});
		},

		async removePoint(actor, pointId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const point = await campaignOfPoint(trx, pointId);
				if (!point) return refuse('equipment.point_unknown');
				const { rows } = await sql`SELECT FROM equipment.receipt WHERE point_id = ${point.pointId}
					UNION ALL SELECT FROM equipment.booking JOIN equipment.opening ON opening.id = opening_id
						WHERE point_id = ${point.pointId} LIMIT 1`.execute(trx);
				if (rows.length) return refuse('equipment.point_used');
				await trx.deleteFrom('equipment.drop_off_point').where('id', '=', point.pointId).execute();
				await announce(trx, point.slug);
				return ok(null);
			});
		},

		async addOpening(actor, pointId, input) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(openingInput, input);
			if (!parsed.ok) return parsed;
			const { day, from, to, slotMinutes, slotCapacity } = parsed.value;
			return changing(db, async (trx): Promise<Result<{ id: string }>> => {
				const point = await campaignOfPoint(trx, pointId);
				if (!point) return refuse('equipment.point_unknown');
				if (day < String(point.starts_on) || day > String(point.ends_on))
					return refuse('equipment.opening_outside', { field: 'day' });
				const [startsAt, endsAt] = [townInstant(day, from), townInstant(day, to)];
				const { rows } = await sql`SELECT FROM equipment.opening WHERE point_id = ${point.pointId}
					AND tstzrange(starts_at, ends_at) && tstzrange(${startsAt}, ${endsAt}) LIMIT 1`.execute(trx);
				if (rows.length) return refuse('equipment.opening_overlaps', { field: 'from' });
				const id = newId();
				await trx
					.insertInto('equipment.opening')
					.values({
						id,
						point_id: point.pointId,
						starts_at: startsAt,
						ends_at: endsAt,
						slot_minutes: slotMinutes ?? null,
						slot_capacity: slotCapacity ?? null,
					})
					.execute();
				return ok({ id });
			});
		},

		async removeOpening(actor, openingId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const { rows: booked } =
					await sql`SELECT FROM equipment.booking WHERE opening_id = ${asId(openingId)} LIMIT 1`.execute(trx);
				if (booked.length) return refuse('equipment.opening_booked');
				const { numDeletedRows } = await trx
					.deleteFrom('equipment.opening')
					.where('id', '=', asId(openingId))
					.executeTakeFirst();
				return numDeletedRows ? ok(null) : refuse('equipment.opening_unknown');
			});
		},
	};
}
