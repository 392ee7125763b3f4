import { constants, createReadStream } from 'node:fs';
import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
	type Configuration,
	createPlatform,
	type Platform,
	readConfiguration,
	system,
} from '@parvis/platform';
import { importKinds, type RoadNetwork } from '@parvis/town';
import { withDatabase } from '../host.ts';
import { buildRooms, type Rooms } from '../town.ts';
import { CommandError, parseOptions, readEnvironment } from './command.ts';

const kinds = [...importKinds, 'devices', 'equipment', 'pabulib', 'roads'] as const;

const usage = `./parvis import KIND FILE [--dry-run] [--system NAME] [--attribution TEXT] [--data DIR]

  KIND  ${kinds.join(', ')}
  FILE  GeoJSON (WGS84) for places, streets, districts and layers of the map; CSV for places and devices; a Pabulib file (.pb) for a participatory
        budget of the past, which becomes a call that is over; an OpenStreetMap extract (.osm.pbf, .osm.gz, .osm) for roads;
        the CSV of GLPI, Snipe-IT, Intune, Lansweeper or Parvis for equipment, told by its headings or by
        --system glpi|snipeit|intune|lansweeper|parvis|csv

What has an identifier seen before is changed, not added. --dry-run only reports. Roads
replace those that were there; --attribution says whose they are when they are not OpenStreetMap's.`;

/** Work with a town's rooms on its database, whether the town runs or not. */
export async function withRooms<T>(
	config: Configuration,
	work: (rooms: Rooms, platform: Platform) => Promise<T>,
): Promise<T> {
	return withDatabase(config, async (opened) => {
		const platform = createPlatform(opened);
		try {
			const { rooms } = buildRooms(platform);
			await platform.jobs.start(false);
			return await work(rooms, platform);
		} catch (error) {
			if ((error as { code?: string }).code === '42P01')
				throw new CommandError('the town’s tables are not there yet: run ./parvis start once.');
			throw error;
		} finally {
			await platform.stop();
		}
	});
}

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		'dry-run': { type: 'boolean', default: false },
		attribution: { type: 'string' },
		system: { type: 'string' },
		data: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const [kind, file, ...more] = positionals;
	const known = kinds.find((name) => name === kind);
	if (!known || !file || more.length)
		throw new CommandError(`import takes a kind and a file.\nUsage: ${usage}`, 2);
	const unreadable = (error: NodeJS.ErrnoException) => {
		throw new CommandError(`${file} cannot be read: ${error.code}`);
	};
	const isText = known !== 'roads' && known !== 'equipment';
	const text = isText ? await readFile(file, 'utf8').catch(unreadable) : '';
	if (known === 'roads') await access(file, constants.R_OK).catch(unreadable);
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'warn';
	const dryRun = values['dry-run'];
	return withRooms(readConfiguration(env), async ({ town, sensing, participation, equipment }, platform) => {
		const say = (error: string, detail?: Record<string, string | number>) =>
			platform.messages.t('en', error, detail);
		if (known === 'pabulib') {
			if (dryRun)
				throw new CommandError('a past election is taken in whole or refused: it has no --dry-run.', 2);
			const imported = await participation.counting.importPabulib(system, text, { source: basename(file) });
			if (!imported.ok) throw new CommandError(say(imported.error, imported.detail));
			const { slug, projects, ballots } = imported.value;
			console.log(`${projects} projects and ${ballots} ballots: /participer/${slug}/resultat`);
			return 0;
		}
		if (known === 'equipment') {
			const bytes = await readFile(file).catch(unreadable);
			const { system: named } = values;
			if (named && !equipment.exchange.systems.some((one) => one === named))
				throw new CommandError(`--system is one of ${equipment.exchange.systems.join(', ')}.`, 2);
			const imported = await equipment.exchange.importFile(system, bytes, { dryRun, system: named });
			if (!imported.ok) throw new CommandError(say(imported.error, imported.detail));
			const report = imported.value;
			for (const { line, error, detail } of report.lists.refused)
				console.error(`  ${line}: ${say(error, detail)}`);
			console.log(
				`${report.system}: ${dryRun ? 'would be: ' : ''}${report.created} added, ${report.changed} changed, ${report.unchanged} as they were, ${report.refused} refused`,
			);
			if (report.unwiped)
				console.log(`  ${report.unwiped} gone or with somebody else, without a wipe on record`);
			for (const { kind: of, word, lines } of report.unknownWords)
				console.log(`  unknown ${of} "${word}" on ${lines} lines: say in the portal what it means`);
			return report.refused ? 1 : 0;
		}
		if (known === 'roads') {
			if (dryRun) throw new CommandError('roads are taken in whole or refused: there is no --dry-run.', 2);
			const imported = await town.roads.import(system, createReadStream(file), {
				source: basename(file),
				attribution: values.attribution,
			});
			if (!imported.ok) throw new CommandError(say(imported.error, imported.detail));
			console.log(roadsText(imported.value));
			return 0;
		}
		const result =
			known === 'devices'
				? await sensing.devices.importCsv(system, text, { dryRun })
				: await town.import(system, known, text, { dryRun });
		if (!result.ok) throw new CommandError(say(result.error, result.detail));
		const { value } = result;
		const changed = 'changed' in value ? value.changed : value.updated;
		const faults =
			'faults' in value
				? value.faults.map(({ row, error, detail }) => ({ line: row, text: say(error, detail) }))
				: value.refused.map(({ line, error, detail }) => ({ line, text: say(error, detail) }));
		for (const { line, text: reason } of faults) console.error(`  ${line}: ${reason}`);
		console.log(
			`${dryRun ? 'would be: ' : ''}${value.created} added, ${changed} changed, ${value.unchanged} as they were, ${faults.length} refused`,
		);
		return faults.length ? 1 : 0;
	});
}

function roadsText({ report, graphBytes }: RoadNetwork): string {
	const { restrictions, limits } = report;
	const ignored = Object.entries(restrictions.ignored).filter(([, count]) => count > 0);
	return [
		`${Math.round(report.kilometers)} km of roads: ${report.ways} ways, ${report.nodes} nodes, ${report.edges} edges, ${Math.ceil(graphBytes / 1024)} kB`,
		`${restrictions.kept} turn restrictions${ignored.length ? `, left out: ${ignored.map(([reason, count]) => `${count} ${reason}`).join(', ')}` : ''}`,
		`limits of height ${limits.height}, weight ${limits.weight}, width ${limits.width}; unreadable ${report.unreadableLimits}; at certain times only ${report.conditionalRules}`,
		`cut off from the rest: ${Object.entries(report.cutOff)
			.map(([profile, count]) => `${profile} ${count}`)
			.join(', ')}; nodes that are missing: ${report.missingNodes}`,
	].join('\n');
}
