import { type ChildProcess, spawn } from 'node:child_process';
import { type Configuration, readConfiguration, roles, system } from '@parvis/platform';
import { startTracing } from '@parvis/platform/tracing';
import { type Host, startHost } from '../host.ts';
import { ensureLivekit } from '../livekit-program.ts';
import { lockData } from '../lock.ts';
import { ensurePrograms, programs } from '../programs.ts';
import { CommandError, parseOptions, readEnvironment, root, step } from './command.ts';
import { buildPortal, isPortalBuilt } from './portal-build.ts';

const usage = `./parvis start [--empty] [--port N] [--data DIR] [--no-simulators]

  --empty          a new town of your own: prints a one-time link for its first administrator
  --port N         listen on port N (PARVIS_PORT, default 8080)
  --data DIR       keep database and files in DIR (PARVIS_DATA, default .parvis/data)
  --no-simulators  the demonstration town without its live sensors

Without --empty and without DATABASE_URL the demonstration town is filled and shown.
All settings are environment variables, explained in .env.example; a file .env is read too.`;

/** Run until a signal asks to stop. */
export async function run(args: string[]): Promise<number> {
	const { values, positionals } = parseOptions(args, usage, {
		empty: { type: 'boolean', default: false },
		port: { type: 'string' },
		data: { type: 'string' },
		'no-simulators': { type: 'boolean', default: false },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	if (positionals.length) throw new CommandError(`start takes no "${positionals[0]}".\nUsage: ${usage}`, 2);
	const env = readEnvironment();
	if (values.port !== undefined) env.PARVIS_PORT = values.port;
	if (values.data !== undefined) env.PARVIS_DATA = values.data;
	if (values.empty) env.PARVIS_DEMO = 'false';
	else env.PARVIS_DEMO ||= env.DATABASE_URL ? 'false' : 'true';
	env.PARVIS_LOG_LEVEL ||= env.PARVIS_DEMO === 'true' ? 'warn' : 'info';
	const config = readConfiguration(env);
	const lock = lockData(config.dataDir);
	const stopTracing = await startTracing(config);
	try {
		return await runTown(config, lock, values['no-simulators']);
	} finally {
		await stopTracing();
		lock.release();
	}
}

async function runTown(
	config: Configuration,
	lock: { note(url: string): void },
	withoutSimulators: boolean,
): Promise<number> {
	const interrupted = untilInterrupted();
	if (config.roles.has('web') && !(await isPortalBuilt())) await step('Building the portal', buildPortal);
	await ensurePrograms([programs.chromium, programs.ffmpeg]);
	const livekitProgram = config.roles.has('web') && !config.livekit ? await ensureLivekit() : null;
	const host = await step('Starting the database and the server', () =>
		startHost(config, { livekitProgram }),
	);
	const children: ChildProcess[] = [];
	// Asked to stop while the town is being filled: the filling ends, and with it the wait for it.
	interrupted.then(() => children.map(end));
	try {
		if (host.url) lock.note(host.url);
		if (config.demo) await openDemoTown(host, withoutSimulators, children);
		else await openOwnTown(host);
		return await Promise.race([interrupted, ...children.map(untilExit)]);
	} finally {
		process.stderr.write('\nStopping …\n');
		await Promise.all(children.map(end));
		await host.stop();
	}
}

async function openOwnTown(host: Host): Promise<void> {
	const link = await host.rooms.identity.createFirstAdministratorLink();
	console.log(`\nParvis runs at ${host.platform.config.publicUrl}`);
	if (link) console.log(`First administrator, within 24 hours, once: ${link}`);
	console.log('Ctrl-C stops it.');
}

/** Fill the demonstration town once, from outside like any town, and let its sensors speak. */
async function openDemoTown(host: Host, withoutSimulators: boolean, children: ChildProcess[]): Promise<void> {
	const { identity, town, sensing, participation, council, operations, equipment } = host.rooms;
	const accounts = await identity.ensureDemoAccounts();
	const key = await identity.createSystemApiKey([
		'places:write',
		'settings:write',
		'devices:write',
		'observations:write',
		'operations:write',
	]);
	const integration = await sensing.integrations.create(system, { name: 'Réseau simulé', replace: true });
	if (!integration.ok) throw new Error(integration.error);
	const demo = (command: string) =>
		spawn(
			process.execPath,
			['--disable-warning=ExperimentalWarning', `${root}apps/demo-town/main.ts`, command],
			{
				// Its input ends with this process, however that ends.
				stdio: ['pipe', 'inherit', 'inherit'],
				detached: true,
				env: {
					PATH: process.env.PATH,
					PARVIS_URL: host.url ?? '',
					PARVIS_API_KEY: key,
					MQTT_URL: sensing.brokerUrl() ?? '',
					MQTT_USERNAME: integration.value.username,
					MQTT_PASSWORD: integration.value.password,
				},
			},
		);
	if (await town.isEmpty())
		await step('Filling the demonstration town', async () => {
			const filling = demo('fill');
			children.push(filling);
			const code = await untilExit(filling);
			children.pop();
			if (code !== 0) throw new CommandError('the demonstration town could not be filled; see above');
			await participation.fillDemo();
			await council.fillDemo();
			await operations.fillDemo();
			await equipment.fillDemo();
			await host.platform.jobs.send('sensing.forecasts', {});
		});
	if (!withoutSimulators && roles.every((role) => host.platform.config.roles.has(role)))
		children.push(demo('simulate'));

	const width = Math.max(...accounts.map(({ email }) => email.length));
	console.log(
		`\nParvis runs at ${host.platform.config.publicUrl}: a demonstration town, with invented people and simulated sensors.\n`,
	);
	for (const { email, password, description } of accounts)
		console.log(`  ${email.padEnd(width)}  ${password}  ${description}`);
	console.log('\nCtrl-C stops it.');
}

function untilInterrupted(): Promise<number> {
	return new Promise((resolve) => {
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve(0));
	});
}

function untilExit(child: ChildProcess): Promise<number> {
	return new Promise((resolve) => {
		if (child.exitCode !== null) resolve(child.exitCode);
		child.once('exit', (code) => resolve(code ?? 1));
	});
}

async function end(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const ended = untilExit(child);
	child.kill('SIGTERM');
	const late = setTimeout(() => child.kill('SIGKILL'), 5000);
	await ended;
	clearTimeout(late);
}
