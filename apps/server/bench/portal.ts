import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfiguration } from '@parvis/platform';
import autocannon from 'autocannon';
import Fastify from 'fastify';
import { root, step } from '../commands/command.ts';
import { buildPortal, isPortalBuilt } from '../commands/portal-build.ts';
import { startHost } from '../host.ts';

const connections = 20;
const seconds = 8;

/** `./parvis bench portal`: requests a second and p99 of the pages that are read most, beside a bare route of the same server. */
export async function run(): Promise<void> {
	if (!(await isPortalBuilt())) await step('Building the portal', buildPortal);
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	await chmod(directory, 0o755);
	const settings = {
		PARVIS_DATA: directory,
		PARVIS_PORT: '0',
		MQTT_PORT: '0',
		PARVIS_DEMO: 'true',
		PARVIS_LOG_LEVEL: 'error',
	};
	const host = await startHost(readConfiguration(settings));
	try {
		const { identity, sensing } = host.rooms;
		const key = await identity.createSystemApiKey([
			'places:write',
			'settings:write',
			'devices:write',
			'observations:write',
		]);
		await step('Filling a small town', () =>
			promisify(execFile)(
				process.execPath,
				['--disable-warning=ExperimentalWarning', `${root}apps/demo-town/main.ts`, 'fill', 'small'],
				{
					env: { PATH: process.env.PATH, PARVIS_URL: host.url ?? '', PARVIS_API_KEY: key },
				},
			),
		);
		await sensing.flush();
		// Nothing to do but to answer: what Fastify and this machine can do at most.
		const bare = Fastify();
		bare.get('/bare', async (_request, reply) => reply.type('text/html').send('<!doctype html>'));
		const bareUrl = await bare.listen({ host: '127.0.0.1', port: 0 });

		console.log(
			`${connections} connections, ${seconds} s each, server, database and generator on this machine\n`,
		);
		console.log('page                            requests/s   p50 ms   p99 ms       bytes');
		const pages: [string, string][] = [
			['bare Fastify route', `${bareUrl}/bare`],
			['home', `${host.url}/`],
			['place', `${host.url}/lieux/piscine-des-tilleuls`],
			['places', `${host.url}/lieux`],
			['search', `${host.url}/recherche?q=piscine`],
		];
		for (const [name, url] of pages) {
			const body = await (await fetch(url)).text();
			await autocannon({ url, connections, duration: 2 });
			const { requests, latency, non2xx, errors } = await autocannon({ url, connections, duration: seconds });
			const failed = non2xx + errors;
			const cells = [
				requests.average.toFixed(0),
				String(latency.p50),
				String(latency.p99),
				String(Buffer.byteLength(body)),
			];
			const widths = [13, 9, 9, 12];
			console.log(
				name.padEnd(29) +
					cells.map((cell, i) => cell.padStart(widths[i] ?? 0)).join('') +
					(failed ? `  ${failed} failed` : ''),
			);
		}
		await bare.close();
	} finally {
		await host.stop();
		await rm(directory, { recursive: true, force: true });
	}
}
