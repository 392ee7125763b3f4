import { existsSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandError, root } from './command.ts';

interface Bench {
	run(args: string[]): Promise<void>;
}

/** Benchmarks stand in `bench/NAME.ts` of the room, engine or app that they measure. */
async function findBenches(): Promise<Map<string, string>> {
	const found = new Map<string, string>();
	for await (const file of glob(['{platform,apps/*,domains/*,engines/*}/bench/*.ts'], { cwd: root }))
		if (!file.includes('node_modules')) found.set(basename(file, '.ts'), `${root}${file}`);
	return found;
}

export async function run([name, ...args]: string[]): Promise<number> {
	const benches = await findBenches();
	const names = [...benches.keys()].sort().join(', ');
	if (name === undefined || name === '--help') {
		console.log(`Usage: ./parvis bench NAME [options]\n\nThere are: ${names}`);
		return name === undefined ? 2 : 0;
	}
	const file = benches.get(name);
	if (!file || !existsSync(file))
		throw new CommandError(`there is no benchmark "${name}". There are: ${names}`, 2);
	const { run: measure } = (await import(file)) as Bench;
	await measure(args);
	return 0;
}
