import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { step } from './commands/command.ts';

/** A program of the system that Parvis runs, and the Debian package it comes from. */
export interface Program {
	path: string;
	package: string;
	/** What it is for, after "needed for". */
	use: string;
}

export const programs = {
	chromium: { path: '/usr/bin/chromium', package: 'chromium', use: 'the programme of meetings, and tests' },
	ffmpeg: { path: '/usr/bin/ffmpeg', package: 'ffmpeg', use: 'live and replay of meetings' },
	mosquitto: { path: '/usr/sbin/mosquitto', package: 'mosquitto', use: 'tests' },
	rtmpServer: {
		path: '/usr/lib/nginx/modules/ngx_rtmp_module.so',
		package: 'nginx-light libnginx-mod-rtmp',
		use: 'tests',
	},
	espeak: { path: '/usr/bin/espeak-ng', package: 'espeak-ng', use: 'tests' },
	pocketsphinx: {
		path: '/usr/bin/pocketsphinx_continuous',
		package: 'pocketsphinx pocketsphinx-en-us',
		use: 'tests',
	},
	openssl: { path: '/usr/bin/openssl', package: 'openssl', use: 'tests' },
	pdftotext: { path: '/usr/bin/pdftotext', package: 'poppler-utils', use: 'tests' },
} as const satisfies Record<string, Program>;

/**
 * Install what is missing from Debian's packages where this process may; else say in one line what is missing.
 * @returns what is still missing
 */
export async function ensurePrograms(wanted: readonly Program[]): Promise<readonly Program[]> {
	const missing = wanted.filter(({ path }) => !existsSync(path));
	if (!missing.length) return [];
	const names = missing.map((program) => program.package).join(' ');
	const command = `apt-get install -y --no-install-recommends ${names}`;
	if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
		for (const program of missing)
			console.log(`missing: ${program.package}, needed for ${program.use}. As root: ${command}`);
		return missing;
	}
	try {
		await step(`Installing ${names} from Debian’s packages`, async () => {
			const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
			await promisify(execFile)('apt-get', ['update'], { env, maxBuffer: 1 << 26 });
			await promisify(execFile)('sh', ['-c', command], { env, maxBuffer: 1 << 26 });
		});
		return [];
	} catch (error) {
		console.log(`could not be installed: ${names}. ${(error as Error).message.split('\n').at(0)}`);
		return missing;
	}
}
