import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { CommandError, parseOptions, root } from './command.ts';
import { checkTableTypes } from './table-types.ts';

const usage = `./parvis check [--write]

Types, lint and format, floors, dead code, types of the portal, types of the tables.
  --write   format and regenerate what can be`;

const bin = (path: string) => [process.execPath, `${root}node_modules/${path}`] as const;

/** Each check's name and what it runs; it holds when the program exits with 0. */
export const checks: readonly { name: string; run(write: boolean): Promise<void> }[] = [
	{ name: 'types', run: () => program(bin('typescript/bin/tsc'), ['-p', root]) },
	{
		name: 'lint and format',
		run: (write) =>
			program(bin('@biomejs/biome/bin/biome'), [
				'check',
				'--error-on-warnings',
				...(write ? ['--write'] : []),
				root,
			]),
	},
	{
		name: 'floors',
		run: () =>
			program(bin('dependency-cruiser/bin/dependency-cruiser.mjs'), [
				'--config',
				`${root}.dependency-cruiser.cjs`,
				'platform',
				'domains',
				'engines',
				'apps',
			]),
	},
	{
		name: 'types of the portal',
		run: async () => {
			await program(bin('@sveltejs/kit/svelte-kit.js'), ['sync'], `${root}apps/portal`);
			await program(
				bin('svelte-check/bin/svelte-check'),
				['--tsconfig', './tsconfig.json', '--threshold', 'warning', '--output', 'human'],
				`${root}apps/portal`,
			);
		},
	},
	{ name: 'dead code', run: () => program(bin('knip/bin/knip.js'), ['--no-progress']) },
	{ name: 'types of the tables', run: checkTableTypes },
];

async function program(
	[node, file]: readonly [string, string],
	args: readonly string[],
	cwd = root,
): Promise<void> {
	try {
		await promisify(execFile)(node, [file, ...args], { cwd, maxBuffer: 1 << 26 });
	} catch (error) {
		const { stdout, stderr } = error as { stdout?: string; stderr?: string };
		throw new Error(`${stdout ?? ''}${stderr ?? ''}`.trim() || String(error));
	}
}

/** @returns how many checks hold and how many do not; what is wrong is printed */
export async function runChecks(write: boolean): Promise<{ passed: number; failed: number }> {
	let failed = 0;
	for (const { name, run } of checks) {
		const started = performance.now();
		const outcome = await run(write).then(
			() => 'holds',
			(error: Error) => {
				failed++;
				console.log(error.message);
				return 'FAILS';
			},
		);
		console.log(`check ${name}: ${outcome} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
	}
	return { passed: checks.length - failed, failed };
}

export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		write: { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	if (positionals.length) throw new CommandError(`check takes no "${positionals[0]}".\nUsage: ${usage}`, 2);
	const { failed } = await runChecks(values.write);
	return failed ? 1 : 0;
}
