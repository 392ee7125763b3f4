import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { createLogger } from '@parvis/platform';
import { startEmbeddedPostgres } from '@parvis/platform/embedded-postgres';
import pg from 'pg';
import type { Order, Report } from './ingest/generator.ts';
import type { Ready, Usage } from './ingest/server.ts';
import { deviceCount, valuesPerMessage } from './ingest/workload.ts';

const fuzzMessages = 100_000;
const unnestRowsAtOnce = 20_000;
/** Messages a second to reach: 50,000 observations in plain messages, 5,000 uplinks through codecs. */
const aim = { plain: 10_000, codec: 5000 };

/**
 * From PUBLISH to committed, in one run on one machine: generator, server and database in processes of their own, the
 * database as Parvis sets it up (each commit is on disk before it counts).
 * Options: --seconds 10 a measure, --minutes 10 for memory over time, --fuzz for 100,000 hostile messages,
 * --connections 8, --profile DIR for processor profiles.
 */
export async function run(args: string[]): Promise<void> {
	const { values } = parseArgs({
		args,
		options: {
			seconds: { type: 'string', default: '10' },
			minutes: { type: 'string' },
			connections: { type: 'string', default: '8' },
			fuzz: { type: 'boolean', default: false },
			profile: { type: 'string' },
		},
	});
	const seconds = Number(values.seconds);
	const connections = Number(values.connections);
	const directory = await mkdtemp(join(tmpdir(), 'parvis-bench-'));
	const postgres = await startEmbeddedPostgres({
		dataDir: join(directory, 'postgres'),
		log: createLogger('error'),
	});
	const profiled = (name: string) =>
		values.profile
			? ['--cpu-prof', `--cpu-prof-dir=${values.profile}`, `--cpu-prof-name=${name}.cpuprofile`]
			: [];
	const start = (name: string) =>
		fork(new URL(`./ingest/${name}.ts`, import.meta.url), {
			execArgv: ['--disable-warning=ExperimentalWarning', ...profiled(name)],
			env: {
				...process.env,
				PARVIS_DATA: directory,
				PARVIS_ROLES: 'ingest,broker,worker',
				PARVIS_LOG_LEVEL: 'error',
				DATABASE_URL: postgres.url,
				MQTT_PORT: '0',
				MQTT_URL: '',
			},
		});
	const server = start('server');
	const generator = start('generator');
	const database = new pg.Client({ connectionString: postgres.url });
	const count = async (text: string) =>
		Number((await database.query<{ count: string }>(text)).rows[0]?.count);
	let sent = 0;

	try {
		await database.connect();
		const ready = (await answer(server)) as Ready;
		const publish = async (order: Partial<Order> & Pick<Order, 'way'>): Promise<Report> => {
			const report = (await ask(generator, {
				...ready,
				connections,
				window: 1000,
				first: sent,
				seconds,
				rate: null,
				most: null,
				...order,
			})) as Report;
			sent += Math.ceil(report.messages / deviceCount) * deviceCount;
			return report;
		};
		const usage = () => ask(server, 'usage') as Promise<Usage>;
		/** A measure whose every acknowledged observation was looked for in the table. */
		const measure = async (title: string, order: Partial<Order> & Pick<Order, 'way'>): Promise<Report> => {
			const before = await count('SELECT count(*) FROM sensing.observation');
			const used = await usage();
			const report = await publish(order);
			const now = await usage();
			const committed = (await count('SELECT count(*) FROM sensing.observation')) - before;
			if (committed !== report.messages * valuesPerMessage)
				throw new Error(`${title}: ${report.messages} acknowledged, but ${committed} observations committed`);
			const rate = report.messages / report.seconds;
			const share = (now.processor - used.processor) / 1e4 / report.seconds;
			line(title, `${whole(rate)} messages/s, ${whole(rate * valuesPerMessage)} observations/s`);
			line(
				'',
				`p50 ${report.p50.toFixed(1)} ms, p99 ${report.p99.toFixed(1)} ms; server at ${share.toFixed(0)} % of a core`,
			);
			return report;
		};

		line(
			'machine',
			`${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}, PostgreSQL ${postgres.version}`,
		);
		line(
			'load',
			`QoS 1, ${connections} connections, ${deviceCount} devices, ${valuesPerMessage} values a message`,
		);
		await publish({ way: 'plain', seconds: 2 });
		await publish({ way: 'codec', seconds: 2 });
		await ask(server, 'flush');
		const plain = await measure('plain JSON', { way: 'plain' });
		const codec = await measure('ChirpStack, through codecs', { way: 'codec' });
		for (const [way, title, messagesPerSecond] of [
			['plain', 'plain JSON at half load', plain.messages / plain.seconds / 2],
			['codec', 'codecs at half load', codec.messages / codec.seconds / 2],
			['plain', 'plain JSON at half the aim', aim.plain / 2],
			['codec', 'codecs at half the aim', aim.codec / 2],
		] as const) {
			// What full load left to merge is not this measure's.
			await ask(server, 'flush');
			await measure(title, { way, rate: messagesPerSecond });
		}

		await ask(server, 'flush');
		const observations = await count('SELECT count(*) FROM sensing.observation');
		const rolledUp = await count('SELECT sum(count) AS count FROM sensing.observation_hour');
		if (rolledUp !== observations)
			throw new Error(`${observations} observations, but hours count ${rolledUp}`);
		line('rollups', `hours and days agree with ${whole(observations)} observations`);
		await limits(database, (plain.messages / plain.seconds) * valuesPerMessage);

		if (values.minutes) await endure(Number(values.minutes), plain);
		if (values.fuzz) await fuzz();

		async function endure(minutes: number, full: Report): Promise<void> {
			const rate = full.messages / full.seconds / 2;
			const samples: Usage[] = [];
			const timer = setInterval(() => usage().then((sample) => samples.push(sample)), 5000);
			await publish({ way: 'plain', rate, seconds: minutes * 60 });
			clearInterval(timer);
			const megabytes = (list: Usage[]) => Math.max(...list.map(({ rss }) => rss)) / 1e6;
			const third = Math.ceil(samples.length / 3);
			line(
				`memory over ${minutes} min`,
				`most in each third: ${[0, 1, 2].map((n) => megabytes(samples.slice(n * third, (n + 1) * third)).toFixed(0)).join(', ')} MB`,
			);
		}

		async function fuzz(): Promise<void> {
			const letters = () => count('SELECT count(*) FROM sensing.dead_letter');
			const lettersBefore = await letters();
			const before = await usage();
			const report = await publish({ way: 'fuzz', most: fuzzMessages, seconds: 600 });
			const after = await usage();
			const became = (outcome: string) => (after.outcomes[outcome] ?? 0) - (before.outcomes[outcome] ?? 0);
			const accounted = became('stored') + became('rejected') + became('waiting');
			if (accounted !== report.messages)
				throw new Error(`of ${report.messages} hostile messages ${accounted} are accounted for`);
			line(
				'hostile messages',
				`${whole(report.messages)} in ${report.seconds.toFixed(1)} s: ${whole(became('rejected'))} refused, ${whole(became('stored'))} read in part or without known values; ${whole((await letters()) - lettersBefore)} dead letters`,
			);
			line('', `memory before ${(before.rss / 1e6).toFixed(0)} MB, after ${(after.rss / 1e6).toFixed(0)} MB`);
		}

		const { rss, heap } = await usage();
		line('memory of the server', `${(rss / 1e6).toFixed(0)} MB, of which heap ${(heap / 1e6).toFixed(0)} MB`);
	} finally {
		generator.disconnect();
		if (server.connected) server.send('stop');
		await Promise.all([server, generator].map((child) => child.exitCode ?? once(child, 'exit')));
		await database.end();
		await postgres.stop();
		await rm(directory, { recursive: true, force: true });
	}
}

