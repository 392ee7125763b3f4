import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

export const roles = ['web', 'ingest', 'worker', 'broker'] as const;
export type Role = (typeof roles)[number];

const url = (protocols: string[], example: string) =>
	z
		.string()
		.refine(
			(text) => URL.canParse(text) && protocols.includes(new URL(text).protocol),
			`must be a URL such as ${example}`,
		);
const port = z.coerce.number().int().min(0).max(65535);
const flag = z.enum(['true', 'false', '1', '0']).transform((text) => text === 'true' || text === '1');

const openIdProvider = (name: string) => ({
	[`${name}_ISSUER`]: url(['https:', 'http:'], 'https://fcp.integ01.dev-franceconnect.fr/api/v2').optional(),
	[`${name}_CLIENT_ID`]: z.string().min(1).optional(),
	[`${name}_CLIENT_SECRET`]: z.string().min(1).optional(),
});

/** Every setting, by its environment variable. `.env.example` explains each; a test holds the two together. */
const environment = z.object({
	PARVIS_DATA: z.string().default('.parvis/data'),
	PARVIS_ROLES: z
		.string()
		.default(roles.join(','))
		.transform((text) => text.split(',').map((name) => name.trim()))
		.pipe(z.array(z.enum(roles, `must be a comma-separated choice of ${roles.join(', ')}`)).min(1)),
	PARVIS_HOST: z.string().default('127.0.0.1'),
	PARVIS_PORT: port.default(8080),
	PARVIS_PUBLIC_URL: url(['http:', 'https:'], 'https://ma-ville.fr').optional(),
	PARVIS_DEMO: flag.default(false),
	PARVIS_SECRET: z
		.string()
		.min(32, 'must be at least 32 characters, for example from: openssl rand -hex 32')
		.optional(),
	PARVIS_TRUST_PROXY: z.coerce.number().int().min(0).max(10).default(0),
	PARVIS_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
	DATABASE_URL: url(
		['postgres:', 'postgresql:'],
		'postgres://parvis:secret@db.example.org/parvis',
	).optional(),
	DATABASE_POOL_SIZE: z.coerce.number().int().min(6).max(500).default(20),
	MQTT_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:'], 'mqtts://parvis:secret@broker.example.org').optional(),
	MQTT_PORT: port.default(1883),
	LIVEKIT_URL: url(['wss:', 'ws:', 'https:', 'http:'], 'wss://livekit.example.org').optional(),
	LIVEKIT_API_KEY: z.string().min(1).optional(),
	LIVEKIT_API_SECRET: z
		.string()
		.min(32, 'must be at least 32 characters, for example from: openssl rand -hex 32')
		.optional(),
	LIVEKIT_PORT: port.default(0),
	LIVEKIT_TCP_PORT: port.default(7881),
	LIVEKIT_UDP_PORT: port.default(7882),
	PROGRAMME_SITE_URL: url(['http:', 'https:'], 'http://localhost:8080').optional(),
	PROGRAMME_INGEST_HOST: z.string().default('127.0.0.1'),
	PROGRAMME_RTMP_PORT: port.default(1935),
	PROGRAMME_SRT_PORT: port.default(9710),
	LIVEKIT_NODE_IP: z.union([z.ipv4(), z.ipv6()], 'must be an IP address').optional(),
	POSITION_RETENTION_DAYS: z.coerce
		.number()
		.int()
		.min(1)
		.max(60, 'must be 60 at most: two months is what the CNIL allows')
		.default(30),
	METRICS_TOKEN: z.string().min(16).optional(),
	SMTP_URL: url(['smtp:', 'smtps:'], 'smtps://user:secret@smtp.example.org').optional(),
	MAIL_FROM: z.string().default('Parvis <ne-pas-repondre@localhost>'),
	S3_BUCKET: z.string().min(3).optional(),
	S3_ENDPOINT: url(['http:', 'https:'], 'https://s3.gra.io.cloud.ovh.net').optional(),
	S3_REGION: z.string().default('gra'),
	S3_ACCESS_KEY_ID: z.string().optional(),
	S3_SECRET_ACCESS_KEY: z.string().optional(),
	...openIdProvider('FRANCECONNECT'),
	...openIdProvider('PROCONNECT'),
	TRANSCRIPTION_URL: url(['https:', 'http:'], 'https://albert.api.etalab.gouv.fr/v1').optional(),
	TRANSCRIPTION_MODEL: z.string().min(1).optional(),
	TRANSCRIPTION_KEY: z.string().min(1).optional(),
	TRANSCRIPTION_MODEL_DIR: z.string().min(1).optional(),
	TRANSCRIPTION_LANGUAGE: z
		.string()
		.regex(/^[a-z]{2,3}$/, 'must be a language code such as fr')
		.default('fr'),
	REPORT_EMAIL_DAYS: z.coerce.number().int().min(1).max(365).default(365),
	ROADS_URL: url(['https:', 'http:'], 'http://valhalla:8002').optional(),
	ROADS_PROVIDER: z.enum(['valhalla', 'osrm']).default('valhalla'),
	MAP_STYLE_URL: url(['https:', 'http:'], 'https://tiles.example.org/style.json').optional(),
	EXCHANGE_PRIVATE_HOSTS: z
		.string()
		.default('')
		.transform((text) =>
			text
				.split(',')
				.map((host) => host.trim().toLowerCase())
				.filter(Boolean),
		),
	OTEL_EXPORTER_OTLP_ENDPOINT: url(['http:', 'https:'], 'http://collector:4318').optional(),
});

