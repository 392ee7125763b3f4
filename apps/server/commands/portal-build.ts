import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { CommandError, root } from './command.ts';

const portal = `${root}apps/portal/`;
const stampFile = `${portal}build/.sources`;

/** Digest of everything the build reads. */
async function sourcesDigest(): Promise<string> {
	const entries = await readdir(portal, { recursive: true, withFileTypes: true });
	const files = entries
		.filter((entry) => entry.isFile())
		.map((entry) => `${entry.parentPath}/${entry.name}`)
		// Below the portal only: the checkout itself may lie in a folder of such a name.
		.filter((path) => !/\/(node_modules|build|\.svelte-kit|tests)\//.test(path.slice(portal.length - 1)))
		.sort();
	const hash = createHash('sha256').update(await readFile(`${root}package-lock.json`));
	for (const file of files) hash.update(file.slice(root.length)).update(await readFile(file));
	return hash.digest('hex');
}

export async function isPortalBuilt(): Promise<boolean> {
	if (!existsSync(stampFile)) return false;
	return (await readFile(stampFile, 'utf8')) === (await sourcesDigest());
}

/** Build the web site. @throws {CommandError} with the builder's last words */
export async function buildPortal(): Promise<void> {
	const digest = await sourcesDigest();
	try {
		await promisify(execFile)(
			process.execPath,
			[`${root}node_modules/vite/bin/vite.js`, 'build', '--logLevel', 'warn'],
			{
				cwd: portal,
				maxBuffer: 1 << 26,
				// Under a test runner Svelte would otherwise build for development.
				env: { ...process.env, NODE_ENV: 'production' },
			},
		);
	} catch (error) {
		const { stdout, stderr } = error as { stdout?: string; stderr?: string };
		throw new CommandError(
			`the portal could not be built:\n${`${stdout ?? ''}${stderr ?? ''}`.slice(-4000)}`,
		);
	}
	await writeFile(stampFile, digest);
}
