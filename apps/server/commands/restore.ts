import { readArchive } from '../archive.ts';
import { withDatabase } from '../host.ts';
import { parseArchiveCall } from './command.ts';

const usage = `./parvis restore DIRECTORY [--data DIR]

Reads what backup wrote into an empty database: all of it or nothing. The archive is checked before anything is written.`;

export async function run(args: string[]): Promise<number> {
	const asked = parseArchiveCall(args, 'restore', usage);
	if (!asked) return 0;
	const { directory, config } = asked;
	const { tables, rows, files } = await withDatabase(config, (reached) => readArchive(reached, directory));
	console.log(`${tables} tables, ${rows} rows and ${files} files are back`);
	return 0;
}
