import { existsSync } from 'node:fs';
import { readFile, statfs } from 'node:fs/promises';
import { arch, freemem, release, totalmem } from 'node:os';
import { type Configuration, createPlatform, readConfiguration, readMigrations } from '@parvis/platform';
import { withDatabase } from '../host.ts';
import { findLivekit } from '../livekit-program.ts';
import { holderOf } from '../lock.ts';
import { migrationSources } from '../main.ts';
import { programs } from '../programs.ts';
import { buildRooms } from '../town.ts';
import { parseOptions, readEnvironment, root } from './command.ts';
import { isPortalBuilt } from './portal-build.ts';

const usage = `./parvis doctor [--data DIR]

Says what runs, on what, and what is missing. Exits with 1 when something needs attention.`;

const gigabyte = 1024 ** 3;
const wantedExtensions = ['pg_trgm', 'unaccent', 'btree_gist', 'cube', 'earthdistance'];

interface Finding {
	about: string;
	says: string;
	attention?: boolean;
}

export async function run(args: string[]): Promise<number> {
	const { values } = parseOptions(args, usage, {
		data: { type: 'string' },
		help: { type: 'boolean', short: 'h', default: false },
	});
	if (values.help) {
		console.log(usage);
		return 0;
	}
	const env = readEnvironment();
	if (values.data) env.PARVIS_DATA = values.data;
	env.PARVIS_LOG_LEVEL ||= 'error';
	const config = readConfiguration(env);
	const findings = [
		...(await examineMachine(config)),
		...(await examineTown(config)),
		...(await examineDatabase(config)),
	];
	const width = Math.max(...findings.map(({ about }) => about.length));
	for (const { about, says, attention } of findings)
		console.log(`${attention ? '!' : ' '} ${about.padEnd(width)}  ${says}`);
	const count = findings.filter(({ attention }) => attention).length;
	console.log(count ? `\n${count} to look at, marked with "!"` : '\nAll is well.');
	return count ? 1 : 0;
}

async function examineMachine(config: Configuration): Promise<Finding[]> {
	const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8')) as { version: string };
	const { bavail, bsize } = await statfs(config.dataDir);
	const freeDisk = (bavail * bsize) / gigabyte;
	return [
		{ about: 'Parvis', says: version },
		{ about: 'machine', says: `${process.platform} ${release()} ${arch()}, Node ${process.version}` },
		{
			about: 'memory',
			says: `${(freemem() / gigabyte).toFixed(1)} GiB free of ${(totalmem() / gigabyte).toFixed(1)}`,
			attention: totalmem() < gigabyte,
		},
		{ about: 'disk', says: `${freeDisk.toFixed(1)} GiB free for ${config.dataDir}`, attention: freeDisk < 2 },
		...Object.entries(programs).map(([about, program]) => ({
			about,
			says: existsSync(program.path) ? 'there' : `not there, needed for ${program.use}: ${program.package}`,
		})),
		await examineLivekit(config),
		{ about: 'portal', says: (await isPortalBuilt()) ? 'built' : 'not built yet; start builds it' },
		{
			about: 'mail',
			says: config.smtpUrl ? `by ${new URL(config.smtpUrl).host}` : 'no SMTP_URL: letters go nowhere',
			attention: !config.smtpUrl && !config.demo && config.databaseUrl !== null,
		},
		{ about: 'files', says: config.s3 ? `S3 bucket ${config.s3.bucket}` : `${config.dataDir}/files` },
		{
			about: 'broker',
			says: config.mqttUrl ? new URL(config.mqttUrl).host : `embedded, port ${config.mqttPort}`,
		},
	];
}

/** Sound and picture of meetings: the given server must answer, the embedded one must be there to be started. */
async function examineLivekit({ livekit, livekitPorts, dataDir }: Configuration): Promise<Finding> {
	if (livekit) {
		const answers = await fetch(livekit.url, { signal: AbortSignal.timeout(5000) }).then(
			({ ok }) => ok,
			() => false,
		);
		const { host } = new URL(livekit.url);
		return { about: 'livekit', says: `${host}${answers ? '' : ' does not answer'}`, attention: !answers };
	}
	const program = await findLivekit();
	const ports = `TCP ${livekitPorts.tcp}, UDP ${livekitPorts.udp}`;
	if (!program)
		return {
			about: 'livekit',
			says: 'not there; start builds it with Go, or set LIVEKIT_URL. Meetings without sound and picture',
		};
	const running = holderOf(dataDir) && existsSync(`${dataDir}/livekit/pid`);
	return { about: 'livekit', says: `embedded, ${ports}${running ? ', runs' : ''}` };
}

async function examineTown(config: Configuration): Promise<Finding[]> {
	const holder = holderOf(config.dataDir);
	if (!holder) return [{ about: 'server', says: `none runs on ${config.dataDir}` }];
	const findings: Finding[] = [
		{ about: 'server', says: `process ${holder.pid}, ${holder.url ?? 'starting'}` },
	];
	if (holder.url) {
		const ready = await fetch(`${holder.url}/ready`, { signal: AbortSignal.timeout(5000) }).then(
			async (answer) => ({ ok: answer.ok, text: JSON.stringify(await answer.json()) }),
			(error: Error) => ({ ok: false, text: error.message }),
		);
		findings.push({ about: 'answers', says: ready.text, attention: !ready.ok });
	}
	return findings;
}

async function examineDatabase(settings: Configuration): Promise<Finding[]> {
	const where = settings.databaseUrl ? new URL(settings.databaseUrl).host : 'embedded';
	if (!settings.databaseUrl && !existsSync(`${settings.dataDir}/postgres`))
		return [{ about: 'database', says: 'embedded, not set up yet; start does it' }];
	try {
		return await withDatabase(settings, async (config) => {
			const platform = createPlatform(config);
			try {
				const ask = async (text: string) =>
					(await platform.pool.query<{ value: string }>(text)).rows.map(({ value }) => value);
				const [version] = await ask(`SELECT current_setting('server_version') AS value`);
				const [size] = await ask('SELECT pg_size_pretty(pg_database_size(current_database())) AS value');
				const extensions = await ask('SELECT extname AS value FROM pg_extension');
				const missing = wantedExtensions.filter((name) => !extensions.includes(name));
				const { all } = buildRooms(platform);
				const known = await readMigrations(migrationSources(all));
				const ran = new Set(
					await ask(`SELECT room || '/' || name AS value FROM platform.migration`).catch(() => []),
				);
				const pending = known.filter(({ room, name }) => !ran.has(`${room}/${name}`));
				const [failed] = await ask(
					`SELECT count(*)::text AS value FROM pgboss.job WHERE state = 'failed'`,
				).catch(() => ['0']);
				const [rejected] = await ask(
					`SELECT count(*)::text AS value FROM sensing.dead_letter WHERE status = 'waiting'`,
				).catch(() => ['0']);
				return [
					{ about: 'database', says: `PostgreSQL ${version}, ${where}, ${size}` },
					{
						about: 'extensions',
						says: missing.length ? `missing: ${missing.join(', ')}` : wantedExtensions.join(', '),
						attention: missing.length > 0,
					},
					{
						about: 'migrations',
						says: pending.length ? `${pending.length} to run; start runs them` : `${known.length}, all done`,
					},
					{ about: 'failed jobs', says: failed ?? '0', attention: failed !== '0' },
					{ about: 'dead letters', says: rejected ?? '0' },
				];
			} finally {
				await platform.stop();
			}
		});
	} catch (error) {
		return [{ about: 'database', says: `${where}: ${(error as Error).message}`, attention: true }];
	}
}
