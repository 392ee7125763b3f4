import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { root, step } from './commands/command.ts';

const run = promisify(execFile);
const source = `${root}tools/livekit`;

const onPath = (name: string) =>
	(process.env.PATH ?? '')
		.split(delimiter)
		.map((folder) => join(folder, name))
		.find((path) => existsSync(path)) ?? null;

/** Where the pinned LiveKit is kept once it was built. */
async function builtProgram(): Promise<{ path: string; version: string }> {
	const version = /livekit-server v(\S+)/.exec(await readFile(`${source}/go.mod`, 'utf8'))?.[1] ?? '';
	return { path: `${root}.parvis/tools/livekit-server-${version}`, version };
}

/** The program as it is found: on PATH, or built before. Null when there is none. */
export async function findLivekit(): Promise<string | null> {
	const { path } = await builtProgram();
	return onPath('livekit-server') ?? (existsSync(path) ? path : null);
}

/**
 * The `livekit-server` on PATH, or the pinned one, built once with Go.
 * @returns null, and one line that says what is missing, when there is none and it cannot be built
 */
export async function ensureLivekit(): Promise<string | null> {
	const found = await findLivekit();
	if (found) return found;
	const go = onPath('go') ?? (existsSync('/usr/local/go/bin/go') ? '/usr/local/go/bin/go' : null);
	if (!go) {
		console.log(
			'missing: livekit-server, needed for the sound and picture of meetings. Set LIVEKIT_URL, or install livekit-server or Go 1.26; the rest runs.',
		);
		return null;
	}
	const { path, version } = await builtProgram();
	try {
		await step(`Building livekit-server ${version} with Go`, async () => {
			await mkdir(`${root}.parvis/tools`, { recursive: true });
			const fresh = `${path}.${process.pid}`;
			try {
				await run(go, ['build', '-o', fresh, 'github.com/livekit/livekit-server/cmd/server'], {
					cwd: source,
					maxBuffer: 1 << 26,
				});
				// Renamed last: a build cut short is begun again, and of two at once both hold.
				await rename(fresh, path);
			} finally {
				await rm(fresh, { force: true });
			}
		});
		return path;
	} catch (error) {
		const reason = ((error as { stderr?: string }).stderr || (error as Error).message)
			.trim()
			.split('\n')
			.at(-1);
		console.log(
			`livekit-server could not be built, so meetings have no sound and picture; the rest runs. ${reason}`,
		);
		return null;
	}
}