/** The same rows into the same table by COPY, and by UNNEST with nothing else to do. */
async function limits(database: pg.Client, plainRate: number): Promise<void> {
	const { rows: kept } = await database.query<{ count: string; bytes: string }>(`
		SELECT (SELECT count(*) FROM sensing.observation) AS count, sum(pg_total_relation_size(inhrelid)) AS bytes
		FROM pg_inherits WHERE inhparent = 'sensing.observation'::regclass`);
	const count = Number(kept[0]?.count);
	line('on disk', `${(Number(kept[0]?.bytes) / count).toFixed(0)} bytes an observation, its index included`);
	// The server writes the file into its own directory, in the order in which the rows came.
	await database.query(
		`COPY (SELECT * FROM sensing.observation ORDER BY received_at) TO PROGRAM 'cat > bench-rows'`,
	);
	await database.query('TRUNCATE sensing.observation');
	let began = performance.now();
	await database.query(`COPY sensing.observation FROM PROGRAM 'cat bench-rows; rm bench-rows'`);
	const copy = count / ((performance.now() - began) / 1000);
	line(
		'the same rows by COPY',
		`${whole(copy)} observations/s; plain JSON reaches ${((plainRate / copy) * 100).toFixed(0)} % of it`,
	);

	const { rows } = await database.query<{ ids: string; ats: string; values: string; qualities: string }>({
		text: `SELECT array_agg(series_id)::text AS ids, array_agg(extract(epoch FROM observed_at) * 1000)::text AS ats,
			array_agg(value)::text AS values, array_agg(quality)::text AS qualities
		FROM (SELECT *, row_number() OVER (ORDER BY received_at) AS number FROM sensing.observation) AS rows
		GROUP BY number / ${unnestRowsAtOnce} ORDER BY number / ${unnestRowsAtOnce}`,
	});
	await database.query('TRUNCATE sensing.observation');
	began = performance.now();
	for (const { ids, ats, values, qualities } of rows)
		await database.query({
			name: 'bench-unnest',
			text: `INSERT INTO sensing.observation (series_id, observed_at, value, received_at, quality)
				SELECT series_id, to_timestamp(at / 1000.0), value, now(), quality
				FROM unnest($1::int[], $2::float8[], $3::float8[], $4::int2[]) AS given(series_id, at, value, quality)
				ON CONFLICT (series_id, observed_at) DO NOTHING`,
			values: [ids, ats, values, qualities],
		});
	line(
		'the same rows by UNNEST alone',
		`${whole(count / ((performance.now() - began) / 1000))} observations/s`,
	);
}

async function answer(child: ChildProcess): Promise<unknown> {
	const answered = new AbortController();
	const gone = once(child, 'exit', { signal: answered.signal }).then(([code]) => {
		throw new Error(`a process of the benchmark ended with ${code}`);
	});
	try {
		const [message] = await Promise.race([once(child, 'message', { signal: answered.signal }), gone]);
		return message;
	} finally {
		gone.catch(() => {});
		answered.abort();
	}
}

function ask(child: ChildProcess, question: Order | string): Promise<unknown> {
	const answered = answer(child);
	child.send(question);
	return answered;
}

const whole = (number: number) => Math.round(number).toLocaleString('en');

function line(title: string, text: string): void {
	console.log(`${title.padEnd(30)}${text}`);
}
