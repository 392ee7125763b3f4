import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createFootprint } from '@parvis/footprint';
import { createIdentity } from '@parvis/identity';
import {
	createLogger,
	createPlatform,
	migrate,
	platformMigrations,
	type Room,
	readConfiguration,
	system,
} from '@parvis/platform';
import { startEmbeddedPostgres } from '@parvis/platform/embedded-postgres';
import { createTown } from '@parvis/town';
import { createEquipment } from '../index.ts';

const makes = [
	['Dell Inc.', 'Latitude 5420', 'Laptop'],
	['HP', 'HP EliteBook 840 G6 Notebook PC', 'Laptop'],
	['LENOVO', 'ThinkPad T14', 'Laptop'],
	['Dell Inc.', 'OptiPlex 5060 Small Form Factor', 'Desktop'],
	['HP', 'P24h G4', 'Monitor'],
	['Samsung', 'Galaxy A54', 'Smartphone'],
	['Apple', 'iPhone SE', 'Smartphone'],
	['Samsung', 'Galaxy Tab A8', 'Tablet'],
] as const;

/** A Snipe-IT export of so many devices, six tenths of them held by somebody. */
function exportOf(devices: number, moved: (at: number) => boolean): Buffer {
	const lines = [
		'ID,Asset Tag,Serial,Model,Category,Status,Checked Out To,Location,Department,Manufacturer,Supplier,Purchase Date,Purchase Cost,Order Number,Warranty',
	];
	for (let at = 0; at < devices; at++) {
		const [maker, model, category] = makes[at % makes.length] ?? makes[0];
		const day = `${2016 + (at % 10)}-${String(1 + (at % 12)).padStart(2, '0')}-${String(1 + (at % 28)).padStart(2, '0')}`;
		const holder = at % 10 < 6 ? `Agent ${at % 9000}` : '';
		const place = moved(at) ? 'Centre technique' : `Site ${at % 60}`;
		lines.push(
			`${at + 1},MV-${String(at + 1).padStart(6, '0')},SN${at.toString(36).toUpperCase()}X${at},${model},${category},Ready to Deploy,${holder},${place},Service ${at % 40},${maker},UGAP,${day},"${700 + (at % 900)}.50",BC-${at % 500},36 months`,
		);
	}
	return Buffer.from(lines.join('\n'));
}

/**
 * Import of an inventory on a database of its own: first, again unchanged, again with one device in twenty moved; each in one
 * transaction with models, holders and histories. `./parvis bench equipment-import [--devices 20000]`
 */
export async function run(args: string[]): Promise<void> {
	const { values } = parseArgs({ args, options: { devices: { type: 'string', default: '20000' } } });
	const devices = Number(values.devices);
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	// The database's own account has to reach its directory.
	await chmod(directory, 0o755);
	const postgres = await startEmbeddedPostgres({
		dataDir: join(directory, 'postgres'),
		log: createLogger('error'),
	});
	const platform = createPlatform(
		readConfiguration({
			DATABASE_URL: postgres.url,
			PARVIS_DATA: directory,
			PARVIS_ROLES: 'web',
			PARVIS_LOG_LEVEL: 'error',
		}),
	);
	const identity = createIdentity(platform);
	const town = createTown(platform);
	const footprint = createFootprint(platform);
	const equipment = createEquipment(platform, { identity, town, footprint });
	try {
		const sources = [identity, town, footprint, equipment].map(({ room }: { room: Room }) => ({
			room: room.name,
			folder: room.migrations,
		}));
		await migrate(platform.pool, [platformMigrations, ...sources]);
		await platform.start();
		const [cpu] = cpus();
		console.log(
			`${devices} devices; ${cpus().length} cores (${cpu?.model.trim()}), database on this machine`,
		);
		const measure = async (what: string, bytes: Buffer, dryRun = false) => {
			const start = performance.now();
			const report = await equipment.exchange.importFile(system, bytes, { dryRun });
			const seconds = (performance.now() - start) / 1000;
			if (!report.ok) throw new Error(report.error);
			const { created, changed, unchanged, refused } = report.value;
			console.log(
				`${what.padEnd(28)} ${seconds.toFixed(1).padStart(6)} s  ${Math.round(devices / seconds)} devices/s  created ${created}, changed ${changed}, unchanged ${unchanged}, refused ${refused}`,
			);
		};
		const first = exportOf(devices, () => false);
		await measure('dry run', first, true);
		await measure('first import', first);
		await measure('again, unchanged', first);
		await measure(
			'again, 5 % changed',
			exportOf(devices, (at) => at % 20 === 0),
		);
		const start = performance.now();
		let bytes = 0;
		for await (const line of equipment.exchange.exportCsv(system) ?? []) bytes += line.length;
		console.log(
			`export                       ${((performance.now() - start) / 1000).toFixed(1).padStart(6)} s  ${Math.round(bytes / 1024)} kB`,
		);
	} finally {
		await platform.stop();
		await postgres.stop();
		await rm(directory, { recursive: true, force: true });
	}
}
