import { anonymous, createHttp, type FastifyInstance, mountApi, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';

let town: TestCouncil;
let http: FastifyInstance;
beforeAll(async () => {
	town = await createTestCouncil();
	http = await createHttp(town.platform, {
		authenticate: async () => anonymous,
		apiRequestsPerMinute: 100_000,
	});
	const { api } = town.council.room;
	await mountApi(http, api ? [api] : []);
	await http.ready();
});
afterAll(async () => {
	await http.close();
	await town.close();
});

const ask = (path: string) => http.inject({ method: 'GET', url: `/api/v1${path}` });

test('what was decided is read by other systems once it is published, and only then; feeds tell of it', async () => {
	const { deliberations, meetings, sessions, minutes, acts, feeds } = town.council;
	const { bodyId, people } = await assemble(town, 3);
	const meeting = await convene(town, bodyId, ['Piscine <été>']);
	const act = (action: object) => sessions.act(system, meeting.id, action);
	town.clock.now = meeting.startsAt;
	for (const { seatId } of people) await act({ kind: 'arrive', seatId });
	await act({ kind: 'open' });
	await act({ kind: 'take_item', itemId: meeting.items[0]?.id });
	await act({ kind: 'open_vote', method: 'public' });
	for (const { seatId } of people) await act({ kind: 'vote', seatId, choice: 'for' });
	await act({ kind: 'close_vote' });
	await act({ kind: 'close' });
	const [decided] = (await deliberations.list({ meetingId: meeting.id })).items;
	const number = decided?.number ?? '';
	const read = async (path: string): Promise<Record<string, unknown>> => {
		const answer = await ask(path);
		return { status: answer.statusCode, ...(answer.json() as Record<string, unknown>) };
	};
	expect(await read(`/deliberations/${number}`)).toMatchObject({ status: 200, text: '', publishedAt: null });
	expect((await read('/deliberations?published=true')).items).toEqual([]);
	expect((await read(`/meetings/${meeting.slug}/minutes`)).status).toBe(404);
	expect((await read(`/meetings/${meeting.slug}/deliberations`)).status).toBe(404);
	expect(await feeds.deliberations({}, '/conseil/deliberations.atom')).not.toContain('<entry>');

	const day = town.clock.now.toISOString().slice(0, 10);
	await deliberations.signAll(system, meeting.id, day);
	await deliberations.publishAll(system, meeting.id);
	await acts.postList(system, meeting.id);
	await minutes.save(system, meeting.id, { text: 'Texte.', base: 0 });
	await minutes.adopt(system, meeting.id, { adoptedOn: day });
	await minutes.sign(system, meeting.id, { capacity: 'chair', signedOn: day });
	await minutes.publish(system, meeting.id);
	expect(await read(`/deliberations/${number}`)).toMatchObject({
		status: 200,
		text: 'Projet : Piscine <été>',
		names: [{ choice: 'for', names: ['Membre 1', 'Membre 2', 'Membre 3'] }],
		signatures: [{ capacity: 'chair', signedOn: day, byHand: true }],
	});
	expect(await read(`/deliberations?published=true&meeting=${meeting.id}`)).toMatchObject({ total: 1 });
	expect(await read(`/deliberations?body=${bodyId}&matter=7&year=2026`)).toMatchObject({ total: 0 });
	expect(await read(`/meetings/${meeting.slug}/minutes`)).toMatchObject({ text: 'Texte.', adoptedOn: day });
	expect(await read(`/meetings/${meeting.slug}/deliberations`)).toMatchObject({ items: [{ number: '1' }] });
	expect(await read(`/meetings/${meeting.slug}/annexes`)).toMatchObject({ items: [] });
	const votes = await ask(`/meetings/${meeting.slug}/votes`);
	expect(votes.json()).toMatchObject({ items: [{ ballots: [{ name: 'Membre 1' }, {}, {}] }] });
	expect(votes.body).not.toContain('personId');
	for (const wrong of ['matter=7.1.2', 'year=x', 'body=1', 'page=0', `text=${'x'.repeat(300)}`])
		expect((await ask(`/deliberations?${wrong}`)).statusCode, wrong).toBe(400);
	for (const path of ['/deliberations/x', '/meetings/x/votes', '/meetings/x/annexes', '/meetings/x/minutes'])
		expect((await ask(path)).statusCode, path).toBe(404);

	const feed = await feeds.deliberations({ bodyId }, '/conseil/deliberations.atom?assemblee=1&annee=<2026>');
	expect(feed).toContain('<title>Piscine &lt;été&gt;</title>');
	expect(feed).toContain('href="http');
	expect(feed).toContain('annee=&lt;2026&gt;"/>');
	expect(await feeds.meetings({ bodyId }, '/conseil/seances.atom')).toContain(meeting.title);
	const drafted = await meetings.create(system, { bodyId, title: 'Secrète', startsAt: meeting.startsAt });
	expect(drafted.ok).toBe(true);
	expect(await feeds.meetings({ bodyId }, '/conseil/seances.atom')).not.toContain('Secrète');
	const openapi = await http.inject({ method: 'GET', url: '/api/v1/openapi.json' });
	expect(Object.keys((openapi.json() as { paths: object }).paths).join(' ')).toContain(
		'/deliberations/{number}',
	);
});
