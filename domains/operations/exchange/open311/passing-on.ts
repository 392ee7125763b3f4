import type { Sealing } from '@parvis/platform';
import { type AnyTransaction, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context } from '../../context.ts';
import type { Interventions } from '../../interventions/face.ts';
import { giveUpAfter, nextAttempt } from '../rules/backoff.ts';
import type { Open311Client, Remote } from './client.ts';

const claimMilliseconds = 60_000;
const hour = 3_600_000;
const mostAtOnce = 50;
export const forwardJob = 'operations.open311.forward';

export interface PassingOn {
	/** Note that a report of a routed category is to go, once. */
	take(interventionId: string): Promise<void>;
	/** One attempt, if it is due and nobody else is at it. */
	attempt(reportId: string): Promise<void>;
	sweep(): Promise<void>;
	/** Ask each server what became of the reports it has. */
	pull(): Promise<void>;
}

/**
 * Reports to another server, never twice: an attempt is noted before it begins, and one whose end is not known is looked for
 * there by our number. Where it cannot be found it waits for a person.
 */
export function createPassingOn(
	context: Context,
	interventions: Interventions,
	client: Open311Client,
	sealing: Sealing,
): PassingOn {
	const { platform, db, now } = context;
	const host = new URL(platform.config.publicUrl).host;
	/** How a report of ours is recognised there; and one that comes back here. */
	const mark = (number: string) => `(${number}, ${host})`;

	const remoteOf = (server: {
		url: string;
		jurisdiction: string | null;
		api_key: Buffer | null;
	}): Remote => ({
		url: server.url,
		jurisdiction: server.jurisdiction,
		apiKey: server.api_key && sealing.open(server.api_key),
	});

	async function claim(reportId: string) {
		const at = now();
		return db.transaction().execute(async (trx) => {
			const row = await trx
				.selectFrom('operations.open311_forward as forward')
				.innerJoin('operations.open311_server as server', 'server.id', 'forward.server_id')
				.innerJoin('operations.report as report', 'report.id', 'forward.report_id')
				.select([
					'forward.status',
					'forward.attempts',
					'forward.service_code',
					'forward.give_up_at',
					'forward.created_at',
					'server.id as server_id',
					'server.name',
					'server.url',
					'server.jurisdiction',
					'server.api_key',
					'report.number',
					'report.description',
					'report.address',
					'report.longitude',
					'report.latitude',
					'report.intervention_id',
				])
				.where('forward.report_id', '=', reportId)
				.where('forward.status', 'in', ['waiting', 'sending'])
				.where('forward.due_at', '<=', at)
				.where('server.enabled', '=', true)
				.where((eb) =>
					eb.or([eb('forward.claimed_until', 'is', null), eb('forward.claimed_until', '<=', at)]),
				)
				.forUpdate('forward')
				.executeTakeFirst();
			if (!row) return null;
			await trx
				.updateTable('operations.open311_forward')
				.set({
					status: 'sending',
					attempts: row.attempts + 1,
					claimed_until: new Date(at.getTime() + claimMilliseconds),
				})
				.where('report_id', '=', reportId)
				.execute();
			return row;
		});
	}

	type Claimed = NonNullable<Awaited<ReturnType<typeof claim>>>;

	async function settle(reportId: string, row: Claimed, outcome: Outcome): Promise<void> {
		const at = now();
		const next = nextAttempt(row.attempts + 1, at, Math.random());
		const status =
			outcome.status === 'later' ? 'waiting' : outcome.status === 'unknown' ? 'sending' : outcome.status;
		const over = (status === 'waiting' || status === 'sending') && next > row.give_up_at;
		await db.transaction().execute(async (trx) => {
			await trx
				.updateTable('operations.open311_forward')
				.set({
					status: over ? 'failed' : status,
					due_at: next,
					claimed_until: null,
					last_error: outcome.error,
					...(outcome.remote && {
						remote_id: outcome.remote.id || null,
						remote_token: outcome.remote.token || null,
						sent_at: at,
					}),
				})
				.where('report_id', '=', reportId)
				.execute();
			await trx
				.updateTable('operations.open311_server')
				.set(outcome.remote ? { answered_at: at, last_error: null } : { last_error: outcome.error })
				.where('id', '=', row.server_id)
				.execute();
			if (!over && (status === 'waiting' || status === 'sending'))
				await platform.jobs.send(
					forwardJob,
					{ reportId },
					{ trx: trx as unknown as AnyTransaction, startAfter: next },
				);
		});
		if (status === 'sent' && row.intervention_id)
			await interventions.change(system, row.intervention_id, null, {
				status: 'waiting',
				reason: platform.messages.t('fr', 'operations.forwarded_reason', {
					name: row.name,
					number: outcome.remote?.id || '…',
				}),
			});
	}

	interface Outcome {
		status: 'sent' | 'refused' | 'failed' | 'later' | 'unknown';
		error: string | null;
		remote?: { id: string; token: string };
	}

	async function send(reportId: string, row: Claimed): Promise<Outcome> {
		const remote = remoteOf(row);
		if (row.status === 'sending') {
			const found = await client.list(remote, {
				service_code: row.service_code,
				start_date: new Date(row.created_at.getTime() - hour).toISOString(),
			});
			if (!found.ok) return { status: 'unknown', error: found.error };
			const own = found.value.find(({ description }) => description.includes(mark(row.number)));
			return own
				? { status: 'sent', error: null, remote: own }
				: { status: 'failed', error: 'unknown_outcome' };
		}
		const answer = await client.send(
			remote,
			{
				service_code: row.service_code,
				lat: String(row.latitude),
				long: String(row.longitude),
				...(row.address && { address_string: row.address }),
				description: `${row.description.slice(0, 3800)} ${mark(row.number)}`.trim(),
			},
			`parvis-${reportId}`,
		);
		if (answer.ok) {
			const [made] = answer.value;
			return made && (made.id || made.token)
				? { status: 'sent', error: null, remote: made }
				: { status: 'unknown', error: 'nonsense' };
		}
		const { error, code, words } = answer;
		if (code !== null) {
			const passing = code >= 500 || code === 429 || code === 408;
			return { status: passing ? 'later' : 'refused', error: `${code} ${words}`.trim() };
		}
		const never = error === 'unreachable' || error === 'tls' || error === 'address_refused';
		return { status: never ? 'later' : 'unknown', error };
	}

	/** Take over what the server says of a report, and close ours when it is closed there. */
	async function note(reportId: string, told: { id: string; status: string; notes: string }): Promise<void> {
		const closed = told.status.toLowerCase() === 'closed';
		const row = await db
			.updateTable('operations.open311_forward')
			.set({
				remote_id: told.id,
				remote_status: told.status.slice(0, 100),
				remote_notes: told.notes.slice(0, 1000),
				...(closed && { status: 'closed' as const, closed_at: now() }),
			})
			.where('report_id', '=', reportId)
			.where('status', '=', 'sent')
			.returning('report_id')
			.executeTakeFirst();
		if (!row || !closed) return;
		const report = await db
			.selectFrom('operations.report as report')
			.innerJoin('operations.intervention as intervention', 'intervention.id', 'report.intervention_id')
			.select(['intervention.id', 'intervention.closed_at'])
			.where('report.id', '=', reportId)
			.executeTakeFirst();
		if (report && report.closed_at === null)
			await interventions.change(system, report.id, null, {
				status: 'done',
				...(told.notes && { publicAnswer: told.notes.slice(0, 1000) }),
			});
	}

	return {
		async take(interventionId) {
			const row = await db
				.selectFrom('operations.report as report')
				.innerJoin('operations.open311_route as route', 'route.category_id', 'report.category_id')
				.innerJoin('operations.open311_server as server', 'server.id', 'route.server_id')
				.select(['report.id', 'report.description', 'route.server_id', 'route.service_code'])
				.where('report.intervention_id', '=', interventionId)
				.where('report.same_as_id', 'is', null)
				.where('report.status', 'not in', ['held', 'spam'])
				.where('server.enabled', '=', true)
				.executeTakeFirst();
			// One of ours that came back: it has been round already.
			if (!row || row.description.includes(`, ${host})`)) return;
			const at = now();
			await db.transaction().execute(async (trx) => {
				const added = await trx
					.insertInto('operations.open311_forward')
					.values({
						report_id: row.id,
						server_id: row.server_id,
						service_code: row.service_code,
						status: 'waiting',
						due_at: at,
						give_up_at: new Date(at.getTime() + giveUpAfter),
						created_at: at,
					})
					.onConflict((conflict) => conflict.column('report_id').doNothing())
					.executeTakeFirst();
				if (added.numInsertedOrUpdatedRows)
					await platform.jobs.send(
						forwardJob,
						{ reportId: row.id },
						{ trx: trx as unknown as AnyTransaction },
					);
			});
		},

		async attempt(reportId) {
			const row = await claim(reportId);
			if (row) await settle(reportId, row, await send(reportId, row));
		},

		async sweep() {
			const rows = await db
				.selectFrom('operations.open311_forward')
				.select('report_id')
				.where('status', 'in', ['waiting', 'sending'])
				.where('due_at', '<=', now())
				.where((eb) => eb.or([eb('claimed_until', 'is', null), eb('claimed_until', '<=', now())]))
				.orderBy('due_at')
				.limit(200)
				.execute();
			for (const { report_id } of rows)
				await platform.jobs.send(forwardJob, { reportId: report_id }, { singletonKey: report_id });
		},

		async pull() {
			const servers = await db
				.selectFrom('operations.open311_server')
				.selectAll()
				.where('enabled', '=', true)
				.execute();
			for (const server of servers) {
				const remote = remoteOf(server);
				const open = await db
					.selectFrom('operations.open311_forward')
					.select(['report_id', 'remote_id', 'remote_token'])
					.where('server_id', '=', server.id)
					.where('status', '=', 'sent')
					.orderBy(sql`coalesce(remote_status, '')`)
					.limit(2000)
					.execute();
				let error: string | null = null;
				for (const { report_id, remote_id, remote_token } of open) {
					if (remote_id !== null || remote_token === null) continue;
					const named = await client.token(remote, remote_token);
					const id = named.ok ? named.value[0]?.id : '';
					if (id)
						await db
							.updateTable('operations.open311_forward')
							.set({ remote_id: id })
							.where('report_id', '=', report_id)
							.execute();
				}
				const named = open.filter(({ remote_id }) => remote_id !== null);
				for (let from = 0; from < named.length && error === null; from += mostAtOnce) {
					const some = named.slice(from, from + mostAtOnce);
					const answer = await client.list(remote, {
						service_request_id: some.map(({ remote_id }) => remote_id).join(','),
					});
					if (!answer.ok)
						error = answer.code === null ? answer.error : `${answer.code} ${answer.words}`.trim();
					else
						for (const told of answer.value) {
							const own = some.find(({ remote_id }) => remote_id === told.id);
							if (own) await note(own.report_id, told);
						}
				}
				if (open.length)
					await db
						.updateTable('operations.open311_server')
						.set(error === null ? { answered_at: now(), last_error: null } : { last_error: error })
						.where('id', '=', server.id)
						.execute();
			}
		},
	};
}

/** To be called while the room is built. */
export function definePassingOn(context: Context, passing: PassingOn): void {
	const { jobs, events } = context.platform;
	jobs.define<{ reportId: string }>(
		forwardJob,
		{ retryLimit: 0, expireInSeconds: 120, concurrency: 2 },
		({ reportId }) => passing.attempt(reportId),
	);
	jobs.define('operations.open311.sweep', { cron: '* * * * *', retryLimit: 0 }, () => passing.sweep());
	jobs.define('operations.open311.pull', { cron: '*/10 * * * *', retryLimit: 0, expireInSeconds: 540 }, () =>
		passing.pull(),
	);
	events.subscribe<{ interventionId: string }>(
		'operations.open311',
		'operations.intervention.opened',
		({ payload }) => passing.take(payload.interventionId),
	);
}
