import { createHash, randomBytes } from 'node:crypto';
import { type Actor, asId, changing, newId, ok, type Result, refuse, textInput } from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput, type Trx } from '../context.ts';
import { townDay } from '../days.ts';
import { mayCollect } from '../policies.ts';
import type { Method, Standing, Subject, WipeRecorded, Wiping } from './face.ts';
import { issueFor } from './issuing.ts';
import { readNwipeReport } from './rules/nwipe.ts';
import { drawOf, isSample } from './rules/sampling.ts';
import { askedMethod, canBeEmpty, media, methodOf, suffices, techniques } from './rules/techniques.ts';
import { about, findSubject, type SubjectRow } from './subjects.ts';

const optionalText = (most: number) =>
	textInput(most)
		.nullish()
		.transform((text) => text || null);

const input = z.object({
	slot: z.enum(['main', 'second', 'card']).default('main'),
	medium: z.enum(media, 'equipment.wipe_medium_missing'),
	technique: z.enum(techniques, 'equipment.wipe_technique_missing'),
	encrypted: z.boolean().default(false),
	sensitive: z.boolean().default(false),
	leaving: z.boolean().default(true),
	tool: textInput(80).default(''),
	toolVersion: textInput(40).default(''),
	result: z.enum(['done', 'failed', 'impossible'], 'equipment.wipe_result_missing'),
	startedAt: z.date('equipment.wipe_time_invalid'),
	endedAt: z.date('equipment.wipe_time_invalid'),
	serial: optionalText(80),
	imei: z
		.string()
		.trim()
		.regex(/^(\d{14,16})?$/, 'equipment.wipe_imei_invalid')
		.nullish()
		.transform((text) => text || null),
	note: optionalText(1000),
	report: z.string().max(200_000, 'equipment.wipe_report_unreadable').nullish(),
});
type Parsed = z.output<typeof input> & { mediumSerial: string | null; reportRead: object | null };

/** Clocks of two machines differ by this much at most, in milliseconds. */
const clockTolerance = 5 * 60_000;
const longestWipe = 30 * 86_400_000;

/** What was typed, with what a tool's report says in the place of what it says better. */
function readInput(given: unknown, now: Date): Result<Parsed> {
	const parsed = parseInput(input, given);
	if (!parsed.ok) return parsed;
	let value: Parsed = { ...parsed.value, mediumSerial: null, reportRead: null };
	if (value.report?.trim()) {
		const read = readNwipeReport(value.report);
		if (!read.ok) return read;
		const { tool, toolVersion, startedAt, endedAt, mediumSerial, done, bytes, model } = read.value;
		if (value.result === 'done' && !done) return refuse('equipment.wipe_report_failed');
		if (value.technique !== 'overwrite') return refuse('equipment.wipe_report_overwrites');
		value = { ...value, tool, toolVersion, startedAt, endedAt, mediumSerial: mediumSerial || null };
		const sha256 = createHash('sha256')
			.update(parsed.value.report ?? '')
			.digest('hex');
		value.reportRead = { tool, toolVersion, mediumSerial, model, bytes, done, sha256 };
	}
	const { startedAt, endedAt } = value;
	if (endedAt < startedAt) return refuse('equipment.wipe_ends_before');
	if (endedAt.getTime() > now.getTime() + clockTolerance) return refuse('equipment.wipe_in_the_future');
	if (endedAt.getTime() - startedAt.getTime() > longestWipe) return refuse('equipment.wipe_time_invalid');
	if (!value.tool && value.technique !== 'inspection')
		return refuse('equipment.wipe_tool_missing', { field: 'tool' });
	return ok(value);
}

/** What was achieved, or why what is said to be done does not do. */
function judge(
	subject: SubjectRow,
	value: Parsed,
	asked: Method,
	onlyDestroy: boolean,
): Result<Method | null> {
	if (value.medium === 'none' && !canBeEmpty(subject.category)) return refuse('equipment.wipe_never_empty');
	if (value.result !== 'done') return ok(null);
	const method = methodOf(value.technique, value.medium, value.encrypted);
	if (!method.ok) return method;
	if (onlyDestroy && method.value !== 'destroy') return refuse('equipment.wipe_must_destroy');
	if (!suffices(method.value, asked)) return refuse(`equipment.wipe_too_weak_${method.value}_${asked}`);
	return method;
}

export function createRecording(context: Context): Pick<Wiping, 'record'> {
	return { record: (actor, subject, given) => recordWipe(context, actor, subject, given) };
}

