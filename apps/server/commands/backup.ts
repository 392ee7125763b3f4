import { writeArchive } from '../archive.ts';
import { withDatabase } from '../host.ts';
import { parseArchiveCall } from './command.ts';

const usage = `./parvis backup DIRECTORY [--data DIR]

Writes database and files to a new directory, with checksums. The town may run on: all of it is read at one instant.`;

export async function run(args: string[]): Promise<number> {
	const asked = parseArchiveCall(args, 'backup', usage);
	if (!asked) return 0;
	const { directory, config } = asked;
	const { tables, rows, files } = await withDatabase(config, (reached) => writeArchive(reached, directory));
	console.log(`${tables} tables, ${rows} rows and ${files} files are in ${directory}`);
	return 0;
}
