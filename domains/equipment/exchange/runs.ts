import { Readable } from 'node:stream';
import { changing, newId, ok, refuse } from '@parvis/platform';
import type { Context } from '../context.ts';
import { mayManage } from '../policies.ts';
import type { Exchange } from './face.ts';
import type { createGlpiConnection } from './glpi/connection.ts';
import { drawMapping, isUsable } from './importing.ts';
import { readTable } from './reading.ts';
import { importFields, importSystems } from './rules/fields.ts';
import { type Mapping, signatureOf } from './rules/headings.ts';
import { saveWords } from './words.ts';
import type { Working } from './working.ts';

export const mostBytes = 32 * 1024 * 1024;

/** Files on their way in, and what a GLPI gave: each checked first, then applied. */
export function createRuns(
	context: Context,
	glpi: ReturnType<typeof createGlpiConnection>,
	working: Working,
): Pick<Exchange, 'runs'> & { glpiRun: Exchange['glpi']['run'] } {
	const { db, platform, now } = context;
	const { select, shown, find, fileOf, answer, work, startGlpi } = working;

	return {
		async glpiRun(actor, { dryRun }) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			if (!(await glpi.access())) return refuse('equipment.glpi_missing');
			return answer(await startGlpi(actor, dryRun));
		},

		runs: {
			async list(actor) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				const rows = await select().orderBy('created_at', 'desc').limit(20).execute();
				return ok(rows.map(shown));
			},

			async get(actor, id) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				return answer(id);
			},

			async upload(actor, { name, bytes }, asked) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				if (bytes.byteLength === 0) return refuse('equipment.import_empty');
				if (bytes.byteLength > mostBytes) return refuse('equipment.import_too_large');
				const table = readTable(bytes);
				if (!table.ok) return table;
				const named = importSystems.find((known) => known === asked);
				const { system, mapping } = await drawMapping(db, table.value.headings, named);
				const id = newId();
				const key = `equipment/import/${id}`;
				await platform.files.put(key, Readable.from([Buffer.from(bytes)]), { contentType: 'text/csv' });
				await db
					.insertInto('equipment.import_run')
					.values({
						id,
						source: 'file',
						system,
						file_name: name.replaceAll(/[\p{C}]/gu, '').slice(-200) || 'import.csv',
						file_key: key,
						status: 'mapping',
						by_person: actor.kind === 'person' ? actor.id : null,
						created_at: now(),
					})
					.execute();
				return isUsable(mapping) ? work(actor, { id }, true, table.value.rows.length) : answer(id);
			},

			async columns(actor, id) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				const run = await find(id);
				const bytes = run && (await fileOf(run));
				if (!run || !bytes) return refuse('equipment.import_run_unknown');
				const table = readTable(bytes);
				if (!table.ok) return table;
				const { headings, rows } = table.value;
				const { mapping, remembered } = await drawMapping(db, headings, run.system);
				const { fileKey: _fileKey, ...rest } = run;
				return ok({
					run: rest,
					headings,
					mapping,
					remembered,
					samples: Object.fromEntries(
						headings.map((heading) => [
							heading,
							[...new Set(rows.slice(0, 50).map(({ cells }) => cells[heading] ?? ''))]
								.filter(Boolean)
								.slice(0, 3)
								.map((sample) => sample.slice(0, 60)),
						]),
					),
				});
			},

			async map(actor, id, given) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				const run = await find(id);
				const bytes = run && (await fileOf(run));
				if (!run || !bytes) return refuse('equipment.import_run_unknown');
				const table = readTable(bytes);
				if (!table.ok) return table;
				const mapping: Mapping = {};
				for (const heading of table.value.headings) {
					const field = importFields.find((known) => known === given[heading]);
					if (!field) continue;
					if (Object.values(mapping).includes(field))
						return refuse('equipment.import_field_twice', { field });
					mapping[heading] = field;
				}
				if (!isUsable(mapping)) return refuse('equipment.import_unmapped');
				const kept = {
					system: run.system,
					headings: JSON.stringify(table.value.headings),
					fields: JSON.stringify(mapping),
					by_person: actor.kind === 'person' ? actor.id : null,
					updated_at: now(),
				};
				await db
					.insertInto('equipment.import_mapping')
					.values({ signature: signatureOf(table.value.headings), ...kept })
					.onConflict((conflict) => conflict.column('signature').doUpdateSet(kept))
					.execute();
				return work(actor, run, true, table.value.rows.length);
			},

			async setWords(actor, id, words) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				const run = await find(id);
				if (!run || (run.source === 'file' && !run.hasFile)) return refuse('equipment.import_run_unknown');
				const saved = await changing(db, (trx) => saveWords(context, trx, words));
				if (!saved.ok) return saved;
				return work(
					actor,
					run,
					true,
					run.source === 'glpi' ? Number.POSITIVE_INFINITY : (run.report?.rows ?? 0),
				);
			},

			async apply(actor, id) {
				if (!mayManage(actor)) return refuse('platform.not_allowed');
				const run = await find(id);
				if (!run) return refuse('equipment.import_run_unknown');
				if (run.status !== 'checked') return refuse('equipment.import_not_checked');
				return work(
					actor,
					run,
					false,
					run.source === 'glpi' ? Number.POSITIVE_INFINITY : (run.report?.rows ?? 0),
				);
			},
		},
	};
}
