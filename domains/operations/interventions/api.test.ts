import { type Actor, createHttp, type FastifyInstance, mountApi, newId } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestOperations, type TestOperations } from '../testing.ts';
import type { Intervention, InterventionSummary, Page } from './face.ts';

let town: TestOperations;
let http: FastifyInstance;
let reader: string;
let writer: string;
const people = new Map<string, Actor>();
const here = { longitude: 3.7, latitude: 48.3 };

beforeAll(async () => {
	town = await createTestOperations();
	http = await createHttp(town.platform, {
		authenticate: async (headers) =>
			people.get(headers.get('x-person') ?? '') ?? town.identity.authenticate(headers),
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.operations.room;
	await mountApi(http, api ? [api] : []);
	reader = await town.identity.createSystemApiKey(['operations:read']);
	writer = await town.identity.createSystemApiKey(['operations:write']);
}, 120_000);
afterAll(async () => {
	await http?.close();
	await town?.close();
});

type Method = 'GET' | 'POST' | 'PATCH';
const send = (
	method: Method,
	url: string,
	{ key, headers, body }: { key?: string; headers?: Record<string, string>; body?: unknown } = {},
) =>
	http.inject({
		method,
		url: `/api/v1${url}`,
		headers: {
			...(key && { authorization: `Bearer ${key}` }),
			...(body !== undefined && { 'content-type': 'application/json' }),
			...headers,
		},
		...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
const get = (url: string, key = reader) => send('GET', url, { key });

const input = (more: object = {}) => ({
	key: newId(),
	title: 'Nid-de-poule',
	category: 'pothole',
	...here,
	...more,
});
async function opened(more: object = {}): Promise<Intervention> {
	const answer = await send('POST', '/interventions', { key: writer, body: input(more) });
	expect(answer.statusCode, answer.body).toBe(201);
	return answer.json();
}
const action = (more: object) => ({ id: newId(), at: town.clock.now.toISOString(), ...more });

test('who may: nobody without a key, read with one scope, write with the other, agents with their second factor', async () => {
	const { number } = await opened();
	const requests = [
		['GET', '/interventions', undefined],
		['GET', `/interventions/${number}`, undefined],
		['GET', `/interventions/${number}/history`, undefined],
		['POST', '/interventions', input()],
		['PATCH', `/interventions/${number}`, { priority: 'low' }],
		['POST', `/interventions/${number}/actions`, action({ kind: 'note', text: 'vu' })],
	] as const;
	const statuses = (headers: Record<string, string>) =>
		Promise.all(
			requests.map(async ([method, url, body]) => (await send(method, url, { headers, body })).statusCode),
		);
	const nadia = await town.person('Nadia', 'operations:agent');
	const camille = await town.person('Camille');
	for (const actor of [nadia, camille]) people.set(actor.id, actor);
	people.set('tired', { ...nadia, secondFactor: false });
	const other = await town.identity.createSystemApiKey(['observations:write']);
	const none = Array(6).fill(403);
	expect(await statuses({})).toEqual(Array(6).fill(401));
	expect(await statuses({ authorization: 'Bearer prv_nothing' })).toEqual(Array(6).fill(401));
	expect(await statuses({ authorization: `Bearer ${other}` })).toEqual(none);
	expect(await statuses({ 'x-person': camille.id })).toEqual(none);
	expect(await statuses({ 'x-person': 'tired' })).toEqual(none);
	expect(await statuses({ authorization: `Bearer ${reader}` })).toEqual([200, 200, 200, 403, 403, 403]);
	expect(await statuses({ authorization: `Bearer ${writer}` })).toEqual([200, 200, 200, 201, 200, 200]);
	expect(await statuses({ 'x-person': nadia.id })).toEqual([200, 200, 200, 201, 200, 200]);
});

test('opened once for each key, which belongs to who sends it; long keys that begin alike stay apart', async () => {
	const body = input({ plannedOn: '2026-11-25', priority: 'urgent', checklist: ['Baliser'] });
	const all = await Promise.all([1, 2, 3].map(() => send('POST', '/interventions', { key: writer, body })));
	const ids = all.map((answer) => answer.json().id);
	expect(new Set(ids).size).toBe(1);
	expect(all[0]?.headers.etag).toBe('"1"');
	expect(all[0]?.json()).toMatchObject({ status: 'planned', priority: 'urgent', source: { kind: 'api' } });
	const other = await town.identity.createSystemApiKey(['operations:write']);
	expect((await send('POST', '/interventions', { key: other, body })).json().id).not.toBe(ids[0]);
	const long = 'k'.repeat(159);
	expect((await opened({ key: `${long}1` })).id).not.toBe((await opened({ key: `${long}2` })).id);
	for (const key of ['', 'k'.repeat(161)])
		expect((await send('POST', '/interventions', { key: writer, body: input({ key }) })).statusCode).toBe(
			400,
		);
});

test('lists by filter, page by page, each once', async () => {
	const made = [];
	for (let n = 0; n < 5; n++)
		made.push(await opened({ title: `Liste ${n}`, plannedOn: n < 2 ? '2026-12-01' : '2026-12-02' }));
	const seen: string[] = [];
	for (const page of [1, 2, 3]) {
		const list: Page<InterventionSummary> = (
			await get(`/interventions?text=liste&pageSize=2&page=${page}&sort=changed`)
		).json();
		expect(list).toMatchObject({ total: 5, page, pageSize: 2 });
		seen.push(...list.items.map(({ id }) => id));
	}
	expect([...seen].sort()).toEqual(made.map(({ id }) => id).sort());
	expect((await get('/interventions?text=liste&page=4&pageSize=2')).json().items).toEqual([]);
	const total = async (query: string) => (await get(`/interventions?${query}`)).json().total;
	expect(await total('text=liste&plannedOn=2026-12-01')).toBe(2);
	expect(await total('text=liste&status=planned,waiting')).toBe(5);
	expect(await total('text=liste&status=done')).toBe(0);
	expect(await total(`text=${made[3]?.number}`)).toBe(1);
	expect(await total('changedSince=2027-01-01T00:00:00Z')).toBe(0);
	expect(await total(`assigneeId=${newId()}`)).toBe(0);
	for (const query of ['text=%25', 'text=%00', 'serviceId=%00', 'assigneeId=x', 'sourceKind=%00', 'text=%F0'])
		expect((await get(`/interventions?${query}`)).statusCode, query).toBe(200);
	for (const query of [
		'page=0',
		'page=1e9',
		'page=x',
		'pageSize=501',
		'status=gone',
		'status=new&status=done',
		'sort=title;DROP',
		'priority=',
		'changedSince=yesterday',
		'plannedOn=2026-13-45',
		'plannedOn=0000-01-01',
	])
		expect((await get(`/interventions?${query}`)).statusCode, query).toBe(400);
});

test('PATCH names the version that was seen; the second one to change the same is told who was first, and what', async () => {
	const { id, number } = await opened();
	const patch = (body: object, version?: string) =>
		send('PATCH', `/interventions/${number}`, {
			key: writer,
			body,
			headers: version === undefined ? {} : { 'if-match': version },
		});
	const first = await patch({ title: 'Trou profond' }, '"1"');
	expect([first.statusCode, first.headers.etag]).toEqual([200, '"2"']);
	const clash = await patch({ title: 'Petit trou', priority: 'low' }, '"1"');
	expect(clash.statusCode).toBe(409);
	expect(clash.headers.etag).toBe('"2"');
	expect(clash.json()).toMatchObject({
		saved: false,
		clashes: ['title'],
		since: { by: 'API', changes: [{ field: 'title', before: 'Nid-de-poule', after: 'Trou profond' }] },
		mine: expect.arrayContaining([expect.objectContaining({ field: 'title', after: 'Petit trou' })]),
		// Nothing of the second one was written.
		intervention: { id, title: 'Trou profond', priority: 'high', version: 2 },
	});
	expect((await patch({ priority: 'low' }, 'W/"1"')).json()).toMatchObject({
		saved: true,
		since: { by: 'API' },
		intervention: { title: 'Trou profond', priority: 'low', version: 3 },
	});
	expect((await patch({ title: 'Sans version' })).json().intervention.version).toBe(4);
	expect((await patch({ title: 'Toute version' }, '*')).json().intervention.version).toBe(5);
	for (const version of ['""', '"x"', '"-1"', '"1", "2"', '1e3', '"99999999999999999999"', '"6"', '"999"'])
		expect((await patch({ title: 'Jamais' }, version)).statusCode, version).toBe(400);
	const history = (await get(`/interventions/${id}/history`)).json().items;
	expect(history.map(({ version }: { version: number }) => version)).toEqual([5, 4, 3, 2, 1]);
	expect(history.at(-1)).toMatchObject({ kind: 'opened', by: 'API' });
});

test('an action comes once, however often it is sent, and its id is nobody else’s', async () => {
	const one = await opened();
	const two = await opened();
	const act = (number: string, body: object) =>
		send('POST', `/interventions/${number}/actions`, { key: writer, body });
	const material = action({ kind: 'material', name: 'Enrobé', quantity: 2, unit: 'sac' });
	const answers = await Promise.all([1, 2, 3].map(() => act(one.number, material)));
	expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
	expect(answers.filter((answer) => answer.json().repeated)).toHaveLength(2);
	expect((await act(two.number, material)).statusCode).toBe(409);
	// The address says which one it is about, whatever the body says.
	const done = action({ kind: 'done', text: 'Rebouché', interventionId: two.id });
	expect((await act(one.number, done)).json()).toMatchObject({
		applied: true,
		intervention: { id: one.id, status: 'done', materials: [{ quantity: 2 }] },
	});
	expect((await get(`/interventions/${two.number}`)).json().status).toBe('new');
	expect((await act(one.number, action({ kind: 'start', version: 1 }))).json()).toMatchObject({
		applied: false,
		intervention: { status: 'done' },
	});
});

test('hostile bodies are refused in words, write nothing and break nothing', async () => {
	const { number } = await opened();
	const before = (await get('/interventions')).json().total;
	const open: [object | string, number][] = [
		['', 400],
		['{', 400],
		['[]', 400],
		['null', 400],
		['"x"', 400],
		[input({ title: 42 }), 400],
		[input({ title: '\0 \0' }), 400],
		[input({ title: 'x'.repeat(201) }), 400],
		[input({ description: 'x'.repeat(5001) }), 400],
		[input({ description: 'x'.repeat(1_100_000) }), 413],
		[input({ category: "'; DROP TABLE operations.intervention" }), 400],
		[input({ category: newId() }), 400],
		[input({ placeId: 'x' }), 400],
		[input({ placeId: newId() }), 400],
		[input({ longitude: '3.7' }), 400],
		[input({ longitude: 1e308 }), 400],
		[input({ latitude: 91 }), 400],
		[input({ longitude: undefined }), 400],
		[input({ priority: 'now' }), 400],
		[input({ dueAt: 'tomorrow' }), 400],
		[input({ plannedOn: '2026-02-30' }), 400],
		[input({ plannedOn: '0000-01-01' }), 400],
		[input({ plannedOn: '\0' }), 400],
		[input({ durationMinutes: 1e12 }), 400],
		[input({ durationMinutes: 1.5 }), 400],
		[input({ assigneeIds: ['x'] }), 400],
		[input({ assigneeIds: Array.from({ length: 21 }, newId) }), 400],
		[input({ checklist: [''] }), 400],
		[input({ checklist: Array(41).fill('x') }), 400],
	];
	for (const [body, status] of open) {
		const answer = await send('POST', '/interventions', { key: writer, body });
		const shown = JSON.stringify(body).slice(0, 200);
		expect(answer.statusCode, shown).toBe(status);
		expect(answer.json(), shown).toMatchObject({ type: expect.any(String), detail: expect.any(String) });
	}
	expect((await get('/interventions')).json().total).toBe(before);

	for (const body of [
		{ title: '' },
		{ categoryId: newId() },
		{ categoryId: null },
		{ status: 'cancelled' },
		{ status: 'gone' },
		{ plannedOn: '0000-01-01' },
		{ dueAt: '2026-02-30T00:00:00Z' },
		{ placeId: newId() },
		{ latitude: -91 },
		{ assigneeIds: 'all' },
		{ reason: 'x'.repeat(1001) },
		{ publicAnswer: { text: 'x' } },
	])
		expect(
			(await send('PATCH', `/interventions/${number}`, { key: writer, body })).statusCode,
			JSON.stringify(body).slice(0, 100),
		).toBe(400);

	const far = '-200000-01-01T00:00:00.000Z';
	for (const body of [
		action({ kind: 'explode' }),
		action({ kind: 'note', text: '\0' }),
		action({ kind: 'note', text: 'x'.repeat(5001) }),
		action({ kind: 'could_not' }),
		action({ kind: 'check', itemId: '\0', checked: true }),
		action({ kind: 'check', itemId: 'none', checked: 'yes' }),
		action({ kind: 'material', name: 'Sel', quantity: -1 }),
		action({ kind: 'material', name: 'Sel', quantity: 1e300 }),
		action({ kind: 'start', version: 1e20 }),
		action({ kind: 'start', at: 'tomorrow' }),
		action({ kind: 'start', at: far }),
		action({ kind: 'start', at: 12 }),
		action({ kind: 'start', id: 'x' }),
		action({ kind: 'done', photoIds: [newId()] }),
		action({ kind: 'done', minutes: 1e9 }),
		[],
	]) {
		const answer = await send('POST', `/interventions/${number}/actions`, { key: writer, body });
		expect(answer.statusCode, JSON.stringify(body).slice(0, 100)).toBe(400);
	}
	// What cannot be kept of a text is left out; the rest is kept.
	const kept = await send('POST', `/interventions/${number}/actions`, {
		key: writer,
		body: `{"id":"${newId()}","at":"2026-11-24T07:00:00Z","kind":"note","text":"a\\u0000b\\ud800","__proto__":{"x":1}}`,
	});
	expect(kept.statusCode, kept.body).toBeLessThan(500);
	expect((await get(`/interventions/${number}`)).json()).toMatchObject({ status: 'new' });

	for (const reference of ['%00', 'I-2026-9999', newId(), 'x'.repeat(61), "'--", '%F0%9F%97%91'])
		for (const [method, tail, body] of [
			['GET', '', undefined],
			['GET', '/history', undefined],
			['PATCH', '', { priority: 'low' }],
			['POST', '/actions', action({ kind: 'start' })],
		] as const) {
			const url = `/interventions/${reference}${tail}`;
			const { statusCode } = await send(method, url, { key: writer, body });
			expect([404, ...(reference.length > 60 ? [400] : [])], `${method} ${url}`).toContain(statusCode);
		}
});

test('more changes of position at once than there are connections wait for each other, and all are done', async () => {
	const made = await Promise.all(Array.from({ length: 14 }, () => opened()));
	const changed = await Promise.all(
		made.map(({ number }) =>
			send('PATCH', `/interventions/${number}`, { key: writer, body: { longitude: 3.71 } }),
		),
	);
	expect(changed.map(({ statusCode }) => statusCode)).toEqual(Array(14).fill(200));
	for (const answer of changed)
		expect(answer.json().intervention).toMatchObject({ longitude: 3.71, latitude: 48.3 });
});

test('reports: everybody sees that there is one, nobody who sent it, nor words that no agent let through', async () => {
	const { reports } = town.operations.interventions;
	const send1 = async (description: string, suspect = false) => {
		const sent = await reports.create(
			{ category: 'pothole', ...here, description, email: 'camille@example.org' },
			{ via: 'web', suspect, address: '203.0.113.9' },
		);
		if (!sent.ok) throw new Error(sent.error);
		return sent.value;
	};
	const sent = await send1('Devant chez Mme Secrète');
	const held = await send1('Achetez mes montres', true);
	const secrets = ['camille@', 'Secrète', 'montres', sent.token, held.token, '203.0.113.9', sent.id, held.id];
	const list = await send('GET', '/reports?category=pothole');
	expect(list.statusCode).toBe(200);
	expect(list.json()).toMatchObject({ total: 1, items: [{ number: sent.number, description: '' }] });
	const one = await send('GET', `/reports/${sent.number}`);
	expect(one.json()).toMatchObject({ status: 'received', category: { code: 'pothole' } });
	for (const secret of secrets)
		for (const answer of [list, one]) expect(answer.body, secret).not.toContain(secret);
	expect((await send('GET', `/reports/${held.number}`)).statusCode).toBe(404);
	expect((await send('GET', '/reports?status=held')).statusCode).toBe(400);

	// Keys of the services see its words, never whose they are or what opens the follow page.
	const { items } = (await get('/interventions?sourceKind=report')).json();
	expect(items).toHaveLength(1);
	const whole = await get(`/interventions/${items[0].number}`);
	expect(whole.body).toContain('Secrète');
	const history = await get(`/interventions/${items[0].number}/history`);
	for (const answer of [whole, history])
		for (const secret of ['camille@', sent.token, '203.0.113.9'])
			expect(answer.body, secret).not.toContain(secret);

	await reports.moderate(await town.person('Julien', 'operations:manager'), sent.id, {
		textPublic: true,
		publicPhotoIds: [],
	});
	expect((await send('GET', `/reports/${sent.number.toLowerCase()}`)).json().description).toContain(
		'Secrète',
	);
	for (const url of ['/reports/%00', '/reports/S-2026-9999', '/reports/%25'])
		expect((await send('GET', url)).statusCode, url).toBe(404);
	expect((await send('GET', '/reports?category=%00')).statusCode).toBe(200);
	for (const query of ['page=0', 'pageSize=1000000', 'page=1e300', 'category=a&category=b'])
		expect((await send('GET', `/reports?${query}`)).statusCode, query).toBe(400);

	// The one-click form of letters: the token is all it takes, and a wrong one says no more.
	const unsubscribe = (token: string) => send('POST', `/reports/unsubscribe?token=${token}`);
	expect((await unsubscribe('%00')).statusCode).toBe(404);
	expect((await unsubscribe(sent.token)).statusCode).toBe(204);
	expect((await unsubscribe(sent.token)).statusCode).toBe(204);
	expect(await reports.follow(sent.token)).toMatchObject({ following: false, unconfirmed: false });
});
