import { readdir, readFile } from 'node:fs/promises';

const ticksPerSecond = 100;

interface ProcessTime {
	pid: number;
	parent: number;
	/** Program and arguments. */
	command: string;
	/** Seconds of processor time, user and system. */
	seconds: number;
}

async function processes(): Promise<ProcessTime[]> {
	const found: ProcessTime[] = [];
	for (const name of await readdir('/proc')) {
		if (!/^\d+$/.test(name)) continue;
		try {
			const stat = await readFile(`/proc/${name}/stat`, 'utf8');
			// The program's name may hold spaces and parentheses: fields are counted after the last one.
			const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
			found.push({
				pid: Number(name),
				parent: Number(fields[1]),
				command: (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' '),
				seconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
			});
		} catch {
			// It ended while it was read.
		}
	}
	return found;
}

/** Cores used by each named group of processes, and all their descendants, between two calls: Linux's /proc. */
export interface Meter {
	/** Cores by group since `start`. */
	read(): Promise<Record<string, number>>;
}

/**
 * @param groups which processes count to a group, by pid or command; a process counts once, for the first that it or an
 * ancestor fits
 */
export async function startMeter(
	groups: Record<string, (process: { pid: number; command: string }) => boolean>,
): Promise<Meter> {
	const names = Object.keys(groups);
	async function sample(): Promise<{ at: number; seconds: Map<number, [string, number]> }> {
		const all = new Map((await processes()).map((one) => [one.pid, one]));
		const groupOf = (pid: number, depth = 0): string | null => {
			const one = all.get(pid);
			if (!one || depth > 50) return null;
			return names.find((name) => groups[name]?.(one)) ?? groupOf(one.parent, depth + 1);
		};
		const seconds = new Map<number, [string, number]>();
		for (const { pid, seconds: used } of all.values()) {
			const group = groupOf(pid);
			if (group) seconds.set(pid, [group, used]);
		}
		return { at: performance.now(), seconds };
	}
	const before = await sample();
	return {
		async read() {
			const after = await sample();
			const cores = Object.fromEntries(names.map((name) => [name, 0]));
			for (const [pid, [group, used]] of after.seconds)
				cores[group] =
					(cores[group] ?? 0) +
					(used - (before.seconds.get(pid)?.[1] ?? 0)) / ((after.at - before.at) / 1000);
			return cores;
		},
	};
}
