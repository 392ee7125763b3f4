import { createHmac, randomBytes } from 'node:crypto';
import { changing, newId, ok, type Result, refuse, system, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, parseInput } from '../../context.ts';
import type { Photos, ReportInput, ReportReceipt, Reports } from '../face.ts';
import { latitude, longitude, openIntervention, whereIs } from '../opening.ts';
import { nextNumber, publish, recordEvent, type Trx } from '../recording.ts';
import { reportStatusOf } from '../rules/status.ts';
import { readCategory } from '../settings/categories.ts';
import { followPath, writeLetter } from './letters.ts';

/** A family or a school shares one address. */
const mostFromOneAddress = 20;
const mostLettersToOneAddress = 5;
const windowSeconds = 3600;
/** A place so near says where a point without an address is. */
const nearMeters = 120;

const reportInput = z.object({
	category: z.string('operations.category_missing').min(1, 'operations.category_missing').max(60),
	description: textInput(4000).default(''),
	longitude: longitude.optional(),
	latitude: latitude.optional(),
	address: textInput(300).default(''),
	email: z
		.union([
			z.literal('').transform(() => undefined),
			z.string().trim().toLowerCase().max(254).pipe(z.email('operations.email_invalid')),
		])
		.optional(),
	locale: z.enum(['fr', 'en']).default('fr'),
	sameAs: z.string().max(40).optional(),
});

/**
 * Take one, counted in the database so that all web processes count together; false when none is left in this hour. Whom it
 * is about is kept as a hash keyed by our secret and the day: it names nobody, and cannot be followed from day to day.
 */
async function takeRate(context: Context, what: string, whom: string, most: number): Promise<boolean> {
	const now = context.now();
	const key = createHmac('sha256', context.platform.config.secret)
		.update(`parvis operations rate\n${what}\n${now.toISOString().slice(0, 10)}\n${whom}`)
		.digest('base64url');
	const { taken } = await context.db
		.insertInto('operations.report_rate')
		.values({ key, taken: 1, window_ends_at: new Date(now.getTime() + windowSeconds * 1000) })
		.onConflict((conflict) =>
			conflict.column('key').doUpdateSet({
				taken: sql`CASE WHEN report_rate.window_ends_at <= ${now}::timestamptz THEN 1 ELSE report_rate.taken + 1 END`,
				window_ends_at: sql`CASE WHEN report_rate.window_ends_at <= ${now}::timestamptz
					THEN excluded.window_ends_at ELSE report_rate.window_ends_at END`,
			}),
		)
		.returning('taken')
		.executeTakeFirstOrThrow();
	return taken <= most;
}

/** Open the intervention of a report that is nobody else's; to be called once it has its row. */
export async function openForReport(context: Context, trx: Trx, reportId: string): Promise<Result<null>> {
	const report = await trx
		.selectFrom('operations.report')
		.selectAll()
		.where('id', '=', reportId)
		.executeTakeFirstOrThrow();
	const category = await readCategory(trx, report.category_id);
	if (!category) return refuse('operations.category_unknown');
	const where = {
		placeId: report.place_id,
		longitude: report.longitude,
		latitude: report.latitude,
		address: report.address,
	};
	const opened = await openIntervention(
		context,
		trx,
		system,
		{
			...where,
			source: { kind: 'report', key: report.id },
			title: [category.name.fr, report.address].filter(Boolean).join(', ').slice(0, 200),
			description: report.description,
			category: category.id,
		},
		ok(where),
	);
	if (!opened.ok) return opened;
	await trx
		.updateTable('operations.report')
		.set({ intervention_id: opened.value.id, status: 'received' })
		.where('id', '=', report.id)
		.execute();
	return ok(null);
}

