import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, system } from '@parvis/platform';
import { createTestPlatform, until } from '@parvis/platform/testing';
import { expect, test } from 'vitest';
import { root } from './commands/command.ts';
import { buildRooms, type Rooms } from './town.ts';

test('a message whose worker is killed while the receiver thinks is delivered by another', async () => {
	const secret = randomBytes(32).toString('hex');
	const directory = await mkdtemp(join(tmpdir(), 'parvis-webhooks-'));
	const heard: string[] = [];
	let silent = true;
	// The first answer never comes: the worker is killed meanwhile.
	const receiver = createServer((request, response) => {
		heard.push(String(request.headers['webhook-id']));
		request.resume();
		if (!silent) response.writeHead(204).end();
	});
	await new Promise<void>((resolve) => {
		receiver.listen(0, '127.0.0.1', resolve);
	});
	const settings = { PARVIS_SECRET: secret, EXCHANGE_PRIVATE_HOSTS: '127.0.0.1' };
	const town = await createTestPlatform<Rooms>((platform) => buildRooms(platform).rooms, {
		...settings,
		PARVIS_ROLES: 'web',
	});
	const workers: ChildProcess[] = [];
	const work = async (name: string) => {
		const child = spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', `${root}apps/server/cli.ts`, 'start', '--empty'],
			{
				stdio: 'ignore',
				env: {
					...settings,
					PATH: process.env.PATH,
					PARVIS_DATA: join(directory, name),
					PARVIS_ROLES: 'worker',
					PARVIS_PORT: String(await freePort()),
					PARVIS_LOG_LEVEL: 'silent',
					DATABASE_URL: town.databaseUrl,
					DATABASE_POOL_SIZE: '6',
					MQTT_PORT: '0',
				},
			},
		);
		workers.push(child);
		return child;
	};
	try {
		const { webhooks } = town.built.operations.exchange;
		const { port } = receiver.address() as AddressInfo;
		const made = await webhooks.create(system, {
			url: `http://127.0.0.1:${port}/`,
			events: ['operations.report.received'],
		});
		if (!made.ok) throw new Error(made.error);
		const sent = await webhooks.test(system, made.value.webhook.id);
		if (!sent.ok) throw new Error(sent.error);
		const first = await work('first');
		await until(() => heard.length === 1, { timeoutMilliseconds: 60_000 });
		first.kill('SIGKILL');
		const { rows } = await town.platform.pool.query(
			'SELECT status, attempts FROM operations.webhook_delivery',
		);
		expect(rows).toEqual([{ status: 'waiting', attempts: 1 }]);
		// A minute later its claim is over.
		silent = false;
		await town.platform.pool.query('UPDATE operations.webhook_delivery SET claimed_until = now()');
		await work('second');
		await until(
			async () => {
				await town.platform.jobs.send('operations.webhooks.sweep', {});
				const log = await webhooks.deliveries(system, made.value.webhook.id);
				return log.ok && log.value.items[0]?.status === 'delivered';
			},
			{ timeoutMilliseconds: 60_000 },
		);
		expect(new Set(heard)).toEqual(new Set([sent.value]));
	} finally {
		for (const child of workers) child.kill('SIGKILL');
		await town.close();
		receiver.closeAllConnections();
		receiver.close();
		await rm(directory, { recursive: true, force: true });
	}
}, 180_000);
