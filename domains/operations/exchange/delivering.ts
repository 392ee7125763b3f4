import type { Outgoing, Sealing } from '@parvis/platform';
import { type AnyTransaction, newId, system } from '@parvis/platform';
import { sql } from 'kysely';
import type { Context, Db } from '../context.ts';
import type { Catalogue } from './catalogue.ts';
import { giveUpAfter, nextAttempt } from './rules/backoff.ts';
import { signatureHeaders } from './signature.ts';

const day = 86_400_000;
/** A receiver that took nothing for so long is let be. */
const disableAfter = 2 * day;
const keptFor = 30 * day;
const timeoutMilliseconds = 10_000;
const claimMilliseconds = 60_000;
const mostAtOnce = 500;
export const deliverJob = 'operations.webhooks.deliver';

export interface Delivering {
	/** Note a message for one webhook and have it sent, in the caller's transaction. @returns its id */
	enqueue(
		trx: AnyTransaction,
		webhookId: string,
		event: string,
		eventId: string,
		data: object,
	): Promise<string>;
	/** One attempt, if it is due and nobody else is at it. */
	attempt(deliveryId: string): Promise<void>;
	/** Attempt what is due: after a restart, a lost worker, a wait. */
	sweep(): Promise<void>;
	/** Forget old deliveries. */
	purge(): Promise<void>;
}

/** At least once, in no promised order: each delivery is a row that stays `waiting` until a receiver took it or two days are over. */
export function createDelivering(context: Context, outgoing: Outgoing, sealing: Sealing): Delivering {
	const { platform, db, identity, now } = context;

	async function enqueue(
		anyTrx: AnyTransaction,
		webhookId: string,
		event: string,
		eventId: string,
		data: object,
	): Promise<string> {
		const trx = anyTrx as unknown as Db;
		const at = now();
		const id = newId();
		const added = await trx
			.insertInto('operations.webhook_delivery')
			.values({
				id,
				webhook_id: webhookId,
				event_id: eventId,
				event,
				body: JSON.stringify({ type: event, timestamp: at.toISOString(), data }),
				status: 'waiting',
				due_at: at,
				give_up_at: new Date(at.getTime() + giveUpAfter),
				created_at: at,
			})
			.onConflict((conflict) => conflict.columns(['webhook_id', 'event_id']).doNothing())
			.executeTakeFirst();
		if (added.numInsertedOrUpdatedRows) await platform.jobs.send(deliverJob, { id }, { trx: anyTrx });
		return id;
	}

	/** Take a due delivery for a minute, or put it off while its receiver is known to be down. */
	async function claim(id: string) {
		const at = now();
		await db
			.updateTable('operations.webhook_delivery as delivery')
			.from('operations.webhook as webhook')
			.set((eb) => ({ due_at: eb.ref('webhook.retry_at').$notNull() }))
			.whereRef('webhook.id', '=', 'delivery.webhook_id')
			.where('delivery.id', '=', id)
			.where('delivery.status', '=', 'waiting')
			.where('webhook.retry_at', '>', at)
			.whereRef('delivery.due_at', '<', 'webhook.retry_at')
			.execute();
		return db
			.updateTable('operations.webhook_delivery as delivery')
			.from('operations.webhook as webhook')
			.set({
				attempts: sql`delivery.attempts + 1`,
				claimed_until: new Date(at.getTime() + claimMilliseconds),
			})
			.whereRef('webhook.id', '=', 'delivery.webhook_id')
			.where('webhook.enabled', '=', true)
			.where('delivery.id', '=', id)
			.where('delivery.status', '=', 'waiting')
			.where('delivery.due_at', '<=', at)
			.where((eb) =>
				eb.or([eb('delivery.claimed_until', 'is', null), eb('delivery.claimed_until', '<=', at)]),
			)
			.returning([
				'delivery.webhook_id',
				'delivery.attempts',
				'delivery.body',
				'delivery.give_up_at',
				'webhook.url',
				'webhook.secret',
				'webhook.former_secret',
				'webhook.former_until',
			])
			.executeTakeFirst();
	}

	type Claimed = NonNullable<Awaited<ReturnType<typeof claim>>>;

	/** @returns what went wrong, null when it was taken */
	async function send(id: string, row: Claimed): Promise<{ status: number | null; error: string | null }> {
		const secrets = [
			row.secret,
			...(row.former_secret && row.former_until && row.former_until > now() ? [row.former_secret] : []),
		].flatMap((sealed) => sealing.open(sealed) ?? []);
		// Sealed under another PARVIS_SECRET: a signature nobody can check would be worse than none.
		if (!secrets.length) return { status: null, error: 'secret_lost' };
		const sent = await outgoing.request(new URL(row.url), {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				...signatureHeaders(id, now(), row.body, secrets),
			},
			body: row.body,
			timeoutMilliseconds,
			mostBytes: 64 * 1024,
			cut: true,
		});
		if (!sent.ok) return { status: null, error: sent.error };
		const { status } = sent.answer;
		if (status >= 200 && status < 300) return { status, error: null };
		return { status, error: status >= 300 && status < 400 ? 'redirect' : 'status' };
	}

	async function attempt(id: string): Promise<void> {
		const row = await claim(id);
		if (!row) return;
		const started = performance.now();
		const { status, error } = await send(id, row);
		const milliseconds = Math.round(performance.now() - started);
		const at = now();
		const next = nextAttempt(row.attempts, at, Math.random());
		const over = next > row.give_up_at;
		await db.transaction().execute(async (trx) => {
			await trx
				.updateTable('operations.webhook_delivery')
				.set({
					status: error === null ? 'delivered' : over ? 'failed' : 'waiting',
					due_at: next,
					claimed_until: null,
					last_status: status,
					last_error: error,
					last_milliseconds: milliseconds,
					...(error === null && { delivered_at: at }),
				})
				.where('id', '=', id)
				.execute();
			if (error === null) {
				await trx
					.updateTable('operations.webhook')
					.set({ failing_since: null, failures: 0, retry_at: null })
					.where('id', '=', row.webhook_id)
					.where('failures', '>', 0)
					.execute();
				return;
			}
			const webhook = await trx
				.updateTable('operations.webhook')
				.set({
					failing_since: sql`coalesce(failing_since, ${at})`,
					failures: sql`failures + 1`,
				})
				.where('id', '=', row.webhook_id)
				.returning(['id', 'url', 'failures', 'failing_since', 'enabled'])
				.executeTakeFirst();
			if (!webhook?.enabled) return;
			const failing = webhook.failing_since ?? at;
			const because =
				status === 410 ? 'gone' : at.getTime() - failing.getTime() >= disableAfter ? 'failing' : null;
			if (because) return disable(trx as unknown as AnyTransaction, webhook, because);
			await trx
				.updateTable('operations.webhook')
				.set({ retry_at: nextAttempt(webhook.failures, at, Math.random()) })
				.where('id', '=', webhook.id)
				.execute();
			if (!over)
				await platform.jobs.send(
					deliverJob,
					{ id },
					{ trx: trx as unknown as AnyTransaction, startAfter: next },
				);
		});
	}

	async function disable(
		trx: AnyTransaction,
		webhook: { id: string; url: string },
		because: 'gone' | 'failing',
	): Promise<void> {
		await (trx as unknown as Db)
			.updateTable('operations.webhook')
			.set({ enabled: false, disabled_because: because, updated_at: now() })
			.where('id', '=', webhook.id)
			.execute();
		await platform.audit.record(trx, {
			actor: system,
			action: 'operations.webhook.disabled',
			subject: `webhook:${webhook.id}`,
			detail: { because },
		});
		for (const { email, locale } of await identity.people.addressesOfRole('operations:manager')) {
			const t = (key: string) =>
				platform.messages.t(locale, `operations.webhook_mail_${key}`, { host: new URL(webhook.url).host });
			await platform.mail.send(
				{
					to: email,
					subject: t('subject'),
					text: `${t(because)}\n\n${platform.config.publicUrl}/espace/webhooks/${webhook.id}`,
				},
				trx,
			);
		}
	}

	return {
		enqueue,
		attempt,

		async sweep() {
			const rows = await db
				.selectFrom('operations.webhook_delivery as delivery')
				.innerJoin('operations.webhook as webhook', 'webhook.id', 'delivery.webhook_id')
				.select('delivery.id')
				.where('delivery.status', '=', 'waiting')
				.where('delivery.due_at', '<=', now())
				.where('webhook.enabled', '=', true)
				.where((eb) =>
					eb.or([eb('delivery.claimed_until', 'is', null), eb('delivery.claimed_until', '<=', now())]),
				)
				.where((eb) => eb.or([eb('webhook.retry_at', 'is', null), eb('webhook.retry_at', '<=', now())]))
				.orderBy('delivery.due_at')
				.limit(mostAtOnce)
				.execute();
			for (const { id } of rows) await platform.jobs.send(deliverJob, { id }, { singletonKey: id });
		},

		async purge() {
			await db
				.deleteFrom('operations.webhook_delivery')
				.where('created_at', '<', new Date(now().getTime() - keptFor))
				.execute();
		},
	};
}

