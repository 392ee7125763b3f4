import { resolve } from 'node:path';
import { readConfiguration } from '@parvis/platform';
import { readArchive } from '../archive.ts';
import { withDatabase } from '../host.ts';
import { CommandError, parseOptions, readEnvironment } from './command.ts';

const usage = `./parvis restore DIRECTORY [--data DIR]

Reads what backup wrote into an empty database: all of it or nothing. The archive is checked before anything is written.`;

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
	if (!directory || more.length) throw new CommandError(`restore takes one directory.\nUsage: ${usage}`, 2);
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'warn';
	const { tables, rows, files } = await withDatabase(readConfiguration(env), (config) =>
		readArchive(config, resolve(directory)),
	);
	console.log(`${tables} tables, ${rows} rows and ${files} files are back`);
	return 0;
}
