import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, readConfiguration } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EmbeddedLivekit, startEmbeddedLivekit } from './embedded-livekit.ts';
import { ensureLivekit } from './livekit-program.ts';

let directory: string;
let program: string;
const log = createLogger('silent');
const running: EmbeddedLivekit[] = [];
beforeAll(async () => {
	directory = await mkdtemp(join(tmpdir(), 'parvis-livekit-'));
	program = (await ensureLivekit()) ?? '';
	expect(program).not.toBe('');
}, 600_000);
afterAll(async () => {
	for (const one of running) await one.stop();
	await rm(directory, { recursive: true, force: true });
});

const configuration = (more: Record<string, string> = {}) =>
	readConfiguration({ PARVIS_DATA: directory, LIVEKIT_TCP_PORT: '0', LIVEKIT_UDP_PORT: '0', ...more });

async function started(more?: Record<string, string>) {
	const one = await startEmbeddedLivekit(configuration(more), program, log);
	running.push(one);
	return one;
}

const answers = ({ settings: { url } }: EmbeddedLivekit) =>
	fetch(url).then(
		({ ok }) => ok,
		() => false,
	);

const isAlive = (pid: number) => {
	try {
		// A zombie has ended.
		return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
	} catch {
		return false;
	}
};

test('it is started again when it dies, and one left by a killed town is ended', async () => {
	const first = await started();
	expect(await answers(first)).toBe(true);
	expect((await stat(join(directory, 'livekit/livekit.json'))).mode & 0o777).toBe(0o600);
	const { pid } = first;
	expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(first.settings.apiSecret);
	process.kill(pid, 'SIGKILL');
	await expect.poll(() => first.pid).not.toBe(pid);
	await expect.poll(() => answers(first)).toBe(true);

	await first.stop();
	expect(isAlive(first.pid)).toBe(false);

	const orphan = spawn(program, ['--config', join(directory, 'livekit/livekit.json')], { stdio: 'ignore' });
	await writeFile(join(directory, 'livekit/pid'), String(orphan.pid));
	const second = await started();
	await expect.poll(() => isAlive(orphan.pid ?? 0)).toBe(false);
	expect(await answers(second)).toBe(true);
	await second.stop();
});

test('a port that another program holds is replaced by a free one', async () => {
	const holder = createServer();
	await new Promise<void>((resolve) => holder.listen(0, resolve));
	const address = holder.address();
	const held = typeof address === 'object' && address ? address.port : 0;
	try {
		const one = await started({ LIVEKIT_TCP_PORT: String(held) });
		expect(one.ports.tcp).not.toBe(held);
		expect(await answers(one)).toBe(true);
		await one.stop();
	} finally {
		holder.close();
	}
});
