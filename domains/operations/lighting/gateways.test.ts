import { anonymous, createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../exchange/test-receiver.ts';
import { readLogReport, writeOverride } from './rules/talq.ts';
import { createLitTown, type LitTown } from './testing.ts';

interface Override {
	addresses: { resource: string; address: string }[];
	targetCommand: {
		state: { name: string; value: number };
		reason: string;
		cmsRefId: string;
		expiration: string;
	};
}

let town: LitTown;
let http: FastifyInstance;
let url: string;
let receiver: Receiver;
let gateway: { id: string; token: string };
/** Lamps behind the gateway that say nothing. */
const silent = new Set<string>();
/** Overrides as they came. */
const heard: Override[] = [];
const levels = new Map<string, number>();
const names = Array.from({ length: 4 }, (_, index) => `rue-${index}`);
const forward = (milliseconds: number) => {
	town.clock.now = new Date(town.clock.now.getTime() + milliseconds);
};
const all = (level: number) => () => names.every((name) => levels.get(name) === level);

const post = (body: unknown, token = gateway.token, id = gateway.id) =>
	fetch(`${url}/api/v1/lighting/talq/${id}/log-reports?clientAddress=x`, {
		method: 'POST',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
		body: typeof body === 'string' ? body : JSON.stringify(body),
	}).then(({ status }) => status);
const stateOf = (device: string, level: number, cmsRefId?: string) => ({
	...(cmsRefId && { cmsRefId }),
	data: {
		type: 'AttributeLogData',
		srcAddress: `${device}/LampActuator`,
		timestamp: town.clock.now.toISOString(),
		attributeName: 'actualLightState',
		attributeValue: { type: 'AttributeLevelState', value: { name: 'LevelState', value: level } },
	},
});
const lampOf = async (name: string) => {
	const read = await town.operations.lighting.luminaire(town.manager, name);
	if (!read.ok) throw new Error(read.error);
	return read.value;
};
/** Every lamp acknowledged what it was told since then, and that is written down. */
const settled = (since: Date) =>
	until(async () => {
		const lamps = await Promise.all(names.map(lampOf));
		return lamps.every(({ commands: [last] }) => last?.acknowledgedAt && last.publishedAt >= since);
	});
const taken = () =>
	until(async () => {
		const { rows } = await town.platform.pool.query('SELECT 1 FROM operations.light_gateway_report');
		return rows.length === 0;
	});
const gatewayNow = async () => {
	const read = await town.operations.lighting.gateways.list(town.manager);
	if (!read.ok || !read.value[0]) throw new Error('no gateway');
	return read.value[0];
};

/** A gateway that obeys, and logs what its lamps did. */
function obey(): void {
	receiver.answer = (request, response) => {
		if (request.headers.authorization !== 'Bearer clef-de-la-passerelle')
			return response.writeHead(401).end();
		if (request.method === 'GET')
			return response.writeHead(200, { 'content-type': 'application/json' }).end('[]');
		const override = JSON.parse(request.body) as Override;
		heard.push(override);
		response.writeHead(201).end();
		const { state, cmsRefId } = override.targetCommand;
		const devices = override.addresses
			.map(({ address }) => address.split('/')[0] ?? '')
			.filter((device) => !silent.has(device));
		for (const device of devices) levels.set(device, state.value);
		if (devices.length)
			void post({
				address: 'journal',
				entries: devices.map((device) => stateOf(device, state.value, cmsRefId)),
			});
	};
}

beforeAll(async () => {
	receiver = await startReceiver();
	town = await createLitTown(4, { EXCHANGE_PRIVATE_HOSTS: '127.0.0.1', PARVIS_LOG_LEVEL: 'silent' });
	http = await createHttp(town.platform, { authenticate: async () => anonymous });
	await mountApi(http, town.operations.room.api ? [town.operations.room.api] : []);
	url = await http.listen({ host: '127.0.0.1', port: 0 });
	const made = await town.operations.lighting.gateways.create(town.manager, {
		name: 'Passerelle du centre',
		url: `${receiver.url}/talq/`,
		bearerToken: 'clef-de-la-passerelle',
	});
	if (!made.ok) throw new Error(made.error);
	gateway = made.value;
	obey();
	// In service, by MQTT, before the gateway takes them over.
	await until(() => names.every((name) => town.lamps.levels.has(name)));
	const cabinets = await town.operations.lighting.gateways.cabinets(town.manager);
	if (!cabinets.ok) throw new Error(cabinets.error);
	await town.operations.lighting.gateways.assign(
		town.manager,
		gateway.id,
		cabinets.value.map(({ id }) => id),
	);
});
afterAll(async () => {
	await http?.close();
	await town?.close();
	await receiver?.stop();
});

describe('a gateway', () => {
	test('is told all lamps of a level in one command, and what it logs acknowledges the set-points', async () => {
		await until(all(20));
		const first = heard[0];
		expect(first?.addresses).toHaveLength(4);
		expect(first?.addresses[0]).toEqual({ resource: 'devices', address: 'rue-0/LampActuator' });
		expect(first?.targetCommand).toMatchObject({
			state: { name: 'LevelState', value: 20 },
			reason: 'program',
		});
		expect(receiver.received[0]).toMatchObject({
			method: 'GET',
			path: `/talq/services?clientAddress=${gateway.id}`,
			headers: { 'talq-api-version': '2.3.0' },
		});
		const lamp = await until(async () => {
			const read = await lampOf('rue-3');
			return read.commands[0]?.acknowledgedAt && read.status === 'follows' && read;
		});
		expect(lamp.reportedLevel).toBe(20);
		const state = await until(async () => {
			const now = await gatewayNow();
			return now.waiting === 0 && now.reached && now.heardAt && now;
		});
		expect(state).toMatchObject({ luminaireCount: 4, sendsToken: true });
		expect(JSON.stringify(state)).not.toContain('clef');
	});

	test('sends no more by MQTT, and follows an event', async () => {
		const before = town.lamps.heard.length;
		const lamps = await Promise.all(names.map(lampOf));
		const now = town.clock.now.getTime();
		const made = await town.operations.lighting.overrides.create(town.manager, {
			kind: 'emergency',
			label: 'Secours',
			level: 100,
			startsAt: new Date(now - 1000),
			endsAt: new Date(now + 60_000),
			luminaireIds: lamps.map(({ id }) => id),
		});
		expect(made.ok).toBe(true);
		await until(all(100));
		expect(heard.at(-1)?.targetCommand.reason).toBe('override');
		forward(61_000);
		await until(all(20));
		await settled(town.clock.now);
		expect(town.lamps.heard.length).toBe(before);
	});

	test('that was away is tried again, blames no lamp, and its lamps are told anew', async () => {
		const count = heard.length;
		receiver.answer = (_request, response) => response.writeHead(503).end();
		forward(10 * 60_000);
		await until(async () => !(await gatewayNow()).reached);
		expect((await gatewayNow()).problem).toBe('status_503');
		// Longer than a lamp is waited for.
		for (let minutes = 0; minutes < 20; minutes += 4) {
			forward(5 * 60_000 + 1000);
			// The next try is reckoned from when this one fails: not heard of only, but written down.
			await until(async () => ((await gatewayNow()).problemAt ?? 0) >= town.clock.now);
		}
		expect(await lampOf('rue-1')).toMatchObject({ status: 'follows' });
		levels.clear();
		obey();
		forward(5 * 60_000 + 1000);
		await until(all(20));
		expect(heard.length).toBeGreaterThan(count);
		await settled(town.clock.now);
		await until(async () => (await gatewayNow()).reached);
	});

	test('one address that it does not know keeps no other dark', async () => {
		const honest = receiver.answer;
		receiver.answer = (request, response) =>
			request.body.includes('rue-2/') ? response.writeHead(400).end('[]') : honest(request, response);
		levels.clear();
		forward(10 * 60_000);
		const since = town.clock.now;
		await until(() => ['rue-0', 'rue-1', 'rue-3'].every((name) => levels.get(name) === 20));
		expect(levels.has('rue-2')).toBe(false);
		receiver.answer = honest;
		forward(16_000);
		await until(() => levels.get('rue-2') === 20);
		await settled(since);
	});

	test('whose lamp stays silent: told again, failed at its safe level, an intervention, and back', async () => {
		silent.add('rue-3');
		const toldBefore = heard.length;
		const told = () =>
			heard
				.slice(toldBefore)
				.filter(({ addresses }) => addresses.some(({ address }) => address === 'rue-3/LampActuator')).length;
		forward(10 * 60_000);
		await until(() => told() === 1);
		// From before the command, at the level it asks for.
		const old = stateOf('rue-3', 20);
		old.data.timestamp = new Date(town.clock.now.getTime() - 60_000).toISOString();
		expect(await post({ entries: [old] })).toBe(201);
		await taken();
		for (const [attempt, wait] of [15_000, 30_000, 60_000, 120_000].entries()) {
			forward(wait + 1000);
			await until(() => told() === attempt + 2);
		}
		forward(121_000);
		await until(async () => {
			const lamp = await lampOf('rue-3');
			return lamp.status === 'failed' && lamp.desiredLevel === 40;
		});
		forward(30_000);
		await until(async () => {
			const list = await town.operations.interventions.list(town.manager);
			return list.ok && list.value.items.some(({ title }) => title === 'Lampe rue-3, Rue des Tilleuls');
		});
		silent.delete('rue-3');
		expect(await post({ entries: [stateOf('rue-3', 40)] })).toBe(201);
		await until(async () => (await lampOf('rue-3')).status === 'follows');
	});

	test('says that a lamp is broken, and that it no longer is', async () => {
		const event = (startEndFlag: boolean) => ({
			entries: [
				{
					data: {
						type: 'EventLogData',
						srcAddress: 'rue-0/LampMonitor',
						timestamp: town.clock.now.toISOString(),
						eventType: 'lampFailure',
						startEndFlag,
					},
				},
			],
		});
		expect(await post(event(true))).toBe(201);
		await until(async () => (await lampOf('rue-0')).fault === 'lampFailure');
		forward(1000);
		const over = event(false);
		expect(await post(over)).toBe(201);
		await until(async () => (await lampOf('rue-0')).fault === null);
		// What comes twice, or late, changes nothing back.
		const late = event(true);
		for (const { data } of late.entries)
			data.timestamp = new Date(town.clock.now.getTime() - 1000).toISOString();
		expect(await post(late)).toBe(201);
		expect(await post(over)).toBe(201);
		await taken();
		expect((await lampOf('rue-0')).fault).toBeNull();
	});
});

describe('who speaks for a gateway', () => {
	test('needs its token, and speaks for its own lamps only', async () => {
		const body = { entries: [stateOf('rue-0', 77)] };
		expect(await post(body, 'faux')).toBe(401);
		expect(await post(body, gateway.token, crypto.randomUUID())).toBe(401);
		expect(await post(body, gateway.token, 'x')).toBe(401);
		const other = await town.operations.lighting.gateways.create(town.manager, {
			name: 'Autre',
			url: 'https://passerelle.invalid/',
		});
		if (!other.ok) throw new Error(other.error);
		expect(await post(body, gateway.token, other.value.id)).toBe(401);
		expect(await post(body, other.value.token, other.value.id)).toBe(201);
		await taken();
		expect((await lampOf('rue-0')).reportedLevel).not.toBe(77);
		const renewed = await town.operations.lighting.gateways.renewToken(town.manager, other.value.id);
		expect(await post(body, other.value.token, other.value.id)).toBe(401);
		if (renewed.ok) expect(await post(body, renewed.value, other.value.id)).toBe(201);
		expect((await town.operations.lighting.gateways.remove(town.manager, other.value.id)).ok).toBe(true);
	});

	test('is refused what is no report', async () => {
		const entry = stateOf('rue-0', 20);
		const withData = (data: object) => ({ entries: [{ data: { ...entry.data, ...data } }] });
		for (const body of [
			'{',
			'[]',
			'null',
			'"x"',
			{ entries: {} },
			{ entries: [{}] },
			{ entries: Array.from({ length: 2001 }, () => entry) },
			withData({ srcAddress: '../../etc' }),
			withData({ srcAddress: 'rue\u0000' }),
			withData({ timestamp: 'hier' }),
			withData({ attributeValue: { value: { name: 'LevelState', value: 101 } } }),
			withData({ attributeValue: { value: { name: 'LevelState', value: '20' } } }),
			withData({ attributeValue: null }),
		])
			expect(await post(body), JSON.stringify(body).slice(0, 80)).toBe(400);
		expect(await post(`{"entries":[],"x":"${'x'.repeat(600_000)}"}`)).toBe(413);
		expect(await post({ entries: [{ ...entry, cmsRefId: '\u0000' }] })).toBe(201);
	});

	test('may be nobody but a manager’s choice, at an address that may be asked', async () => {
		const agent = await town.person('Inès', 'operations:agent');
		const { gateways } = town.operations.lighting;
		const input = { name: 'Dedans', url: 'https://10.0.0.8/' };
		expect(await gateways.create(agent, input)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await gateways.create(town.manager, input)).toMatchObject({
			error: 'operations.light_gateway_url',
		});
		expect(
			await gateways.create(town.manager, {
				...input,
				url: 'https://passerelle.invalid',
				name: 'Passerelle du centre',
			}),
		).toMatchObject({ error: 'operations.light_gateway_name_taken' });
	});

	test('once removed, its lamps speak MQTT again', async () => {
		const before = town.lamps.heard.length;
		expect((await town.operations.lighting.gateways.remove(town.manager, gateway.id)).ok).toBe(true);
		await until(() =>
			names.every((name) => town.lamps.heard.slice(before).some(({ lamp }) => lamp === name)),
		);
	});
});

describe('TALQ', () => {
	test('a report never is more than it says, whatever is in it', () => {
		fc.assert(
			fc.property(fc.jsonValue(), (body) => {
				const news = readLogReport(body, 0);
				expect(news === null || news.length === 0).toBe(true);
			}),
		);
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 100 }), fc.jsonValue(), (level, odd) => {
				const data = {
					type: 'AttributeLogData',
					srcAddress: '/devices/a-1/f',
					attributeName: 'actualLightState',
					attributeValue: { type: 'AttributeLevelState', value: { name: 'LevelState', value: level } },
				};
				const other = {
					type: 'AttributeLogData',
					srcAddress: 'a-1',
					attributeName: 'x',
					attributeValue: { value: odd },
				};
				expect(readLogReport({ entries: [{ data }, { data: other }] }, 5)).toEqual([
					{ device: 'a-1', at: 5, refId: null, level },
				]);
			}),
		);
	});

	test('whole devices are addressed where no function is named', () => {
		const command = {
			refId: 'r',
			devices: ['a'],
			level: 3,
			fadeSeconds: 1,
			reason: 'presence',
			until: 0,
		} as const;
		expect(JSON.parse(writeOverride(command, ''))).toEqual({
			addresses: [{ resource: 'devices', address: 'a' }],
			targetCommand: {
				state: { name: 'LevelState', value: 3 },
				rampToLevelTime: 1,
				reason: 'sensor',
				cmsRefId: 'r',
				expiration: '1970-01-01T00:00:00.000Z',
			},
		});
	});
});
