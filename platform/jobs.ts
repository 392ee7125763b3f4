import type pg from 'pg';
import { fromKysely, PgBoss, type QueueOptions } from 'pg-boss';
import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { AnyTransaction } from './database.ts';
import type { Logger } from './logging.ts';

export interface JobOptions {
	/** Five-field cron line in Europe/Paris; the job then also runs on that schedule, once across all workers. */
	cron?: string;
	/** Attempts after the first; waits double between them from `retryDelaySeconds`. Default 5. */
	retryLimit?: number;
	retryDelaySeconds?: number;
	/** Longest run before the job counts as lost and is tried again. Default 900. */
	expireInSeconds?: number;
	/** How many run at once in one worker process. Default 1. */
	concurrency?: number;
}

export interface SendOptions {
	/** Send as part of this transaction: no commit, no job. */
	trx?: AnyTransaction;
	startAfter?: Date;
	/** While a job with this key waits, another of the same name and key is not added; two sent at the same moment may both be. */
	singletonKey?: string;
}

export interface Jobs {
	/** Say what runs under a name. Call it while the room is built, before the platform starts. */
	define<Data extends object>(
		name: string,
		options: JobOptions,
		handler: (data: Data) => Promise<void>,
	): void;
	/** Queue a job of a defined name. @returns its id, or null when its singleton key already waits */
	send(name: string, data: object, options?: SendOptions): Promise<string | null>;
	start(work: boolean): Promise<void>;
	stop(): Promise<void>;
}

interface Definition {
	options: JobOptions;
	handler: (data: never) => Promise<void>;
}

/** Jobs on pg-boss, in the same database as the data they are about. */
export function createJobs(pool: pg.Pool, log: Logger, metrics: Registry): Jobs {
	const definitions = new Map<string, Definition>();
	const finished = new Counter({
		name: 'parvis_jobs_total',
		help: 'Jobs that ran, by name and outcome',
		labelNames: ['job', 'outcome'],
		registers: [metrics],
	});
	let boss: PgBoss | null = null;

	async function run(name: string, definition: Definition, data: object): Promise<void> {
		try {
			await definition.handler(data as never);
			finished.inc({ job: name, outcome: 'done' });
		} catch (error) {
			finished.inc({ job: name, outcome: 'failed' });
			log.error({ job: name, err: error }, 'job failed');
			throw error;
		}
	}

	return {
		define(name, options, handler) {
			if (definitions.has(name)) throw new Error(`job ${name} is defined twice`);
			definitions.set(name, { options, handler });
		},

		async send(name, data, options = {}) {
			if (!definitions.has(name)) throw new Error(`job ${name} is not defined`);
			if (!boss) throw new Error('jobs are not started');
			const within = options.trx && { db: fromKysely(options.trx) };
			const { singletonKey: key } = options;
			// In the queues of pg-boss a key alone keeps nothing out: their policy would, for jobs without a key too.
			if (key && (await boss.findJobs(name, { key, queued: true, limit: 1, ...within })).length) return null;
			return boss.send(name, data, {
				...within,
				...(options.startAfter && { startAfter: options.startAfter }),
				...(key && { singletonKey: key }),
			});
		},

		async start(work) {
			boss = new PgBoss({
				db: { executeSql: (text, values) => pool.query(text, values) },
				schema: 'pgboss',
				supervise: work,
				schedule: work,
			});
			boss.on('error', (error) => log.warn({ reason: error.message }, 'jobs: database trouble'));
			await boss.start();
			for (const [name, { options }] of definitions) {
				const queue: QueueOptions = {
					retryLimit: options.retryLimit ?? 5,
					retryDelay: options.retryDelaySeconds ?? 5,
					retryBackoff: true,
					expireInSeconds: options.expireInSeconds ?? 900,
				};
				await boss.createQueue(name, queue);
			}
			if (!work) return;
			for (const [name, definition] of definitions) {
				const { options } = definition;
				await boss.work<object>(
					name,
					{ pollingIntervalSeconds: 0.5, localConcurrency: options.concurrency ?? 1 },
					async (jobs) => {
						for (const job of jobs) await run(name, definition, job.data ?? {});
					},
				);
				if (options.cron) await boss.schedule(name, options.cron, {}, { tz: 'Europe/Paris' });
				else await boss.unschedule(name);
			}
		},

		async stop() {
			await boss?.stop({ graceful: true, timeout: 10_000 });
			boss = null;
		},
	};
}