export interface OpenIdProviderConfiguration {
	issuer: string;
	clientId: string;
	clientSecret: string;
}

/** A LiveKit server: where sound and picture of meetings pass. */
export interface LivekitConfiguration {
	/** Where our own processes call it, `http:` or `https:`. */
	url: string;
	/** Where browsers connect, `ws:` or `wss:`; null: to our own address, which passes them on. */
	clientUrl: string | null;
	apiKey: string;
	apiSecret: string;
}

export interface Configuration {
	/** Directory for the embedded database, local files and generated secrets. */
	dataDir: string;
	roles: ReadonlySet<Role>;
	host: string;
	port: number;
	/** Address people use, without a trailing slash; cookies are `Secure` when it is https. */
	publicUrl: string;
	/** A demonstration town: published accounts, mails kept on a page, and every page says so. */
	demo: boolean;
	/** At least 32 characters; signs cookies and tokens. Generated in the data directory when not given. */
	secret: string;
	/** How many reverse proxies stand in front, for the visitor's address. */
	trustProxy: number;
	logLevel: string;
	/** Null: start the embedded PostgreSQL. */
	databaseUrl: string | null;
	databasePoolSize: number;
	/** Null: the embedded broker. */
	mqttUrl: string | null;
	mqttPort: number;
	/** Null until the embedded one is started, or where there is none: meetings are held without sound and picture. */
	livekit: LivekitConfiguration | null;
	/** Of the embedded LiveKit: signalling, which our own server passes on; sound and picture by TCP and UDP. 0 takes a free port. */
	livekitPorts: { signalling: number; tcp: number; udp: number };
	/** The address by which browsers reach the embedded LiveKit, when the machine does not know it itself. */
	livekitNodeIp: string | null;
	/** How the programme of meetings is made: where its browser finds the site, and where camera desks find us. */
	programme: {
		/** Null: at `publicUrl`. */
		siteUrl: string | null;
		host: string;
		rtmpPort: number;
		srtPort: number;
	};
	/** How long positions of the vehicles of rounds are kept. */
	positionRetentionDays: number;
	/** Bearer token asked by /metrics; null: only local connections may read it. */
	metricsToken: string | null;
	smtpUrl: string | null;
	mailFrom: string;
	s3: {
		bucket: string;
		endpoint: string | null;
		region: string;
		accessKeyId: string | null;
		secretAccessKey: string | null;
	} | null;
	franceConnect: OpenIdProviderConfiguration | null;
	proConnect: OpenIdProviderConfiguration | null;
	/** What puts speech in words: a service by HTTP, or a model in a folder. Null: nothing does. */
	transcription: { url: string; model: string | null; key: string | null } | { modelDir: string } | null;
	/** ISO 639, of what is said in meetings. */
	transcriptionLanguage: string;
	/** How long after the end of a resident's report their mail address is kept, in days. */
	reportEmailDays: number;
	/** A routing server that is asked before our own roads; null: none. */
	roads: { url: string; provider: 'valhalla' | 'osrm' } | null;
	mapStyleUrl: string | null;
	/** Hosts of the town's own network that webhooks and Open311 servers may be at, by http too. */
	privateHosts: readonly string[];
	otlpEndpoint: string | null;
}

/** Names of all environment variables that Parvis reads. */
export const variableNames: readonly string[] = Object.keys(environment.shape);

/** Thrown when settings do not hold; the message names each variable and what to do. */
export class ConfigurationError extends Error {}

/**
 * Read and validate the settings. Empty variables count as absent.
 * Creates the data directory, and in it `secret` on first use, when PARVIS_SECRET is not given.
 * @throws {ConfigurationError} naming every variable that does not hold.
 */
