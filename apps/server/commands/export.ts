import { csvLine, type DatasetSource, readConfiguration, system } from '@parvis/platform';
import { CommandError, parseOptions, readEnvironment } from './command.ts';
import { withRooms } from './import.ts';

const usage = `./parvis export [NAME] [--format csv|json] [--data DIR]

Writes a public table to standard output; without a name, lists which there are. \`equipment\` writes the town's
devices with who holds them, which is not public: it imports again as it is.`;

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		format: { type: 'string', default: 'csv' },
		data: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const [name, ...more] = positionals;
	const { format } = values;
	if (more.length || (format !== 'csv' && format !== 'json'))
		throw new CommandError(`export takes one name, and csv or json.\nUsage: ${usage}`, 2);
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'warn';
	return withRooms(readConfiguration(env), async ({ equipment }, { datasets }) => {
		if (name === 'equipment') {
			const rows = equipment.exchange.exportJson(system) ?? [];
			if (format === 'json') for await (const row of rows) await write(`${JSON.stringify(row)}\n`);
			else for await (const line of equipment.exchange.exportCsv(system) ?? []) await write(line);
			return 0;
		}
		const sources = datasets.all().map(({ source }) => source);
		if (name === undefined) {
			for (const source of sources) console.log(`${source.name.padEnd(24)} ${source.title.en}`);
			return 0;
		}
		const source = sources.find((candidate) => candidate.name === name);
		if (!source)
			throw new CommandError(
				`there is no table "${name}". There are: ${sources.map((s) => s.name).join(', ')}`,
				2,
			);
		await (format === 'csv' ? writeCsv(source) : writeJson(source));
		return 0;
	});
}

async function write(text: string): Promise<void> {
	if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}

async function writeCsv(source: DatasetSource): Promise<void> {
	await write(csvLine(source.columns));
	for await (const row of source.rows()) await write(csvLine(row));
}

/** One JSON object a line. */
async function writeJson(source: DatasetSource): Promise<void> {
	for await (const row of source.rows())
		await write(
			`${JSON.stringify(Object.fromEntries(source.columns.map((column, i) => [column, row[i]])))}\n`,
		);
}
