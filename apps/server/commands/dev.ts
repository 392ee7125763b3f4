import { type ChildProcess, spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { parseOptions, root } from './command.ts';
import { buildPortal } from './portal-build.ts';

const usage = `./parvis dev [options of start]

Runs a town as start does; rebuilds the portal and restarts the server as files change.`;

const watched = ['platform', 'domains', 'engines', 'apps/server', 'apps/portal/src', 'apps/portal/messages'];
const quietMilliseconds = 300;

export async function run(args: string[]): Promise<number> {
	if (args.includes('--help') || args.includes('-h')) {
		console.log(usage);
		return 0;
	}
	parseOptions(args, usage, {
		empty: { type: 'boolean' },
		port: { type: 'string' },
		data: { type: 'string' },
		'no-simulators': { type: 'boolean' },
	});
	let server: ChildProcess | null = null;
	const ended = (child: ChildProcess) =>
		child.exitCode === null && child.signalCode === null
			? new Promise((resolve) => child.once('exit', resolve))
			: Promise.resolve();
	const restart = async () => {
		if (server) {
			server.kill('SIGTERM');
			await ended(server);
		}
		server = spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', `${root}apps/server/cli.ts`, 'start', ...args],
			{
				stdio: 'inherit',
				detached: true,
			},
		);
	};
	await restart();

	let changed = new Set<string>();
	let busy = Promise.resolve();
	let timer: NodeJS.Timeout | undefined;
	const onChange = (folder: string, file: string | null) => {
		if (!file || /(^|\/)(node_modules|build|\.svelte-kit)\/|\.test\.ts$|~$/.test(file)) return;
		changed.add(folder);
		clearTimeout(timer);
		timer = setTimeout(() => {
			const folders = changed;
			changed = new Set();
			busy = busy.then(async () => {
				console.log(`\nchanged: ${[...folders].join(', ')}`);
				try {
					if ([...folders].some((name) => name.startsWith('apps/portal'))) await buildPortal();
					await restart();
				} catch (error) {
					console.error((error as Error).message);
				}
			});
		}, quietMilliseconds);
	};
	const watchers = watched.flatMap((folder) => {
		try {
			return [watch(`${root}${folder}`, { recursive: true }, (_event, file) => onChange(folder, file))];
		} catch {
			return [];
		}
	});
	await new Promise<void>((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
	});
	for (const watcher of watchers) watcher.close();
	await busy;
	(server as ChildProcess | null)?.kill('SIGTERM');
	if (server) await ended(server);
	return 0;
}