/** See `Wiping.record`. */
export async function recordWipe(
	context: Context,
	actor: Actor,
	subject: Subject,
	given: unknown,
): Promise<Result<WipeRecorded>> {
	if (!mayCollect(actor)) return refuse('platform.not_allowed');
	const operator = actor.kind === 'person' ? actor.id : null;
	if (!operator) return refuse('equipment.wipe_needs_person');
	const now = context.now();
	const read = readInput(given, now);
	if (!read.ok) return read;
	const { value } = read;
	return changing(context.db, async (trx) => {
		if (subject.kind === 'item')
			// A handover that is under way ends first.
			await sql`SELECT FROM equipment.collected_item WHERE id = ${asId(subject.id)} FOR SHARE`.execute(trx);
		const found = await findSubject(trx, subject);
		if (!found) return refuse('equipment.not_found');
		if (!found.here) return refuse('equipment.wipe_gone');
		if (!found.holds_data) return refuse('equipment.wipe_holds_none');
		// One thing after the other: what was said before decides what may be said now.
		await sql`SELECT pg_advisory_xact_lock(hashtextextended(${found.item_id ?? found.device_id}, 6088))`.execute(
			trx,
		);
		const { rows: before } = await sql<{ result: string; slot: string; sensitive: boolean }>`
			SELECT result, slot, sensitive FROM equipment.wipe WHERE ${about(found)} ORDER BY sequence`.execute(
			trx,
		);
		const sensitive = value.sensitive || (value.leaving && before.some((one) => one.sensitive));
		const asked = askedMethod({ leaving: value.leaving, sensitive });
		const last = before.findLast(({ slot }) => slot === value.slot);
		const method = judge(found, value, asked, last?.result === 'impossible');
		if (!method.ok) return method;

		const series = await seriesOf(trx, operator, value);
		const day = townDay(now);
		const seed = await seedOf(trx, day);
		const id = newId();
		const draw = drawOf(seed, id);
		const sampled =
			value.result === 'done' && isSample(draw, await samplePercent(trx), await isFirst(trx, series, day));
		await trx
			.insertInto('equipment.wipe')
			.values({
				id,
				item_id: found.item_id,
				device_id: found.device_id,
				category: found.category,
				series_id: series,
				day,
				slot: value.slot,
				medium: value.medium,
				technique: value.technique,
				encrypted: value.encrypted,
				sensitive,
				leaving: value.leaving,
				asked,
				method: method.value,
				result: value.result,
				started_at: value.startedAt,
				ended_at: value.endedAt,
				serial: value.serial,
				imei: value.imei,
				medium_serial: value.mediumSerial,
				note: value.note,
				report: value.reportRead ? JSON.stringify(value.reportRead) : null,
				draw,
				sampled,
				simulated: found.simulated,
				recorded_at: now,
			})
			.execute();
		await context.platform.audit.record(trx, {
			actor,
			action: 'equipment.wipe.recorded',
			subject: `wipe:${id}`,
			detail: { of: found.reference, result: value.result, technique: value.technique, sampled },
		});
		const standing = await standingOf(trx, id);
		const certificate =
			standing === 'accepted'
				? await issueFor(context, trx, actor, { ...found, leaving: value.leaving })
				: null;
		return ok({ id, method: method.value, standing, certificate });
	});
}

export async function standingOf(db: Db, wipeId: string): Promise<Standing> {
	const { rows } = await sql<{ standing: Standing }>`
		SELECT standing FROM equipment.wipe_standing WHERE wipe_id = ${wipeId}`.execute(db);
	return rows[0]?.standing ?? 'failed';
}

/** The series of an operator and a tool, held until the transaction ends. */
async function seriesOf(trx: Trx, operator: string, { tool, toolVersion }: Parsed): Promise<string> {
	await sql`INSERT INTO equipment.wipe_series (id, operator_id, tool, tool_version)
		VALUES (${newId()}, ${operator}, ${tool}, ${toolVersion}) ON CONFLICT DO NOTHING`.execute(trx);
	const { rows } = await sql<{ id: string }>`SELECT id FROM equipment.wipe_series
		WHERE operator_id = ${operator} AND tool = ${tool} AND tool_version = ${toolVersion} FOR UPDATE`.execute(
		trx,
	);
	return rows[0]?.id ?? '';
}

/** The day's seed; drawn when it is first needed. */
export async function seedOf(db: Db, day: string): Promise<Buffer> {
	await sql`INSERT INTO equipment.wipe_draw (day, seed) VALUES (${day}, ${randomBytes(32)}) ON CONFLICT DO NOTHING`.execute(
		db,
	);
	const { rows } = await sql<{
		seed: Buffer;
	}>`SELECT seed FROM equipment.wipe_draw WHERE day = ${day}`.execute(db);
	return rows[0]?.seed ?? Buffer.alloc(32);
}

async function samplePercent(db: Db): Promise<number> {
	const row = await db
		.selectFrom('equipment.wiping_settings')
		.select('sample_percent')
		.executeTakeFirstOrThrow();
	return row.sample_percent;
}

/** Whether no sample stands for the series on that day yet, or the last was refuted since. */
async function isFirst(db: Db, series: string, day: string): Promise<boolean> {
	const { rows } = await sql`
		SELECT FROM equipment.wipe JOIN equipment.wipe_standing standing ON standing.wipe_id = wipe.id
		WHERE series_id = ${series} AND day = ${day} AND sampled AND standing IN ('to_verify', 'verified')
			AND sequence > coalesce((SELECT max(refuted.sequence) FROM equipment.wipe refuted
				JOIN equipment.wipe_standing judged ON judged.wipe_id = refuted.id
				WHERE refuted.series_id = ${series} AND judged.standing = 'refuted'), 0)
		LIMIT 1`.execute(db);
	return !rows.length;
}
