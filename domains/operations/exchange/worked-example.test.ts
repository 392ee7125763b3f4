import { createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import { type Receiver, startReceiver } from './test-receiver.ts';

/** What docs/exchange.md tells, step by step, between the town and a maintenance system. */
let made: TestOperations;
let http: FastifyInstance;
let maintenance: Receiver;

beforeAll(async () => {
	made = await createTestOperations({
		PARVIS_ROLES: 'web,worker',
		PARVIS_LOG_LEVEL: 'silent',
		EXCHANGE_PRIVATE_HOSTS: '127.0.0.1',
	});
	made.clock.now = new Date();
	http = await createHttp(made.platform, { authenticate: made.identity.authenticate });
	if (made.operations.room.api) await mountApi(http, [made.operations.room.api]);
	maintenance = await startReceiver();
}, 120_000);
afterAll(async () => {
	await http?.close();
	await maintenance?.stop();
	await made?.close();
});

it('a maintenance system is told of a report, plans it, closes it, and opens work of its own', async () => {
	const manager = await made.person('Julien Moreau', 'operations:manager');
	const created = await made.operations.exchange.webhooks.create(manager, {
		url: `${maintenance.url}/crochet`,
		description: 'GMAO',
		events: [
			'operations.intervention.opened',
			'operations.intervention.changed',
			'operations.intervention.closed',
			'operations.report.closed',
		],
	});
	if (!created.ok) throw new Error(created.error);
	const { secret } = created.value;
	const messages = () =>
		maintenance.received.map(
			({ body, headers }) =>
				new StandardWebhook(secret).verify(body, headers as Record<string, string>) as {
					type: string;
					data: Record<string, Record<string, unknown>>;
				},
		);
	const told = (type: string) => until(() => messages().find((message) => message.type === type));

	const report = await made.operations.interventions.reports.create(
		{
			category: 'pothole',
			description: 'Trou devant chez Camille Roy, 06 00 00 00 00',
			longitude: 3.7,
			latitude: 48.3,
			email: 'camille@example.org',
		},
		{ via: 'web' },
	);
	if (!report.ok) throw new Error(report.error);
	const opened = await told('operations.intervention.opened');
	const intervention = opened.data.intervention as Record<string, unknown>;
	expect(intervention).toMatchObject({
		status: 'new',
		version: 1,
		description: null,
		category: { code: 'pothole' },
		reports: [{ number: report.value.number, category: 'pothole', status: 'received' }],
	});
	// Nobody who reported, and no word that no agent has let through.
	expect(JSON.stringify(opened)).not.toMatch(/camille|06 00/i);

	const key = await made.identity.createSystemApiKey(['operations:read', 'operations:write']);
	const patch = (body: object, headers: Record<string, string> = {}) =>
		http.inject({
			method: 'PATCH',
			url: `/api/v1/interventions/${intervention.number}`,
			headers: { authorization: `Bearer ${key}`, ...headers },
			payload: body,
		});
	const planned = await patch({ status: 'planned', plannedOn: '2030-01-15' }, { 'if-match': '"1"' });
	expect(planned.statusCode).toBe(200);
	expect((await told('operations.intervention.changed')).data.intervention).toMatchObject({
		status: 'planned',
		version: planned.json().intervention.version,
	});
	const late = await patch({ status: 'waiting', reason: 'pièce' }, { 'if-match': '"1"' });
	expect(late.statusCode).toBe(409);

	expect((await patch({ status: 'done', publicAnswer: 'Le trou est rebouché.' })).statusCode).toBe(200);
	expect((await told('operations.intervention.closed')).data.intervention).toMatchObject({ status: 'done' });
	expect((await told('operations.report.closed')).data.report).toMatchObject({
		number: report.value.number,
		publicAnswer: 'Le trou est rebouché.',
	});

	const own = { key: 'OT-1042', title: 'Ramonage', category: 'pothole', longitude: 3.7, latitude: 48.3 };
	const open = () =>
		http.inject({
			method: 'POST',
			url: '/api/v1/interventions',
			headers: { authorization: `Bearer ${key}` },
			payload: own,
		});
	const [first, second] = [await open(), await open()];
	expect(first.statusCode).toBe(201);
	expect(second.json().number).toBe(first.json().number);
});
