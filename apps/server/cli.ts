import { ConfigurationError } from '@parvis/platform';
import { CommandError } from './commands/command.ts';

const commands: Record<
	string,
	{ summary: string; load(): Promise<{ run(args: string[]): Promise<number> }> }
> = {
	start: {
		summary: 'run a town: the demonstration one, or --empty a new one',
		load: () => import('./commands/start.ts'),
	},
	dev: {
		summary: 'run it, rebuilding and restarting as files change',
		load: () => import('./commands/dev.ts'),
	},
	test: { summary: 'every check and every test', load: () => import('./commands/test.ts') },
	check: {
		summary: 'types, lint, floors, dead code, table types',
		load: () => import('./commands/check.ts'),
	},
	bench: {
		summary: 'measure: bench NAME; without a name, which there are',
		load: () => import('./commands/bench.ts'),
	},
	demo: {
		summary: 'play a meeting in the demonstration that runs: demo council',
		load: () => import('./commands/demo.ts'),
	},
	doctor: { summary: 'what runs, on what, and what is missing', load: () => import('./commands/doctor.ts') },
	backup: {
		summary: 'write database and files to an archive: backup FILE',
		load: () => import('./commands/backup.ts'),
	},
	restore: { summary: 'read an archive back: restore FILE', load: () => import('./commands/restore.ts') },
	import: {
		summary: 'take in places, streets, devices …: import KIND FILE',
		load: () => import('./commands/import.ts'),
	},
	export: {
		summary: 'write public tables: export [NAME] [--format csv|json]',
		load: () => import('./commands/export.ts'),
	},
	codec: {
		summary: 'try payload codecs on their examples: codec test FILE',
		load: () => import('./commands/codec.ts'),
	},
};

function help(): string {
	const lines = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(8)} ${summary}`);
	return `Usage: ./parvis COMMAND [options]\n\n${lines.join('\n')}\n\n./parvis COMMAND --help tells more. Settings are in .env.example.`;
}

async function main([name, ...args]: string[]): Promise<number> {
	if (name === undefined || ['help', '--help', '-h'].includes(name)) {
		console.log(help());
		return name === undefined ? 2 : 0;
	}
	const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
	if (!command) {
		console.error(`parvis: there is no command "${name}".\n\n${help()}`);
		return 2;
	}
	try {
		const { run } = await command.load();
		return await run(args);
	} catch (error) {
		if (error instanceof CommandError || error instanceof ConfigurationError) {
			console.error(`parvis: ${error.message}`);
			return error instanceof CommandError ? error.exitCode : 1;
		}
		throw error;
	}
}

process.exitCode = await main(process.argv.slice(2));
