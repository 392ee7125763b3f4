import { resolve } from 'node:path';
import { readConfiguration } from '@parvis/platform';
import { writeArchive } from '../archive.ts';
import { withDatabase } from '../host.ts';
import { CommandError, parseOptions, readEnvironment } from './command.ts';

const usage = `./parvis backup DIRECTORY [--data DIR]

Writes database and files to a new directory, with checksums. The town may run on: all of it is read at one instant.`;

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		data: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const [directory, ...more] = positionals;
	if (!directory || more.length) throw new CommandError(`backup takes one directory.\nUsage: ${usage}`, 2);
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'warn';
	const { tables, rows, files } = await withDatabase(readConfiguration(env), (config) =>
		writeArchive(config, resolve(directory)),
	);
	console.log(`${tables} tables, ${rows} rows and ${files} files are in ${directory}`);
	return 0;
}
