import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { type Configuration, readConfiguration } from '@parvis/platform';

/** The checkout's folder. */
export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A refusal to tell a person in one line, with the exit code: 1 it cannot be done now, 2 the call's words are off. */
export class CommandError extends Error {
	readonly exitCode: number;
	constructor(message: string, exitCode = 1) {
		super(message);
		this.exitCode = exitCode;
	}
}

/** Parse a command's options; unknown ones are refused with the usage line. */
export function parseOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
	args: string[],
	usage: string,
	options: Options,
) {
	try {
		return parseArgs({ args, options, allowPositionals: true });
	} catch (error) {
		throw new CommandError(`${(error as Error).message}\nUsage: ${usage}`, 2);
	}
}

/** Variables of `.env`, below those of the environment. */
export function readEnvironment(): Record<string, string | undefined> {
	if (existsSync(`${root}.env`)) process.loadEnvFile(`${root}.env`);
	return { ...process.env };
}

/**
 * Parse `backup DIRECTORY` and `restore DIRECTORY`.
 * @returns null when only the usage was asked for, and printed
 */
export function parseArchiveCall(
	args: string[],
	name: string,
	usage: string,
): { directory: string; config: Configuration } | null {
	const { values, positionals } = parseOptions(args, usage, {
		data: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return null;
	}
	const [directory, ...more] = positionals;
	if (!directory || more.length) throw new CommandError(`${name} takes one directory.\nUsage: ${usage}`, 2);
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'warn';
	return { directory: resolve(directory), config: readConfiguration(env) };
}

/** Tell a person what is going on, a line a step with the time it took. Quiet when it took no time worth a line. */
export async function step<T>(label: string, work: () => Promise<T>): Promise<T> {
	const started = performance.now();
	if (process.stderr.isTTY) process.stderr.write(`  ${label} … `);
	try {
		const value = await work();
		const seconds = ((performance.now() - started) / 1000).toFixed(1);
		process.stderr.write(
			process.stderr.isTTY ? `done in ${seconds} s\n` : `  ${label}: done in ${seconds} s\n`,
		);
		return value;
	} catch (error) {
		process.stderr.write(process.stderr.isTTY ? 'failed\n' : `  ${label}: failed\n`);
		throw error;
	}
}
