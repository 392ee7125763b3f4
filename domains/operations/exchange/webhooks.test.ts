import { type Actor, anonymous, createOutgoing, newId } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import fc from 'fast-check';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Webhooks } from './face.ts';
import { giveUpAfter, nextAttempt } from './rules/backoff.ts';
import { type Receiver, startReceiver } from './test-receiver.ts';

const event = 'operations.waste.container_emptied';
const hour = 3_600_000;
let made: TestOperations;
let webhooks: Webhooks;
let manager: Actor;
let receiver: Receiver;

beforeAll(async () => {
	made = await createTestOperations({
		PARVIS_ROLES: 'web,worker',
		PARVIS_LOG_LEVEL: 'silent',
		EXCHANGE_PRIVATE_HOSTS: '127.0.0.1',
	});
	({ webhooks } = made.operations.exchange);
	manager = await made.person('Julien Moreau', 'operations:manager');
	await made.platform.pool.query(
		`INSERT INTO identity.role_grant (person_id, role) VALUES ('${manager.id}', 'operations:manager')`,
	);
});
afterAll(() => made?.close());
beforeEach(async () => {
	made.clock.now = new Date();
	receiver = await startReceiver();
});
afterEach(async () => {
	await made.platform.pool.query('DELETE FROM operations.webhook');
	await receiver.stop();
});

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
	if (!result.ok) throw new Error(result.error);
	return result.value;
};
const create = async (path = '/crochet') =>
	value(await webhooks.create(manager, { url: receiver.url + path, events: [event] }));
const publish = (payload: object = { containerId: newId() }) =>
	made.platform
		.db<unknown>()
		.transaction()
		.execute((trx) => made.platform.events.publish(trx, event, payload));
const only = async (id: string) => value(await webhooks.deliveries(manager, id)).items[0];
/** What the sweep of each minute does, so much later. */
async function later(milliseconds: number): Promise<void> {
	made.clock.now = new Date(made.clock.now.getTime() + milliseconds);
	await made.platform.jobs.send('operations.webhooks.sweep', {});
}
const attempted = (id: string, attempts: number) =>
	until(async () => {
		const delivery = await only(id);
		// Due again only once the attempt is noted.
		const noted = delivery && (delivery.status !== 'waiting' || delivery.dueAt > made.clock.now);
		return noted && delivery.attempts >= attempts && delivery;
	});

