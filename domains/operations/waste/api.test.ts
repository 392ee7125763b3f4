import { type Actor, createHttp, type FastifyInstance, mountApi, newId, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Plan } from './face.ts';
import { fillWaste } from './testing.ts';

let town: TestOperations;
let http: FastifyInstance;
let set: Awaited<ReturnType<typeof fillWaste>>;
let plan: Plan;
let reader: string;
let writer: string;
const people = new Map<string, Actor>();
const day = '2026-11-24';

beforeAll(async () => {
	town = await createTestOperations();
	set = await fillWaste(town);
	town.clock.now = new Date('2026-11-24T04:00:00Z');
	const { db } = town.context;
	await db.updateTable('operations.waste_setting').set({ solve_seconds: 0.2 }).execute();
	await db
		.updateTable('operations.waste_container')
		.set({ emptied_at: new Date('2026-11-10T04:00:00Z') })
		.execute();
	http = await createHttp(town.platform, {
		authenticate: async (headers) =>
			people.get(headers.get('x-person') ?? '') ?? town.identity.authenticate(headers),
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.operations.room;
	await mountApi(http, api ? [api] : []);
	reader = await town.identity.createSystemApiKey(['operations:read']);
	writer = await town.identity.createSystemApiKey(['operations:write']);
	plan = await set.kept(town.operations.waste.plans.make(system, day));
}, 120_000);
afterAll(async () => {
	await http?.close();
	await town?.close();
});

const send = (
	method: 'GET' | 'POST',
	url: string,
	body?: unknown,
	headers: Record<string, string> = { authorization: `Bearer ${writer}` },
) =>
	http.inject({
		method,
		url: `/api/v1/waste${url}`,
		headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
		...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
	});

const container = (more: object = {}) => ({
	name: 'Colonne',
	flow: 'glass',
	volumeLiters: 3000,
	longitude: 2.2,
	latitude: 46.7,
	...more,
});
const vehicle = (more: object = {}) => ({
	name: 'Camion',
	compartments: [{ flow: 'glass', cubicMeters: 20 }],
	payloadKilograms: 9000,
	heightMeters: 3.6,
	weightTonnes: 19,
	litersPer100Kilometers: 42,
	depot: 'depot',
	...more,
});
const site = (more: object = {}) => ({
	kind: 'unloading',
	name: 'Quai',
	longitude: 2.2,
	latitude: 46.7,
	...more,
});
const fixed = (more: object = {}) => ({
	name: 'Mardi',
	vehicle: 'verre',
	weekdays: [2],
	containers: ['c0', 'c3'],
	...more,
});
const event = (more: object = {}) => ({ name: 'Fête', fromDay: day, toDay: day, factor: 2, ...more });
const action = (more: object = {}) => ({
	id: newId(),
	kind: 'start',
	at: town.clock.now.toISOString(),
	...more,
});

test('who may: nobody without a key, read with one scope, write with the other; agents act, managers declare', async () => {
	const [round] = plan.rounds;
	const reads = [
		'/containers',
		`/containers/${set.containers[0]}`,
		'/vehicles',
		'/sites',
		'/fixed-rounds',
		'/rounds',
		`/rounds/${round?.id}`,
		`/plans/${day}`,
	];
	const acts: [string, object][] = [
		[`/containers/${set.containers[0]}/pickups`, { fillPercent: 40 }],
		[`/rounds/${round?.id}/actions`, action()],
	];
	const declares: [string, object | undefined][] = [
		['/containers', container({ externalId: 'neuf' })],
		['/containers/import', { containers: [container({ externalId: 'neuf' })] }],
		['/vehicles', vehicle({ externalId: 'neuf', active: false })],
		['/sites', site({ externalId: 'neuf' })],
		['/fixed-rounds', fixed({ externalId: 'neuf' })],
		['/events', event()],
		[`/plans/${day}`, undefined],
	];
	const statuses = async (headers: Record<string, string>) => {
		const found: Record<'reads' | 'acts' | 'declares', Set<number>> = {
			reads: new Set(),
			acts: new Set(),
			declares: new Set(),
		};
		for (const url of reads) found.reads.add((await send('GET', url, undefined, headers)).statusCode);
		for (const [url, body] of acts) found.acts.add((await send('POST', url, body, headers)).statusCode);
		for (const [url, body] of declares)
			found.declares.add((await send('POST', url, body, headers)).statusCode);
		return [[...found.reads], [...found.acts], [...found.declares]].map((codes) =>
			[...new Set(codes.map((code) => (code < 300 ? 200 : code)))].join(),
		);
	};
	const nadia = await town.person('Nadia', 'operations:agent');
	const julien = await town.person('Julien', 'operations:manager');
	const camille = await town.person('Camille');
	for (const actor of [nadia, julien, camille]) people.set(actor.id, actor);
	people.set('tired', { ...julien, secondFactor: false });
	expect(await statuses({})).toEqual(['401', '401', '401']);
	expect(await statuses({ authorization: 'Bearer prv_nothing' })).toEqual(['401', '401', '401']);
	expect(await statuses({ 'x-person': camille.id })).toEqual(['403', '403', '403']);
	expect(await statuses({ 'x-person': 'tired' })).toEqual(['403', '403', '403']);
	expect(await statuses({ authorization: `Bearer ${reader}` })).toEqual(['200', '403', '403']);
	expect(await statuses({ 'x-person': nadia.id })).toEqual(['200', '200', '403']);
	expect(await statuses({ 'x-person': julien.id })).toEqual(['200', '200', '200']);
	expect(await statuses({ authorization: `Bearer ${writer}` })).toEqual(['200', '200', '200']);
});

test('who declares the same things at once declares one', async () => {
	for (const [url, body] of [
		['/containers', container({ externalId: 'ensemble' })],
		['/vehicles', vehicle({ externalId: 'ensemble', active: false })],
		['/sites', site({ externalId: 'ensemble' })],
		['/fixed-rounds', fixed({ externalId: 'ensemble' })],
		['/events', event({ name: 'Ensemble' })],
	] as const) {
		const answers = await Promise.all(Array.from({ length: 8 }, () => send('POST', url, body)));
		expect(
			answers.map(({ statusCode }) => statusCode).every((code) => code < 300),
			url,
		).toBe(true);
		expect(new Set(answers.map((answer) => answer.json().id)).size, url).toBe(1);
	}
});

test('by external id things are declared once and changed after; an import says what it refused, line by line', async () => {
	const first = await send('POST', '/containers', container({ externalId: 'deux-fois' }));
	expect(first.statusCode).toBe(201);
	const second = await send('POST', '/containers', container({ externalId: 'deux-fois', name: 'Autrement' }));
	expect([second.statusCode, second.json().id]).toEqual([200, first.json().id]);
	const read = await send('GET', `/containers/${first.json().id}`);
	expect(read.json()).toMatchObject({ name: 'Autrement', pickups: [] });
	const lines = [container({ externalId: 'un' }), container({ flow: 'gold' }), null, container({ name: '' })];
	expect((await send('POST', '/containers/import', { containers: lines })).statusCode).toBe(400);
	const imported = await send('POST', '/containers/import', {
		containers: [...lines.filter(Boolean), { __proto__: null, volumeLiters: 'beaucoup' }],
	});
	expect(imported.json()).toMatchObject({ created: 1, updated: 0 });
	expect(imported.json().refused.map(({ line }: { line: number }) => line)).toEqual([2, 3, 4]);
});

test('what was done comes once for each id, to the round that the address names', async () => {
	const [one, two] = (await set.kept(town.operations.waste.rounds.list(system, day))).filter(
		({ stops }) => stops.length > 1,
	);
	const stop = one?.stops.find(({ kind, state }) => kind === 'container' && state === 'waiting');
	const done = action({ kind: 'done', stopId: stop?.id, fillPercent: 80, note: 'a\0b', roundId: two?.id });
	const answers = await Promise.all([1, 2, 3].map(() => send('POST', `/rounds/${one?.id}/actions`, done)));
	expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
	expect(answers.filter((answer) => answer.json().applied)).toHaveLength(1);
	expect((await send('POST', `/rounds/${two?.id}/actions`, done)).statusCode).toBe(409);
	const read = await send('GET', `/containers/${stop?.container?.id}`);
	expect(read.json().pickups.filter(({ source }: { source: string }) => source === 'round')).toHaveLength(1);
});

test('hostile input is refused in words, writes nothing and breaks nothing', async () => {
	const [round] = plan.rounds;
	const count = async () =>
		(
			await town.platform.pool.query(`SELECT (SELECT count(*) FROM operations.waste_container) AS containers,
				(SELECT count(*) FROM operations.waste_vehicle) AS vehicles,
				(SELECT count(*) FROM operations.waste_site) AS sites,
				(SELECT count(*) FROM operations.waste_event) AS events,
				(SELECT count(*) FROM operations.waste_pickup) AS pickups,
				(SELECT count(*) FROM operations.waste_round_event) AS actions,
				(SELECT count(*) FROM operations.waste_fixed_round) AS fixed`)
		).rows[0];
	const before = await count();
	const posts: [string, unknown[]][] = [
		[
			'/containers',
			[
				'{',
				'[]',
				'null',
				container({ name: '\0' }),
				container({ name: 'x'.repeat(201) }),
				container({ flow: "glass'; --" }),
				container({ volumeLiters: -1 }),
				container({ volumeLiters: '3000' }),
				container({ volumeLiters: 1e308 }),
				container({ longitude: 181 }),
				container({ longitude: null }),
				container({ place: newId() }),
				container({ sensor: 'nobody' }),
				container({ serviceSeconds: 1.5 }),
				container({ skills: Array(21).fill('x') }),
				container({ externalId: 'x'.repeat(101) }),
			],
		],
		[
			'/containers/import',
			[{}, { containers: 'all' }, { containers: Array(5001).fill({}) }, { containers: [1] }],
		],
		[
			'/vehicles',
			[
				vehicle({ depot: 'nowhere' }),
				vehicle({ compartments: [] }),
				vehicle({ compartments: [{ flow: 'gold', cubicMeters: 1 }] }),
				vehicle({ compartments: Array(2).fill({ flow: 'glass', cubicMeters: 1 }) }),
				vehicle({ shiftFrom: '25:00' }),
				vehicle({ shiftFrom: '14:00', shiftTo: '13:00' }),
				vehicle({ driverId: 'Karim' }),
				vehicle({ payloadKilograms: 0 }),
			],
		],
		[
			'/sites',
			[
				site({ kind: 'palace' }),
				site({ latitude: Number.NaN }),
				site({ flows: ['gold'] }),
				site({ openingHours: 'whenever' }),
			],
		],
		[
			'/fixed-rounds',
			[
				fixed({ weekdays: [8] }),
				fixed({ weekdays: [] }),
				fixed({ vehicle: 'nobody' }),
				fixed({ containers: ['nobody'] }),
				fixed({ containers: [] }),
			],
		],
		[
			'/events',
			[
				event({ fromDay: '0000-01-01' }),
				event({ fromDay: '2026-02-30' }),
				event({ fromDay: '2026-11-25' }),
				event({ factor: 0 }),
				event({ radiusMeters: -1 }),
			],
		],
		[
			`/containers/${set.containers[1]}/pickups`,
			[{ at: 'yesterday' }, { at: '2027-01-01T00:00:00Z' }, { fillPercent: 1e9 }, { kilograms: '12' }],
		],
		[
			`/rounds/${round?.id}/actions`,
			[
				action({ id: 'x' }),
				action({ kind: 'explode' }),
				action({ at: 'tomorrow' }),
				action({ at: '0000-01-01T00:00:00Z' }),
				action({ kind: 'done' }),
				action({ kind: 'done', stopId: newId() }),
				action({ kind: 'could_not', stopId: newId() }),
				action({ kind: 'done', stopId: newId(), fillPercent: -1 }),
				action({ note: 'x'.repeat(1001) }),
				action({ photoIds: Array.from({ length: 11 }, newId) }),
			],
		],
		['/plans/2026-11-23', [undefined]],
		['/plans/2027-01-01', [undefined]],
		['/plans/0000-01-01', [undefined]],
		['/plans/9999-12-31', [undefined]],
		['/plans/%00', [undefined]],
	];
	const taken: string[] = [];
	for (const [url, bodies] of posts)
		for (const body of bodies) {
			const answer = await send('POST', url, body);
			const { type, detail } = answer.json();
			if (answer.statusCode !== 400 || !type || !detail)
				taken.push(`${answer.statusCode} ${url} ${JSON.stringify(body)?.slice(0, 200)}`);
		}
	expect(taken).toEqual([]);
	for (const [method, url, status] of [
		['GET', '/containers/%00', 404],
		['GET', `/containers/${newId()}`, 404],
		['GET', '/containers?flow=%00', 200],
		['GET', '/containers?doubtful=perhaps', 400],
		['GET', '/rounds/%00', 404],
		['GET', `/rounds/${newId()}`, 404],
		['GET', '/rounds?day=0000-01-01', 400],
		['GET', '/rounds?day=2026-13-01', 400],
		['GET', '/rounds?day=9999-12-31', 200],
		['GET', '/plans/0000-01-01', 400],
		['GET', '/plans/2026-11-20', 404],
		['POST', `/containers/${newId()}/pickups`, 404],
		['POST', '/containers/%00/pickups', 404],
		['POST', `/rounds/${newId()}/actions`, 404],
	] as const) {
		const body = method === 'GET' ? undefined : url.endsWith('actions') ? action() : {};
		expect((await send(method, url, body)).statusCode, `${method} ${url}`).toBe(status);
	}
	expect((await send('POST', '/containers', container({ address: 'x'.repeat(1_100_000) }))).statusCode).toBe(
		413,
	);
	expect(await count()).toEqual(before);
});
