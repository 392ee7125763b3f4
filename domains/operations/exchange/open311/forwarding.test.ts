import { type Actor, createHttp, type FastifyInstance, mountApi, system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestOperations, type TestOperations } from '../../testing.ts';
import { type Receiver, startReceiver } from '../test-receiver.ts';

/** The town passes reports on to the agglomération, which is a town of its own here, with its own database and server. */
let town: TestOperations;
let agglomeration: TestOperations;
let http: FastifyInstance;
let url: string;
let manager: Actor;
let receiver: Receiver;
let potholes: string;

const value = <T>(result: { ok: true; value: T } | { ok: false; error: string }): T => {
	if (!result.ok) throw new Error(result.error);
	return result.value;
};

beforeAll(async () => {
	agglomeration = await createTestOperations();
	http = await createHttp(agglomeration.platform, { authenticate: agglomeration.identity.authenticate });
	for (const [prefix, plugin] of Object.entries(agglomeration.operations.room.standards ?? {}))
		await mountApi(http, [plugin], prefix);
	url = `${await http.listen({ host: '127.0.0.1', port: 0 })}/open311/v2`;
	receiver = await startReceiver();
	town = await createTestOperations({
		PARVIS_ROLES: 'web,worker',
		PARVIS_LOG_LEVEL: 'silent',
		EXCHANGE_PRIVATE_HOSTS: '127.0.0.1',
	});
	town.clock.now = new Date();
	manager = await town.person('Julien Moreau', 'operations:manager');
	potholes = (await town.operations.interventions.categories.get('pothole'))?.id ?? '';
}, 120_000);
afterAll(async () => {
	await town?.close();
	await http?.close();
	await agglomeration?.close();
	await receiver?.stop();
});
beforeEach(async () => {
	await town.platform.pool.query('DELETE FROM operations.open311_server');
	receiver.received.length = 0;
});

const server = async (address: string, apiKey?: string) => {
	const { forwarding } = town.operations.exchange;
	const id = value(
		await forwarding.save(manager, { name: 'Agglomération', url: address, apiKey, enabled: true }),
	);
	value(await forwarding.route(manager, id, potholes, 'pothole'));
	return id;
};
const report = async (description = 'Un trou') =>
	value(
		await town.operations.interventions.reports.create(
			{ category: 'pothole', description, longitude: 3.7, latitude: 48.3, email: 'camille@example.org' },
			{ via: 'web' },
		),
	);
const log = async (id: string) => value(await town.operations.exchange.forwarding.log(manager, id));
const settled = (id: string, status: string) =>
	until(async () => {
		const [first] = await log(id);
		return first?.status === status && first;
	});
async function later(milliseconds: number): Promise<void> {
	town.clock.now = new Date(town.clock.now.getTime() + milliseconds);
	await town.platform.jobs.send('operations.open311.sweep', {});
}

it('passes a report on once, without who sent it, and closes it with the answer that comes back', async () => {
	const key = await agglomeration.identity.createSystemApiKey(['operations:write']);
	const id = await server(url, key);
	expect(value(await town.operations.exchange.forwarding.services(manager, id))).toContainEqual(
		expect.objectContaining({ code: 'pothole' }),
	);
	const sent = await report('Un trou devant l’école');
	const passed = await settled(id, 'sent');
	expect(passed.remoteId).toMatch(/^S-/);
	const { items } = value(await agglomeration.operations.interventions.reports.queue(system, {}));
	const there = items.find(({ number }) => number === passed.remoteId);
	expect(there?.description).toBe(`Un trou devant l’école (${sent.number}, localhost:8080)`);
	expect(there?.followed).toBe(false);

	const own = await until(async () => {
		const all = value(await town.operations.interventions.list(system, { sourceKind: 'report' }));
		return all.items.find(({ status }) => status === 'waiting');
	});
	expect(value(await town.operations.interventions.get(system, own.id)).reason).toContain(passed.remoteId);

	// The event delivered again, and a report of a category that is not routed, change nothing.
	await town.platform.jobs.send('event.operations.open311.operations.intervention.opened', {
		id: '0',
		name: 'operations.intervention.opened',
		payload: { interventionId: own.id },
	});
	value(
		await town.operations.interventions.reports.create(
			{ category: 'graffiti', description: 'Un tag', longitude: 3.7, latitude: 48.3 },
			{ via: 'web' },
		),
	);
	value(
		await agglomeration.operations.interventions.change(system, there?.interventionId ?? '', null, {
			status: 'done',
			publicAnswer: 'Rebouché & vérifié',
		}),
	);
	await town.platform.jobs.send('operations.open311.pull', {});
	await settled(id, 'closed');
	const closed = await until(async () => {
		const one = value(await town.operations.interventions.get(system, own.id));
		return one.status === 'done' && one;
	});
	expect(closed.publicAnswer).toBe('Rebouché & vérifié');
	expect(await log(id)).toHaveLength(1);
});

