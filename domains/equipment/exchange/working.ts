import { buffer } from 'node:stream/consumers';
import {
	type Actor,
	asId,
	newId,
	type Outgoing,
	ok,
	system as program,
	type Result,
	refuse,
} from '@parvis/platform';
import type { Context } from '../context.ts';
import type { ImportRun, ImportRunStatus } from './face.ts';
import { glpiMapping, readGlpi } from './glpi/client.ts';
import type { createGlpiConnection } from './glpi/connection.ts';
import { drawMapping, importTable, isUsable } from './importing.ts';
import { noLists } from './planning.ts';
import { readTable, type Table } from './reading.ts';
import type { ImportSystem } from './rules/fields.ts';
import type { Mapping } from './rules/headings.ts';

/** More rows than these are checked and applied by a job. */
const rowsAtOnce = 2000;
const keepFileDays = 7;
const keepListsDays = 30;
const workJob = 'equipment.import';

interface Work {
	runId: string;
	dryRun: boolean;
	personId: string | null;
}

export type FoundRun = ImportRun & { fileKey: string | null };

/** The work on runs: reading, checking, applying, here or in a job; and what is thrown away when it is old. */
export function createWorking(
	context: Context,
	glpi: ReturnType<typeof createGlpiConnection>,
	outgoing: Outgoing,
) {
	const { db, platform, now } = context;

	const select = () =>
		db
			.selectFrom('equipment.import_run')
			.select([
				'id',
				'source',
				'system',
				'file_name as fileName',
				'status',
				'progress_percent as progressPercent',
				'report',
				'error',
				'file_key as fileKey',
				'created_at as createdAt',
				'finished_at as finishedAt',
			])
			.$castTo<Omit<ImportRun, 'hasFile'> & { fileKey: string | null }>();
	const shown = ({
		fileKey,
		...run
	}: Omit<ImportRun, 'hasFile'> & { fileKey: string | null }): ImportRun => ({
		...run,
		hasFile: fileKey !== null,
	});
	async function find(id: string): Promise<FoundRun | null> {
		const row = await select().where('id', '=', asId(id)).executeTakeFirst();
		return row ? { ...shown(row), fileKey: row.fileKey } : null;
	}
	const set = (
		id: string,
		changes: Partial<{
			status: ImportRunStatus;
			progress_percent: number;
			error: string | null;
			system: string;
			report: string | null;
			finished_at: Date | null;
			file_key: string | null;
		}>,
	) => db.updateTable('equipment.import_run').set(changes).where('id', '=', id).execute();

	async function fileOf(run: { fileKey: string | null }): Promise<Uint8Array | null> {
		const stream = run.fileKey ? await platform.files.get(run.fileKey) : null;
		return stream ? buffer(stream) : null;
	}

	async function answer(id: string): Promise<Result<ImportRun>> {
		const run = await find(id);
		if (!run) return refuse('equipment.import_run_unknown');
		const { fileKey: _fileKey, ...rest } = run;
		return ok(rest);
	}

	/** Do it here, or leave it to a job. */
	async function work(
		actor: Actor,
		run: { id: string },
		dryRun: boolean,
		rows: number,
	): Promise<Result<ImportRun>> {
		const task: Work = { runId: run.id, dryRun, personId: actor.kind === 'person' ? actor.id : null };
		await set(run.id, {
			status: dryRun ? 'checking' : 'applying',
			progress_percent: 0,
			error: null,
			finished_at: null,
		});
		if (rows > rowsAtOnce) await platform.jobs.send(workJob, task);
		else await carryOut(task);
		return answer(run.id);
	}

	async function tableOf(
		run: ImportRun & { fileKey: string | null },
		progress: (share: number) => Promise<void>,
	): Promise<Result<{ table: Table; system: ImportSystem; mapping: Mapping }>> {
		if (run.source === 'glpi') {
			const access = await glpi.access();
			if (!access) return refuse('equipment.glpi_missing');
			const read = await readGlpi(outgoing, access, (share) => progress(share / 2));
			return read.ok
				? ok({ table: read.table, system: 'glpi', mapping: glpiMapping })
				: refuse(read.error, read.detail);
		}
		const bytes = await fileOf(run);
		if (!bytes) return refuse('equipment.import_file_gone');
		const table = readTable(bytes);
		if (!table.ok) return table;
		const { system, mapping } = await drawMapping(db, table.value.headings, run.system);
		return isUsable(mapping)
			? ok({ table: table.value, system, mapping })
			: refuse('equipment.import_unmapped');
	}

	async function carryOut({ runId, dryRun, personId }: Work): Promise<void> {
		const run = await find(runId);
		if (run?.status !== (dryRun ? 'checking' : 'applying')) return;
		const actor: Actor = personId ? { ...program, kind: 'person', id: personId } : program;
		const progress = (share: number) =>
			set(runId, { progress_percent: Math.round(Math.min(1, share) * 100) }).then(() => {});
		const fail = (error: string) => set(runId, { status: 'failed', error, finished_at: now() });
		try {
			const read = await tableOf(run, progress);
			if (!read.ok) {
				const reason = read.detail?.reason ?? read.detail?.line;
				await fail(reason === undefined ? read.error : `${read.error}|${reason}`);
				return;
			}
			const { table, system, mapping } = read.value;
			const done = await importTable(context, actor, table, system, mapping, { dryRun, progress });
			if (!done.ok) {
				await fail(done.error);
				return;
			}
			await set(runId, {
				status: dryRun ? 'checked' : 'applied',
				report: JSON.stringify(done.value),
				system,
				progress_percent: 100,
				error: null,
				finished_at: now(),
			});
			if (!dryRun && run.fileKey) {
				await set(runId, { file_key: null });
				await platform.files.delete(run.fileKey);
			}
		} catch (error) {
			// Nothing is half written: the next try starts from the file again.
			await fail('equipment.import_failed');
			throw error;
		}
	}

	platform.jobs.define<Work>(workJob, { retryLimit: 2, expireInSeconds: 3600 }, carryOut);

	async function startGlpi(actor: Actor, dryRun: boolean): Promise<string> {
		const id = newId();
		const host = new URL((await glpi.access())?.url ?? 'http://glpi').host;
		await db
			.insertInto('equipment.import_run')
			.values({
				id,
				source: 'glpi',
				system: 'glpi',
				file_name: host,
				status: dryRun ? 'checking' : 'applying',
				by_person: actor.kind === 'person' ? actor.id : null,
				created_at: now(),
			})
			.execute();
		await platform.jobs.send(workJob, {
			runId: id,
			dryRun,
			personId: actor.kind === 'person' ? actor.id : null,
		});
		return id;
	}

	platform.jobs.define('equipment.glpi-nightly', { cron: '20 2 * * *' }, async () => {
		if (await glpi.isNightly()) await startGlpi(program, false);
	});

	platform.jobs.define('equipment.import-purge', { cron: '50 2 * * *' }, async () => {
		const before = (days: number) => new Date(now().getTime() - days * 86_400_000);
		const old = await db
			.selectFrom('equipment.import_run')
			.select(['id', 'file_key'])
			.where('file_key', 'is not', null)
			.where('created_at', '<', before(keepFileDays))
			.execute();
		for (const { id, file_key } of old) {
			if (file_key) await platform.files.delete(file_key);
			await set(id, { file_key: null });
		}
		const listed = await db
			.selectFrom('equipment.import_run')
			.select(['id', 'report'])
			.where('report', 'is not', null)
			.where('created_at', '<', before(keepListsDays))
			.execute();
		for (const { id, report } of listed)
			await set(id, {
				report: JSON.stringify({
					...(report as object),
					lists: noLists(),
				}),
			});
	});

	return { select, shown, find, fileOf, answer, work, startGlpi };
}

export type Working = ReturnType<typeof createWorking>;