describe('a message', () => {
	it('is signed as Standard Webhooks asks, and tells the event', async () => {
		const { webhook, secret } = await create();
		await publish({ containerId: 'bac-7' });
		const delivery = await until(async () => {
			const one = await only(webhook.id);
			return one?.status === 'delivered' && one;
		});
		const [request] = receiver.received;
		expect(request).toMatchObject({ method: 'POST', path: '/crochet' });
		expect(request?.headers['webhook-id']).toBe(delivery.id);
		const headers = request?.headers as Record<string, string>;
		expect(new StandardWebhook(secret).verify(request?.body ?? '', headers)).toMatchObject({
			type: event,
			data: { containerId: 'bac-7' },
		});
		expect(() => new StandardWebhook(secret).verify(`${request?.body} `, headers)).toThrow();
		expect(delivery).toMatchObject({ attempts: 1, lastStatus: 204, lastError: null });
		expect(value(await webhooks.body(manager, delivery.id))).toBe(request?.body);
	});

	it('comes once for an event that a worker takes up twice, and not to those who did not choose it', async () => {
		const { webhook } = await create();
		value(
			await webhooks.create(manager, {
				url: `${receiver.url}/autre`,
				events: ['operations.report.closed'],
			}),
		);
		await publish();
		await until(() => receiver.received.length === 1);
		const { rows } = await made.platform.pool.query(
			"SELECT data FROM pgboss.job WHERE name LIKE 'event.operations.webhooks.%' ORDER BY created_on DESC LIMIT 1",
		);
		await made.platform.jobs.send(`event.operations.webhooks.${event}`, rows[0].data);
		await publish();
		await until(() => receiver.received.length === 2);
		expect(value(await webhooks.deliveries(manager, webhook.id)).total).toBe(2);
		expect(receiver.received.map(({ path }) => path)).toEqual(['/crochet', '/crochet']);
	});

	it('waits for a receiver that is down, one at a time, and comes when it is up', async () => {
		const { webhook } = await create();
		const { port } = receiver;
		await receiver.stop();
		await publish();
		expect(await attempted(webhook.id, 1)).toMatchObject({ status: 'waiting', lastError: 'unreachable' });
		expect(value(await webhooks.get(manager, webhook.id)).failingSince).not.toBeNull();
		await publish();
		await until(async () => value(await webhooks.deliveries(manager, webhook.id)).total === 2);
		// The second one does not knock at a door that is known to be shut.
		await until(async () => {
			const { items } = value(await webhooks.deliveries(manager, webhook.id));
			return items[0] && items[0].attempts === 0 && items[0].dueAt > made.clock.now;
		});
		receiver = await startReceiver(port);
		await later(60_000);
		await until(() => receiver.received.length >= 1);
		await later(60_000);
		await until(async () => value(await webhooks.get(manager, webhook.id)).waiting === 0);
		expect(value(await webhooks.get(manager, webhook.id)).failingSince).toBeNull();
	});

	it.each([
		[500, 'status'],
		[302, 'redirect'],
		[404, 'status'],
	] as const)('is tried again after %i, and a redirect is not followed', async (status, error) => {
		receiver.answer = (_request, response) =>
			response.writeHead(status, { location: `${receiver.url}/ailleurs` }).end('no');
		const { webhook } = await create();
		await publish();
		expect(await attempted(webhook.id, 1)).toMatchObject({
			status: 'waiting',
			lastStatus: status,
			lastError: error,
		});
		receiver.answer = (_request, response) => response.writeHead(200).end();
		await later(60_000);
		await until(async () => (await only(webhook.id))?.status === 'delivered');
		expect(receiver.received.every(({ path }) => path === '/crochet')).toBe(true);
		expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
	});

	it('is taken when the answer is endless, and given up when none comes', async () => {
		receiver.answer = (_request, response) => {
			response.writeHead(200);
			const pour = () => {
				while (response.write('x'.repeat(10_000)));
				response.once('drain', pour);
			};
			pour();
		};
		const { webhook } = await create();
		await publish();
		await until(async () => (await only(webhook.id))?.status === 'delivered');
		const outgoing = createOutgoing(['127.0.0.1']);
		receiver.answer = () => {};
		const silent = await outgoing.request(new URL(receiver.url), {
			method: 'POST',
			body: '{}',
			timeoutMilliseconds: 200,
			mostBytes: 100,
		});
		expect(silent).toEqual({ ok: false, error: 'timeout' });
	});

	it('is tried for two days; then the webhook is stopped, the managers hear of it, and may send it again', async () => {
		receiver.answer = (_request, response) => response.writeHead(503).end();
		const { webhook } = await create();
		await publish();
		await attempted(webhook.id, 1);
		for (let attempts = 2; value(await webhooks.get(manager, webhook.id)).enabled; attempts++) {
			await later(8.5 * hour);
			await attempted(webhook.id, attempts);
		}
		expect(made.clock.now.getTime() - webhook.createdAt.getTime()).toBeGreaterThanOrEqual(48 * hour);
		expect(value(await webhooks.get(manager, webhook.id)).disabledBecause).toBe('failing');
		const letters = await made.platform.mail.list();
		expect(letters[0]).toMatchObject({
			to: `${manager.id}@example.org`,
			subject: `Webhook arrêté : 127.0.0.1:${receiver.port}`,
		});
		expect(await webhooks.test(manager, webhook.id)).toMatchObject({ error: 'operations.webhook_stopped' });

		receiver.answer = (_request, response) => response.writeHead(200).end();
		value(await webhooks.update(manager, webhook.id, { ...webhook, enabled: true }));
		const waiting = await only(webhook.id);
		value(await webhooks.resend(manager, waiting?.id ?? ''));
		await until(async () => (await only(webhook.id))?.status === 'delivered');
	});

	it('is given up after two days where others are taken', async () => {
		receiver.answer = (_request, response) => response.writeHead(400).end();
		const { webhook } = await create();
		await publish();
		await attempted(webhook.id, 1);
		await made.platform.pool.query(
			'UPDATE operations.webhook SET failing_since = NULL, failures = 0, retry_at = NULL',
		);
		await later(48 * hour);
		await until(async () => (await only(webhook.id))?.status === 'failed');
	});

	it('stops at once where the receiver says that it is gone', async () => {
		receiver.answer = (_request, response) => response.writeHead(410).end();
		const { webhook } = await create();
		await publish();
		await until(async () => value(await webhooks.get(manager, webhook.id)).disabledBecause === 'gone');
	});

	it('is signed by the former secret too while a new one is brought in', async () => {
		const { webhook, secret } = await create();
		const renewed = value(await webhooks.renewSecret(manager, webhook.id));
		value(await webhooks.test(manager, webhook.id));
		await until(() => receiver.received.length === 1);
		const [request] = receiver.received;
		for (const one of [secret, renewed])
			expect(
				new StandardWebhook(one).verify(request?.body ?? '', request?.headers as Record<string, string>),
			).toMatchObject({ type: 'operations.webhook.test' });
		const { rows } = await made.platform.pool.query('SELECT secret FROM operations.webhook');
		expect(rows[0].secret.toString('latin1')).not.toContain(renewed.slice(6));
	});
});