it('waits for a server that is down or busy, and gives up where it refuses', async () => {
	receiver.answer = (_request, response) => response.writeHead(503).end();
	const id = await server(receiver.url);
	await report();
	await until(async () => (await log(id))[0]?.lastError === '503');
	receiver.answer = (_request, response) =>
		response
			.writeHead(403, { 'content-type': 'text/xml' })
			.end('<errors><error><code>403</code><description>clé inconnue</description></error></errors>');
	await later(60_000);
	expect((await settled(id, 'refused')).lastError).toBe('403 clé inconnue');
	receiver.answer = (_request, response) =>
		response
			.writeHead(200)
			.end('<service_requests><request><token>jeton-9</token></request></service_requests>');
	const [refused] = await log(id);
	value(await town.operations.exchange.forwarding.resend(manager, refused?.reportId ?? ''));
	await settled(id, 'sent');
	// Its number comes later, by the token.
	receiver.answer = (request, response) =>
		response
			.writeHead(200)
			.end(
				request.path.startsWith('/tokens/jeton-9.xml')
					? '<service_requests><request><service_request_id>311-42</service_request_id><token>jeton-9</token></request></service_requests>'
					: '<service_requests><request><service_request_id>311-42</service_request_id><status>open</status></request></service_requests>',
			);
	await town.platform.jobs.send('operations.open311.pull', {});
	await until(async () => (await log(id))[0]?.remoteId === '311-42');
});

it('looks for a report whose sending broke off before it sends again, and asks a person when it is not found', async () => {
	const id = await server(receiver.url);
	let lost = '';
	receiver.answer = (request, response) => {
		if (request.method === 'POST') {
			lost = new URLSearchParams(request.body).get('description') ?? '';
			response.destroy();
		} else
			response
				.writeHead(200)
				.end(
					`<service_requests><request><service_request_id>A-7</service_request_id><description>${lost}</description></request></service_requests>`,
				);
	};
	await report('Perdu en route');
	await until(async () => (await log(id))[0]?.lastError === 'broken');
	await later(60_000);
	expect((await settled(id, 'sent')).remoteId).toBe('A-7');
	expect(receiver.received.filter(({ method }) => method === 'POST')).toHaveLength(1);

	receiver.answer = (request, response) =>
		request.method === 'POST' ? response.destroy() : response.writeHead(200).end('<service_requests/>');
	await report('Perdu pour de bon');
	await until(async () => (await log(id))[0]?.lastError === 'broken');
	await later(60_000);
	expect((await settled(id, 'failed')).lastError).toBe('unknown_outcome');
	expect(receiver.received.filter(({ method }) => method === 'POST')).toHaveLength(2);
});

it('does not pass on what came back to where it began, and makes nothing of nonsense', async () => {
	receiver.answer = (_request, response) =>
		response.writeHead(200).end('<!DOCTYPE a [<!ENTITY b "x">]><a>&b;&b;</a>');
	const id = await server(receiver.url);
	await report(`Un trou (S-2026-0001, localhost:8080)`);
	await report('Un autre');
	const only = await until(async () => (await log(id))[0]);
	await until(async () => (await log(id))[0]?.attempts === 1);
	expect(only.status).not.toBe('sent');
	expect(await log(id)).toHaveLength(1);
	expect(await town.operations.exchange.forwarding.services(manager, id)).toMatchObject({ ok: true });
	const agent = await town.person('Nadia', 'operations:agent');
	expect(await town.operations.exchange.forwarding.servers(agent)).toMatchObject({
		error: 'platform.not_allowed',
	});
	expect(
		await town.operations.exchange.forwarding.save(manager, {
			name: 'Dedans',
			url: 'https://192.168.1.1/open311',
			enabled: true,
		}),
	).toMatchObject({ error: 'operations.webhook_url' });
});
