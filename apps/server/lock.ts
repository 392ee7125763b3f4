import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from './commands/command.ts';

/** Who runs on a data directory, as noted in its lock file. */
export interface Holder {
	pid: number;
	/** Start time of the process in clock ticks since boot (/proc/pid/stat, field 22): pids are used again, this pair is not. */
	startedAt: string | null;
	url: string | null;
}

function startTime(pid: number): string | null {
	try {
		const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
		// The name in parentheses may hold spaces; the fields after it do not.
		return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
	} catch {
		return null;
	}
}

function isAlive({ pid, startedAt }: Holder): boolean {
	try {
		process.kill(pid, 0);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
	}
	return startedAt === null || startTime(pid) === startedAt;
}

const lockFile = (dataDir: string) => join(dataDir, 'parvis.lock');

/** The live process that runs on the directory, or null. A lock that a killed process left counts for nothing. */
export function holderOf(dataDir: string): Holder | null {
	try {
		const holder = JSON.parse(readFileSync(lockFile(dataDir), 'utf8')) as Holder;
		return isAlive(holder) ? holder : null;
	} catch {
		return null;
	}
}

/**
 * Take the directory for this process.
 * @throws {CommandError} when another live process has it
 */
export function lockData(dataDir: string): { note(url: string): void; release(): void } {
	mkdirSync(dataDir, { recursive: true });
	const mine: Holder = { pid: process.pid, startedAt: startTime(process.pid), url: null };
	const path = lockFile(dataDir);
	for (let attempt = 0; ; attempt++) {
		try {
			writeFileSync(path, JSON.stringify(mine), { flag: 'wx' });
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === 2) throw error;
		}
		const holder = holderOf(dataDir);
		if (holder)
			throw new CommandError(
				`a town already runs on ${dataDir} (process ${holder.pid}${holder.url ? `, ${holder.url}` : ''}). Stop it first, or give another directory with --data DIR.`,
			);
		rmSync(path, { force: true });
	}
	return {
		note: (url) => writeFileSync(path, JSON.stringify({ ...mine, url })),
		release: () => rmSync(path, { force: true }),
	};
}