describe('an address', () => {
	it.each([
		'http://example.org/',
		'https://user:secret@example.org/',
		'https://localhost/',
		'https://127.0.0.2/',
		'https://2130706434/',
		'https://0x7f.0.0.2/',
		'https://10.1.2.3/',
		'https://169.254.169.254/latest/meta-data',
		'https://[::1]/',
		'https://[::ffff:10.0.0.1]/',
		'https://[fd00::1]/',
		'https://[64:ff9b::a00:1]/',
		'ftp://example.org/',
		'javascript:alert(1)',
		'not an address',
	])('inside or unsafe is refused: %s', async (url) => {
		expect(await webhooks.create(manager, { url, events: [event] })).toMatchObject({
			error: 'operations.webhook_url',
		});
	});

	it('that a name leads inside is refused when it connects', async () => {
		const inside = createOutgoing([], (_name, _options, answer) =>
			answer(null, [
				{ address: '93.184.216.34', family: 4 },
				{ address: '127.0.0.1', family: 4 },
			]),
		);
		const sent = await inside.request(new URL(`https://rebinding.example.org:${receiver.port}/`), {
			method: 'GET',
			timeoutMilliseconds: 5000,
			mostBytes: 100,
		});
		expect(sent).toEqual({ ok: false, error: 'address_refused' });
		expect(receiver.received).toEqual([]);
	});

	it('and events are checked; only managers may', async () => {
		const input = { url: 'https://example.org/crochet', events: [event] };
		expect(await webhooks.create(manager, { ...input, events: ['sensing.secret'] })).toMatchObject({
			error: 'operations.webhook_events',
		});
		const agent = await made.person('Nadia Benali', 'operations:agent');
		for (const actor of [anonymous, agent])
			for (const refusal of [
				await webhooks.create(actor, input),
				await webhooks.list(actor),
				await webhooks.get(actor, newId()),
				await webhooks.remove(actor, newId()),
				await webhooks.resend(actor, newId()),
				await webhooks.body(actor, newId()),
			])
				expect(refusal).toMatchObject({ error: 'platform.not_allowed' });
		expect(await webhooks.get(manager, 'no id')).toMatchObject({ error: 'operations.webhook_unknown' });
	});
});

it('waits longer and longer, never hours at first, never beyond nine hours', () => {
	fc.assert(
		fc.property(
			fc.integer({ min: -1, max: 1000 }),
			fc.double({ min: 0, max: 0.999, noNaN: true }),
			(n, chance) => {
				const now = new Date('2026-11-24T08:00:00Z');
				const wait = nextAttempt(n, now, chance).getTime() - now.getTime();
				expect(wait).toBeGreaterThan(4000);
				expect(wait).toBeLessThan(9 * hour);
				if (n <= 3) expect(wait).toBeLessThan(3 * 60_000);
				expect(wait).toBeLessThan(giveUpAfter);
			},
		),
	);
});