/** Have every chosen event told, and the messages sent. Called while the room is built. */
export function defineDelivering(context: Context, catalogue: Catalogue, delivering: Delivering): void {
	const { platform, db } = context;
	platform.jobs.define<{ id: string }>(
		deliverJob,
		{ retryLimit: 0, expireInSeconds: 120, concurrency: 4 },
		({ id }) => delivering.attempt(id),
	);
	platform.jobs.define('operations.webhooks.sweep', { cron: '* * * * *', retryLimit: 0 }, () =>
		delivering.sweep(),
	);
	platform.jobs.define('operations.webhooks.purge', { cron: '25 3 * * *' }, () => delivering.purge());
	for (const [event, describe] of Object.entries(catalogue))
		platform.events.subscribe<Record<string, unknown>>(
			'operations.webhooks',
			event,
			async ({ id, payload }) => {
				const webhooks = await db
					.selectFrom('operations.webhook')
					.select('id')
					.where('enabled', '=', true)
					.where(sql<boolean>`${event} = ANY(events)`)
					.execute();
				if (!webhooks.length) return;
				const data = await describe(payload);
				if (data === null) return;
				await db.transaction().execute(async (trx) => {
					for (const webhook of webhooks)
						await delivering.enqueue(trx as unknown as AnyTransaction, webhook.id, event, id, data);
				});
			},
		);
}
