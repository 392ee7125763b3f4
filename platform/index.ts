import type { Kysely } from 'kysely';
import type pg from 'pg';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { type Audit, createAudit } from './audit.ts';
import type { Configuration, Role } from './configuration.ts';
import { createDatabase } from './database.ts';
import { createEvents, type Events, eventRetentionDays } from './events.ts';
import { createFiles, type Files } from './files.ts';
import type { FastifyPluginAsyncZod } from './http.ts';
import { createJobs, type Jobs } from './jobs.ts';
import { createLogger, type Logger } from './logging.ts';
import { createMail, type Mail } from './mail.ts';
import en from './messages/en.json' with { type: 'json' };
import fr from './messages/fr.json' with { type: 'json' };
import { createMessages, type Locale, type Messages, type MessageTable } from './messages.ts';
import type { MigrationSource } from './migrations.ts';
import { createOffers, type DatasetSource, type Offers, type PersonalDataSource } from './offers.ts';
import type { DB } from './tables.ts';

export { type Actor, anonymous, hasRole, hasScope, system } from './actor.ts';
export { type AtomEntry, atomFeed } from './atom.ts';
export type { Audit, AuditEntry, AuditQuery, AuditRecord, AuditVerification } from './audit.ts';
export { changing, Refusal } from './changing.ts';
export {
	type Configuration,
	ConfigurationError,
	type LivekitConfiguration,
	type OpenIdProviderConfiguration,
	type Role,
	readConfiguration,
	roles,
	variableNames,
} from './configuration.ts';
export { CsvError, type CsvRow, csvLine, parseCsv } from './csv.ts';
export { type AnyTransaction, createPool, type Transaction } from './database.ts';
export type { Block, OfficialDocument, Run, Text } from './documents/document.ts';
export { renderPdf } from './documents/render.ts';
export { createEventStream, type EventStream, type EventStreamOptions } from './event-stream.ts';
export type { DomainEvent, Events } from './events.ts';
export { createFiles, type Files } from './files.ts';
export { freePort } from './free-port.ts';
export {
	createHttp,
	type FastifyInstance,
	type FastifyPluginAsyncZod,
	type FastifyReply,
	type FastifyRequest,
	isDatabaseOutage,
	mountApi,
	problem,
	sendProblem,
	toHeaders,
} from './http.ts';
export { newId } from './ids.ts';
export { asId, parseRoomInput, textInput, tidyText } from './input.ts';
export type { JobOptions, Jobs, SendOptions } from './jobs.ts';
export { createListening, type Listening } from './listen.ts';
export { createLogger, type Logger } from './logging.ts';
export type { Mail } from './mail.ts';
export { createMessages, type Locale, locales, type Messages, type MessageTable } from './messages.ts';
export { type Migration, type MigrationSource, migrate, readMigrations } from './migrations.ts';
export type { DatasetSource, Offers, PersonalDataSource } from './offers.ts';
export {
	type Answer,
	createOutgoing,
	type Outgoing,
	type OutgoingError,
	type OutgoingRequest,
} from './outgoing.ts';
export { type CleanPdf, cleanPdf, type PdfCleaning } from './pdf.ts';
export { clockAheadSeconds, putRight } from './phone-clock.ts';
export { type CleanFile, cleanPhoto } from './photo.ts';
export { ok, type Result, refuse } from './result.ts';
export { createSealing, type Sealing } from './sealing.ts';
export { createUnsubscribeTokens, type UnsubscribeTokens } from './unsubscribe.ts';

/** What each `createX(platform, neighbours)` returns as `.room`: how the server runs it. */
export interface Room {
	/** Also the name of its PostgreSQL schema. */
	name: string;
	/** Folder of its `NNNN_what.sql` files. */
	migrations: URL;
	messages: Record<Locale, MessageTable>;
	/** Roles its policies ask for, as `<room>:<role>`; their names on screen are the messages `<room>.role.<role>`. */
	roles?: readonly string[];
	/** Scopes its policies ask of API keys, as `<resource>:<read|write>`. */
	scopes?: readonly string[];
	/** HTTP resources, mounted under /api/v1. */
	api?: FastifyPluginAsyncZod;
	/** Resources whose addresses a standard gives, by the path they stand under: `/open311`. */
	standards?: Readonly<Record<string, FastifyPluginAsyncZod>>;
	/** Open what the room keeps open in these roles: brokers, listeners, caches. Jobs and subscriptions are defined when it is built. */
	start?(roles: ReadonlySet<Role>): Promise<void>;
	stop?(): Promise<void>;
}

/** The ground every room stands on. */
export interface Platform {
	config: Configuration;
	log: Logger;
	/** For what Kysely does not say well: COPY, UNNEST, LISTEN. */
	pool: pg.Pool;
	/** Typed queries on a room's tables. */
	db<Tables>(): Kysely<Tables>;
	events: Events;
	jobs: Jobs;
	files: Files;
	mail: Mail;
	messages: Messages;
	metrics: Registry;
	audit: Audit;
	personalData: Offers<PersonalDataSource>;
	datasets: Offers<DatasetSource>;
	/** Start jobs; they run here only with the role `worker`. */
	start(): Promise<void>;
	/** Let running jobs end, then close the database. */
	stop(): Promise<void>;
}

/** The ground's own migrations; they come before every room's. */
export const platformMigrations: MigrationSource = {
	room: 'platform',
	folder: new URL('./migrations/', import.meta.url),
};

/**
 * Lay the ground. Nothing is opened or asked until `start`, but for the connections that queries need.
 * @param config needs a `databaseUrl`: whoever embeds PostgreSQL fills it in
 */
export function createPlatform(config: Configuration): Platform {
	if (!config.databaseUrl) throw new Error('the platform needs a database address');
	const log = createLogger(config.logLevel);
	const database = createDatabase(config.databaseUrl, config.databasePoolSize, log);
	const { pool, kysely } = database;
	const db = <Tables>() => kysely as unknown as Kysely<Tables>;
	const metrics = new Registry();
	collectDefaultMetrics({ register: metrics });
	const messages = createMessages();
	messages.add({ fr, en });
	const jobs = createJobs(pool, log, metrics);
	const ground = { config, log, pool, db, jobs, metrics, messages };

	jobs.define('platform.purge', { cron: '40 3 * * *' }, async () => {
		await db<DB>()
			.deleteFrom('platform.event')
			.where('occurred_at', '<', new Date(Date.now() - eventRetentionDays * 86_400_000))
			.execute();
	});

	return {
		...ground,
		events: createEvents(jobs),
		files: createFiles(config),
		mail: createMail(ground),
		audit: createAudit(db<DB>()),
		personalData: createOffers(),
		datasets: createOffers(),
		start: () => jobs.start(config.roles.has('worker')),
		async stop() {
			await jobs.stop();
			await database.end();
		},
	};
}
