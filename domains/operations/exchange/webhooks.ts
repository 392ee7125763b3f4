import type { Outgoing, Sealing } from '@parvis/platform';
import {
	type Actor,
	type AnyTransaction,
	asId,
	changing,
	newId,
	ok,
	refuse,
	textInput,
} from '@parvis/platform';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Context, type Db, parseInput } from '../context.ts';
import { mayManage } from '../policies.ts';
import { type Catalogue, testEvent } from './catalogue.ts';
import { type Delivering, deliverJob } from './delivering.ts';
import type { Webhook, WebhookDelivery, Webhooks } from './face.ts';
import { giveUpAfter } from './rules/backoff.ts';
import { newSecret } from './signature.ts';

const pageSize = 50;
const formerServes = 86_400_000;
const mostWebhooks = 50;

export function createWebhooks(
	context: Context,
	catalogue: Catalogue,
	delivering: Delivering,
	outgoing: Outgoing,
	sealing: Sealing,
): Webhooks {
	const { platform, db, now } = context;
	const events = Object.keys(catalogue);
	const input = z.object({
		url: z
			.string()
			.trim()
			.max(2000)
			.refine((text) => URL.canParse(text) && outgoing.mayAsk(new URL(text)), 'operations.webhook_url')
			.transform((text) => new URL(text).href),
		description: textInput(200).default(''),
		events: z
			.array(z.string())
			.min(1, 'operations.webhook_events')
			.transform((chosen) => events.filter((event) => chosen.includes(event)))
			.refine((chosen) => chosen.length > 0, 'operations.webhook_events'),
	});

	function select(within: Db) {
		return within
			.selectFrom('operations.webhook')
			.select([
				'id',
				'url',
				'description',
				'events',
				'enabled',
				'disabled_because as disabledBecause',
				'failing_since as failingSince',
				'created_at as createdAt',
				sql<number>`(SELECT count(*)::int FROM operations.webhook_delivery delivery
					WHERE delivery.webhook_id = webhook.id AND delivery.status = 'waiting')`.as('waiting'),
				sql<Date | null>`(SELECT max(delivered_at) FROM operations.webhook_delivery delivery
					WHERE delivery.webhook_id = webhook.id)`.as('lastDeliveredAt'),
			])
			.$castTo<Webhook>();
	}

	const find = (within: Db, id: string) => select(within).where('id', '=', asId(id)).executeTakeFirst();

	const record = (trx: Db, actor: Actor, what: string, id: string, detail: Record<string, unknown> = {}) =>
		platform.audit.record(trx as unknown as AnyTransaction, {
			actor,
			action: `operations.webhook.${what}`,
			subject: `webhook:${id}`,
			detail,
		});

	return {
		events,

		async list(actor) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return ok(await select(db).orderBy('created_at').execute());
		},

		async get(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const webhook = await find(db, id);
			return webhook ? ok(webhook) : refuse('operations.webhook_unknown');
		},

		async create(actor, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input, given);
			if (!parsed.ok) return parsed;
			const secret = newSecret();
			const id = newId();
			return changing(db, async (trx) => {
				const { count } = await trx
					.selectFrom('operations.webhook')
					.select(sql<number>`count(*)::int`.as('count'))
					.executeTakeFirstOrThrow();
				if (count >= mostWebhooks) return refuse('operations.webhook_too_many');
				await trx
					.insertInto('operations.webhook')
					.values({
						...parsed.value,
						id,
						secret: sealing.seal(secret),
						enabled: true,
						created_at: now(),
						updated_at: now(),
					})
					.execute();
				await record(trx, actor, 'created', id, { host: new URL(parsed.value.url).host });
				const webhook = await find(trx, id);
				return webhook ? ok({ webhook, secret }) : refuse('operations.webhook_unknown');
			});
		},

		async update(actor, id, given) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const parsed = parseInput(input.extend({ enabled: z.boolean() }), given);
			if (!parsed.ok) return parsed;
			return changing(db, async (trx) => {
				const before = await find(trx, id);
				if (!before) return refuse('operations.webhook_unknown');
				const { enabled, ...rest } = parsed.value;
				await trx
					.updateTable('operations.webhook')
					.set({
						...rest,
						enabled,
						updated_at: now(),
						// Whoever changes or starts it again gives it a fresh chance.
						...(enabled && { disabled_because: null, failing_since: null, failures: 0, retry_at: null }),
					})
					.where('id', '=', before.id)
					.execute();
				await record(trx, actor, 'changed', before.id, { host: new URL(rest.url).host, enabled });
				const webhook = await find(trx, id);
				return webhook ? ok(webhook) : refuse('operations.webhook_unknown');
			});
		},

		async renewSecret(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const secret = newSecret();
			return changing(db, async (trx) => {
				const changed = await trx
					.updateTable('operations.webhook')
					.set((eb) => ({
						former_secret: eb.ref('secret'),
						former_until: new Date(now().getTime() + formerServes),
						secret: sealing.seal(secret),
						updated_at: now(),
					}))
					.where('id', '=', asId(id))
					.executeTakeFirst();
				if (!changed.numUpdatedRows) return refuse('operations.webhook_unknown');
				await record(trx, actor, 'secret_renewed', id);
				return ok(secret);
			});
		},

		async remove(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const gone = await trx.deleteFrom('operations.webhook').where('id', '=', asId(id)).executeTakeFirst();
				if (!gone.numDeletedRows) return refuse('operations.webhook_unknown');
				await record(trx, actor, 'removed', id);
				return ok(null);
			});
		},

		async test(actor, id) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const webhook = await find(db, id);
			if (!webhook) return refuse('operations.webhook_unknown');
			if (!webhook.enabled) return refuse('operations.webhook_stopped');
			return db.transaction().execute(async (trx) => {
				const data = { message: 'Parvis', town: platform.config.publicUrl };
				return ok(
					await delivering.enqueue(trx as unknown as AnyTransaction, webhook.id, testEvent, newId(), data),
				);
			});
		},

		async deliveries(actor, id, page = 1) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const webhook = await find(db, id);
			if (!webhook) return refuse('operations.webhook_unknown');
			const all = db.selectFrom('operations.webhook_delivery').where('webhook_id', '=', webhook.id);
			const [{ total }, items] = await Promise.all([
				all.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow(),
				all
					.select([
						'id',
						'event',
						'status',
						'attempts',
						'last_status as lastStatus',
						'last_error as lastError',
						'last_milliseconds as lastMilliseconds',
						'due_at as dueAt',
						'created_at as createdAt',
						'delivered_at as deliveredAt',
					])
					.orderBy('created_at', 'desc')
					.orderBy('id', 'desc')
					.limit(pageSize)
					.offset((page - 1) * pageSize)
					.$castTo<WebhookDelivery>()
					.execute(),
			]);
			return ok({ items, total, page, pageSize });
		},

		async body(actor, deliveryId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			const row = await db
				.selectFrom('operations.webhook_delivery')
				.select('body')
				.where('id', '=', asId(deliveryId))
				.executeTakeFirst();
			return row ? ok(row.body) : refuse('operations.delivery_unknown');
		},

		async resend(actor, deliveryId) {
			if (!mayManage(actor)) return refuse('platform.not_allowed');
			return changing(db, async (trx) => {
				const at = now();
				const row = await trx
					.updateTable('operations.webhook_delivery')
					.set({ status: 'waiting', due_at: at, give_up_at: new Date(at.getTime() + giveUpAfter) })
					.where('id', '=', asId(deliveryId))
					.returning(['id', 'webhook_id'])
					.executeTakeFirst();
				if (!row) return refuse('operations.delivery_unknown');
				// Somebody looked and thinks that it works again.
				await trx
					.updateTable('operations.webhook')
					.set({ retry_at: null })
					.where('id', '=', row.webhook_id)
					.execute();
				await platform.jobs.send(deliverJob, { id: row.id }, { trx: trx as unknown as AnyTransaction });
				await record(trx, actor, 'resent', row.webhook_id);
				return ok(null);
			});
		},
	};
}
