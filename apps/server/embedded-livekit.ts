import { type ChildProcess, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Configuration, LivekitConfiguration, Logger } from '@parvis/platform';

export interface EmbeddedLivekit {
	settings: LivekitConfiguration;
	/** As they were taken. */
	ports: { signalling: number; tcp: number; udp: number };
	pid: number;
	stop(): Promise<void>;
}

const isLoopback = (host: string) => ['127.0.0.1', '::1', 'localhost'].includes(host);
const longestPauseMilliseconds = 10_000;
const readyWithinMilliseconds = 20_000;

/**
 * Start LiveKit beside the server: signalling on loopback, which the server passes on; sound and picture on the
 * configured ports, or on free ones where those are taken. It is started again when it dies and ends with this process,
 * however that ends; one that an earlier process left is ended first.
 * @param program path of `livekit-server`
 * @throws when it does not answer in time
 */
export async function startEmbeddedLivekit(
	config: Configuration,
	program: string,
	log: Logger,
): Promise<EmbeddedLivekit> {
	const folder = join(config.dataDir, 'livekit');
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const file = join(folder, 'livekit.json');
	const pidFile = join(folder, 'pid');
	await endOrphan(pidFile, file, log);

	const ports = {
		signalling: await freeTcpPort(config.livekitPorts.signalling, '127.0.0.1', log),
		tcp: await freeTcpPort(config.livekitPorts.tcp, undefined, log),
		udp: await freeUdpPort(config.livekitPorts.udp, log),
	};
	const settings: LivekitConfiguration = {
		url: `http://127.0.0.1:${ports.signalling}`,
		clientUrl: null,
		apiKey: 'parvis',
		apiSecret: createHmac('sha256', config.secret).update('livekit').digest('hex'),
	};
	// JSON is YAML. In a file that only this account reads: arguments are seen by every account of the machine.
	await writeFile(file, JSON.stringify(livekitSettings(config, settings, ports), null, '\t'), {
		mode: 0o600,
	});

	let stopping = false;
	let failures = 0;
	let startedAt = 0;
	let child = launch();
	function launch(): ChildProcess {
		startedAt = Date.now();
		const command = [program, '--config', file];
		// The kernel ends it with its parent, also by `kill -9`.
		const [first = program, ...rest] = existsSync('/usr/bin/setpriv')
			? ['/usr/bin/setpriv', '--pdeathsig', 'KILL', ...command]
			: command;
		const started = spawn(first, rest, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
		if (started.pid) void writeFile(pidFile, String(started.pid)).catch(() => {});
		started.stderr?.on('data', (chunk: Buffer) => {
			for (const line of chunk.toString().split('\n'))
				if (/\t(ERROR|FATAL)\t|panic:|could not/.test(line))
					log.warn({ livekit: line.slice(0, 500) }, 'livekit says');
		});
		started.once('error', (error) => log.error({ reason: error.message }, 'livekit cannot be started'));
		started.once('exit', (code, signal) => {
			if (stopping) return;
			failures = Date.now() - startedAt > 60_000 ? 1 : failures + 1;
			log.error({ exitCode: code, signal, failures }, 'livekit stopped; starting it again');
			setTimeout(
				() => {
					if (!stopping) child = launch();
				},
				Math.min(250 * 2 ** (failures - 1), longestPauseMilliseconds),
			).unref();
		});
		return started;
	}

	const stop = async () => {
		stopping = true;
		if (child.exitCode === null && child.signalCode === null && child.pid) {
			const ended = new Promise((resolve) => child.once('exit', resolve));
			// It waits for its participants on a first signal; a town that stops does not.
			child.kill('SIGKILL');
			await ended;
		}
		await rm(pidFile, { force: true });
	};
	const deadline = Date.now() + readyWithinMilliseconds;
	while (!(await isUp(settings.url))) {
		if (Date.now() > deadline) {
			await stop();
			throw new Error('livekit did not answer in time; its last words are in the log');
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return {
		settings,
		ports,
		get pid() {
			return child.pid ?? 0;
		},
		stop,
	};
}

function livekitSettings(
	config: Configuration,
	{ apiKey, apiSecret }: LivekitConfiguration,
	{ signalling, tcp, udp }: EmbeddedLivekit['ports'],
) {
	const listens =
		isLoopback(config.host) || config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
	const own = listens.includes(':') ? `[${listens}]` : listens;
	return {
		port: signalling,
		bind_addresses: ['127.0.0.1'],
		keys: { [apiKey]: apiSecret },
		logging: { level: 'warn', json: false },
		rtc: {
			tcp_port: tcp,
			udp_port: udp,
			// To ask a stranger for our address would be a third-party request.
			use_external_ip: false,
			// A machine without a network still holds its demonstration.
			enable_loopback_candidate: isLoopback(config.host),
			...(config.livekitNodeIp && { node_ip: config.livekitNodeIp }),
		},
		room: { empty_timeout: 60, departure_timeout: 30 },
		...(config.port && {
			webhook: { api_key: apiKey, urls: [`http://${own}:${config.port}/api/v1/livekit/webhook`] },
		}),
	};
}

async function isUp(url: string): Promise<boolean> {
	return fetch(url, { signal: AbortSignal.timeout(1000) }).then(
		({ ok }) => ok,
		() => false,
	);
}

/** End a LiveKit that a killed process left on this directory: it would hold the ports. */
async function endOrphan(pidFile: string, configFile: string, log: Logger): Promise<void> {
	const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''));
	if (!pid) return;
	const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
	if (command.includes(configFile)) {
		log.warn({ pid }, 'ending a livekit left running by an earlier process');
		process.kill(pid, 'SIGKILL');
		while (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''))
			await new Promise((resolve) => setTimeout(resolve, 20));
	}
	await rm(pidFile, { force: true });
}

function listenOnce(port: number, host: string | undefined): Promise<number | null> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', () => resolve(null));
		server.listen(port, host, () => {
			const address = server.address();
			server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
		});
	});
}

function bindOnce(port: number): Promise<number | null> {
	return new Promise((resolve) => {
		const socket = createSocket('udp4');
		socket.once('error', () => resolve(null));
		socket.bind(port, () => {
			const { port: taken } = socket.address();
			socket.close(() => resolve(taken));
		});
	});
}

async function freeTcpPort(wanted: number, host: string | undefined, log: Logger): Promise<number> {
	return free(wanted, 'TCP', (port) => listenOnce(port, host), log);
}

async function freeUdpPort(wanted: number, log: Logger): Promise<number> {
	return free(wanted, 'UDP', bindOnce, log);
}

async function free(
	wanted: number,
	kind: string,
	take: (port: number) => Promise<number | null>,
	log: Logger,
): Promise<number> {
	const taken = await take(wanted);
	if (taken !== null) return taken;
	const other = await take(0);
	if (other === null) throw new Error(`no free ${kind} port for livekit`);
	log.warn({ wanted, port: other }, `another program holds the ${kind} port of livekit; it takes another`);
	return other;
}
