import { type Actor, anonymous, createHttp, type FastifyInstance, mountApi } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

let town: TestParticipation;
let http: FastifyInstance;
const key: Actor = {
	kind: 'key',
	id: '01920000-0000-7000-8000-000000000001',
	displayName: 'Clé',
	roles: [],
	scopes: ['participation:write'],
	secondFactor: false,
};
beforeAll(async () => {
	town = await createTestParticipation();
	http = await createHttp(town.platform, {
		authenticate: async (headers) => (headers.get('x-key') ? key : anonymous),
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.participation.room;
	await mountApi(http, api ? [api] : []);
	town.toDay(1);
});
afterAll(async () => {
	await http.close();
	await town.close();
});

const ask = (method: 'GET' | 'POST', path: string, body?: object, signed = false) =>
	http.inject({
		method,
		url: `/api/v1${path}`,
		headers: { 'accept-language': 'fr', ...(signed && { 'x-key': 'yes' }) },
		...(body && { payload: body }),
	});

const ideas = Array.from({ length: 30 }, (_, n) => ({
	title: n === 7 ? '=HYPERLINK("https://example.org")' : `Une idée numéro ${n}`,
	body: n === 8 ? '<script>alert(1)</script> & "guillemets"' : 'Un texte.',
	...(n % 2 && { longitude: 2 + n / 1000, latitude: 47 }),
}));

test('calls and ideas come in by key only, all or none, and are read by anybody in pages', async () => {
	const { title, summary, body, phases, envelopes, categories, eligibility, ballotRules, questions, kind } =
		budgetCall();
	const call = {
		title,
		summary,
		body,
		phases,
		envelopes,
		categories,
		eligibility,
		ballotRules,
		questions,
		kind,
	};
	expect((await ask('POST', '/calls', call)).statusCode).toBe(403);
	const made = await ask('POST', '/calls', call, true);
	expect(made.statusCode).toBe(201);
	const { slug } = made.json<{ slug: string }>();
	expect((await ask('GET', `/calls/${slug}`)).statusCode).toBe(404);
	expect((await ask('POST', `/calls/${slug}/publish`)).statusCode).toBe(404);
	expect((await ask('POST', `/calls/${slug}/publish`, {}, true)).statusCode).toBe(200);
	expect((await ask('POST', `/calls/${slug}/ideas`, { ideas })).statusCode).toBe(403);
	const wrong = await ask(
		'POST',
		`/calls/${slug}/ideas`,
		{ ideas: [...ideas, { title: 'x', body: '' }] },
		true,
	);
	expect(wrong.statusCode).toBe(400);
	expect(wrong.json().detail).toMatch(/titre/);
	expect((await ask('GET', `/calls/${slug}/ideas`)).json()).toMatchObject({ total: 0 });
	expect((await ask('POST', `/calls/${slug}/ideas`, { ideas }, true)).json()).toEqual({ imported: 30 });
	const second = await ask('GET', `/calls/${slug}/ideas?page=2&pageSize=10`);
	expect(second.json().items).toHaveLength(10);
	expect(second.headers.link).toMatch(/page=1.*rel="prev".*page=3.*rel="next"/);
	expect((await ask('GET', `/calls/${slug}/ideas?pageSize=1000`)).statusCode).toBe(400);
	const shown = await ask('GET', `/calls/${slug}/ideas/3`);
	expect(shown.json()).toMatchObject({ number: 3 });
	expect(shown.json()).not.toHaveProperty('authorId');
	expect((await ask('GET', `/calls/${slug}/ideas/999`)).statusCode).toBe(404);
	const table = await ask('GET', `/calls/${slug}/ideas?format=csv&pageSize=100`);
	expect(table.body).toContain(`'=HYPERLINK`);
	expect(table.body.trim().split('\n')).toHaveLength(31);
	const map = (await ask('GET', `/calls/${slug}/ideas?format=geojson&pageSize=100`)).json();
	expect(map.features).toHaveLength(15);
	expect(map.features[0]).toMatchObject({ type: 'Feature', geometry: { type: 'Point' } });
});

test('feeds are well-formed whatever titles hold', async () => {
	const call = await openCall(
		town,
		budgetCall({ title: { fr: `L’eau & "l’air" <ici> \u0007`, en: null } }),
		[1000],
	);
	const feed = await ask('GET', `/calls/${call.slug}/feed.atom`);
	expect(feed.headers['content-type']).toMatch(/^application\/atom\+xml/);
	expect(feed.body).toContain('L’eau &amp; &quot;l’air&quot; &lt;ici&gt;');
	expect(feed.body).not.toContain('\u0007');
	// Every tag that opens closes again.
	const open: string[] = [];
	for (const [, end, name = '', self] of feed.body.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g))
		if (end) expect(open.pop()).toBe(name);
		else if (!self) open.push(name);
	expect(open).toEqual([]);
	expect((await ask('GET', `/calls/${call.slug}/projects/1/feed.atom`)).statusCode).toBe(200);
	expect((await ask('GET', `/calls/${call.slug}/projects/9/feed.atom`)).statusCode).toBe(404);
});

test('nothing of a vote is told before it is counted', async () => {
	const call = await openCall(town, budgetCall(), [1000, 2000]);
	const full = await town.participation.calls.get(anonymous, call.id);
	const envelope = full?.envelopes[0]?.id;
	for (const path of ['/result', `/ballots.pb?envelope=${envelope}`, '/ballots'])
		expect((await ask('GET', `/calls/${call.slug}${path}`)).statusCode, path).toBe(404);
	town.toDay(31);
	await town.participation.counting.closeDue({ ...key, roles: ['participation:manager'] });
	for (const path of ['/result', `/ballots.pb?envelope=${envelope}`, '/ballots'])
		expect((await ask('GET', `/calls/${call.slug}${path}`)).statusCode, path).toBe(200);
	town.toDay(1);
});

test('a mail program ends the letters by a post without session', async () => {
	const form = await http.inject({
		method: 'POST',
		url: '/api/v1/digests/unsubscribe?token=forged',
		headers: { 'content-type': 'application/x-www-form-urlencoded' },
		payload: 'List-Unsubscribe=One-Click',
	});
	expect(form.statusCode).toBe(404);
});