export function readConfiguration(env: Record<string, string | undefined>): Configuration {
	const given = Object.fromEntries(
		Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
	);
	const parsed = environment.safeParse(given);
	if (!parsed.success) {
		const lines = parsed.error.issues.map((issue) => `  ${String(issue.path[0])}: ${issue.message}`);
		throw new ConfigurationError(`These settings do not hold:\n${lines.join('\n')}\nSee .env.example.`);
	}
	const set = parsed.data;
	const dataDir = resolve(set.PARVIS_DATA);
	mkdirSync(dataDir, { recursive: true, mode: 0o755 });
	if (set.S3_BUCKET === undefined && set.S3_ENDPOINT !== undefined)
		throw new ConfigurationError(
			'These settings do not hold:\n  S3_BUCKET: is needed with S3_ENDPOINT\nSee .env.example.',
		);
	if (set.TRANSCRIPTION_URL !== undefined && set.TRANSCRIPTION_MODEL_DIR !== undefined)
		throw new ConfigurationError(
			'These settings do not hold:\n  TRANSCRIPTION_URL: not together with TRANSCRIPTION_MODEL_DIR\nSee .env.example.',
		);
	const publicUrl = (set.PARVIS_PUBLIC_URL ?? `http://localhost:${set.PARVIS_PORT}`).replace(/\/+$/, '');
	return {
		dataDir,
		roles: new Set(set.PARVIS_ROLES),
		host: set.PARVIS_HOST,
		port: set.PARVIS_PORT,
		publicUrl,
		demo: set.PARVIS_DEMO,
		secret: set.PARVIS_SECRET ?? ensureSecret(dataDir),
		trustProxy: set.PARVIS_TRUST_PROXY,
		logLevel: set.PARVIS_LOG_LEVEL,
		databaseUrl: set.DATABASE_URL ?? null,
		databasePoolSize: set.DATABASE_POOL_SIZE,
		mqttUrl: set.MQTT_URL ?? null,
		mqttPort: set.MQTT_PORT,
		livekit: livekit(set),
		livekitPorts: {
			signalling: set.LIVEKIT_PORT,
			tcp: set.LIVEKIT_TCP_PORT,
			udp: set.LIVEKIT_UDP_PORT,
		},
		livekitNodeIp: set.LIVEKIT_NODE_IP ?? null,
		programme: {
			siteUrl: set.PROGRAMME_SITE_URL?.replace(/\/+$/, '') ?? null,
			host: set.PROGRAMME_INGEST_HOST,
			rtmpPort: set.PROGRAMME_RTMP_PORT,
			srtPort: set.PROGRAMME_SRT_PORT,
		},
		positionRetentionDays: set.POSITION_RETENTION_DAYS,
		metricsToken: set.METRICS_TOKEN ?? null,
		smtpUrl: set.SMTP_URL ?? null,
		mailFrom: set.MAIL_FROM,
		s3: set.S3_BUCKET
			? {
					bucket: set.S3_BUCKET,
					endpoint: set.S3_ENDPOINT ?? null,
					region: set.S3_REGION,
					accessKeyId: set.S3_ACCESS_KEY_ID ?? null,
					secretAccessKey: set.S3_SECRET_ACCESS_KEY ?? null,
				}
			: null,
		franceConnect: openId('FRANCECONNECT', set as Record<string, unknown>),
		proConnect: openId('PROCONNECT', set as Record<string, unknown>),
		transcription: set.TRANSCRIPTION_URL
			? {
					url: set.TRANSCRIPTION_URL,
					model: set.TRANSCRIPTION_MODEL ?? null,
					key: set.TRANSCRIPTION_KEY ?? null,
				}
			: set.TRANSCRIPTION_MODEL_DIR
				? { modelDir: resolve(set.TRANSCRIPTION_MODEL_DIR) }
				: null,
		transcriptionLanguage: set.TRANSCRIPTION_LANGUAGE,
		reportEmailDays: set.REPORT_EMAIL_DAYS,
		roads: set.ROADS_URL ? { url: set.ROADS_URL.replace(/\/+$/, ''), provider: set.ROADS_PROVIDER } : null,
		mapStyleUrl: set.MAP_STYLE_URL ?? null,
		privateHosts: set.EXCHANGE_PRIVATE_HOSTS,
		otlpEndpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
	};
}

function livekit(set: z.output<typeof environment>): LivekitConfiguration | null {
	const { LIVEKIT_URL: url, LIVEKIT_API_KEY: apiKey, LIVEKIT_API_SECRET: apiSecret } = set;
	if (url && apiKey && apiSecret) {
		const bare = url.replace(/\/+$/, '');
		return {
			url: bare.replace(/^ws/, 'http'),
			clientUrl: bare.replace(/^http/, 'ws'),
			apiKey,
			apiSecret,
		};
	}
	if (!url && !apiKey && !apiSecret) return null;
	throw new ConfigurationError(
		'These settings do not hold:\n  LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET: each is needed with the others\nSee .env.example.',
	);
}

function openId(name: string, set: Record<string, unknown>): OpenIdProviderConfiguration | null {
	const names = [`${name}_ISSUER`, `${name}_CLIENT_ID`, `${name}_CLIENT_SECRET`];
	const [issuer, clientId, clientSecret] = names.map((key) => set[key]);
	if (typeof issuer === 'string' && typeof clientId === 'string' && typeof clientSecret === 'string')
		return { issuer, clientId, clientSecret };
	const missing = names.filter((key) => set[key] === undefined);
	if (missing.length === names.length) return null;
	throw new ConfigurationError(
		`These settings do not hold:\n  ${missing.join(', ')}: needed with the other ${name}_ settings\nSee .env.example.`,
	);
}

function ensureSecret(dataDir: string): string {
	const path = join(dataDir, 'secret');
	try {
		return readFileSync(path, 'utf8').trim();
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
	}
	// `wx`: of two processes that start together one writes, the other reads what it wrote.
	try {
		writeFileSync(path, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
	}
	return readFileSync(path, 'utf8').trim();
}