/** @see Reports.create */
export async function receiveReport(
	context: Context,
	photos: Photos,
	given: ReportInput,
	options: Parameters<Reports['create']>[1],
): Promise<Result<ReportReceipt>> {
	const { photo, ...rest } = given;
	const parsed = parseInput(reportInput, rest);
	if (!parsed.ok) return parsed;
	const input = parsed.value;
	const category = await readCategory(context.db, input.category);
	if (!category?.public || category.archived)
		return refuse('operations.category_unknown', { field: 'category' });
	const found =
		input.longitude === undefined && input.address
			? await context.town.areas.findAddress(input.address)
			: null;
	if (input.longitude === undefined && input.address && !found)
		return refuse('operations.address_unknown', { field: 'address' });
	const where = await whereIs(context, {
		longitude: input.longitude ?? found?.longitude,
		latitude: input.latitude ?? found?.latitude,
		placeId: found?.placeId ?? null,
		address: input.address || null,
	});
	if (!where.ok) return where;
	if (!where.value.address) {
		const { longitude, latitude } = where.value;
		const [nearest] = await context.town.places.nearest([longitude, latitude], {
			limit: 1,
			withinMeters: nearMeters,
		});
		if (nearest)
			where.value.address = context.platform.messages.t(input.locale, 'operations.near_place', {
				name: nearest.name,
			});
	}
	if (options.address && !(await takeRate(context, 'reports', options.address, mostFromOneAddress)))
		return refuse('platform.too_many_requests');
	const writes =
		input.email !== undefined && (await takeRate(context, 'letters', input.email, mostLettersToOneAddress));
	const prepared = photo?.length ? await photos.prepare(photo) : null;
	if (prepared && !prepared.ok) return refuse(prepared.error, { ...prepared.detail, field: 'photo' });
	return changing(context.db, async (trx) => {
		const receipt = (row: { id: string; number: string; token: string }, confirmationSent: boolean) =>
			ok({ ...row, url: followPath(row.token), confirmationSent });
		if (options.externalKey !== undefined) {
			await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`operations report ${options.via} ${options.externalKey}`}, 0))`.execute(
				trx,
			);
			const known = await trx
				.selectFrom('operations.report')
				.select(['id', 'number', 'token'])
				.where('via', '=', options.via)
				.where('external_key', '=', options.externalKey)
				.executeTakeFirst();
			if (known) return receipt(known, false);
		}
		const id = newId();
		if (prepared) {
			const kept = await photos.attach(trx, prepared.value, {
				subjectKind: 'report',
				subjectId: id,
				sentBy: null,
			});
			if (!kept.ok) return kept;
		}
		const same = input.sameAs ? await openOne(trx, input.sameAs) : null;
		if (input.sameAs && !same) return refuse('operations.same_report_closed');
		const now = context.now();
		const row = {
			id,
			number: await nextNumber(trx, 'S', now),
			token: randomBytes(18).toString('base64url'),
		};
		const held = options.suspect === true;
		await trx
			.insertInto('operations.report')
			.values({
				...row,
				category_id: category.id,
				description: input.description,
				address: where.value.address,
				place_id: where.value.placeId,
				longitude: where.value.longitude,
				latitude: where.value.latitude,
				status: held ? 'held' : same ? reportStatusOf(same.status) : 'received',
				via: options.via,
				external_key: options.externalKey ?? null,
				locale: input.locale,
				email: writes ? (input.email ?? null) : null,
				intervention_id: held ? null : (same?.interventionId ?? null),
				same_as_id: same?.id ?? null,
				created_at: now,
				updated_at: now,
			})
			.execute();
		if (!held && !same) {
			const opened = await openForReport(context, trx, id);
			if (!opened.ok) return opened;
		}
		if (!held && same)
			await recordEvent(context, trx, {
				interventionId: same.interventionId,
				version: same.version,
				kind: 'report',
				actor: system,
				note: row.number,
			});
		await publish(context, trx, 'report.received', { reportId: id, number: row.number });
		if (writes && input.email)
			await writeLetter(context, trx, { ...row, email: input.email, locale: input.locale }, 'received', {
				category: category.name[input.locale],
			});
		return receipt(row, writes);
	});
}

/** The open report of this number, with its intervention. */
async function openOne(trx: Trx, number: string) {
	const row = await trx
		.selectFrom('operations.report as report')
		.innerJoin('operations.intervention as intervention', 'intervention.id', 'report.intervention_id')
		.select(['report.id', 'report.same_as_id', 'intervention.id as interventionId'])
		.select(['intervention.version', 'intervention.status'])
		.where('report.number', '=', number)
		.where('report.status', 'in', ['received', 'planned'])
		.executeTakeFirst();
	return row ? { ...row, id: row.same_as_id ?? row.id } : null;
}
