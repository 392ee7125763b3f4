import { anonymous, newId, system } from '@parvis/platform';
import { until } from '@parvis/platform/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil({ PARVIS_ROLES: 'web,worker' });
});
afterAll(async () => {
	await town?.close();
});

const letters = async (personId: string) =>
	(await town.platform.mail.list({ limit: 100 })).filter(({ to }) => to === `${personId}@example.org`);

test('words, places, bodies and meetings are followed by mail: at once or in the morning, each thing once, until one click', async () => {
	const { follows } = town.council;
	const [swift, calm, other] = [await town.person('Aya'), await town.person('Bo'), await town.person('Cy')];
	const { bodyId, people } = await assemble(town, 3);
	expect(
		await follows.add(swift, { kind: 'words', subject: 'Que dit-on des patinoires ?', cadence: 'once' }),
	).toMatchObject({
		ok: true,
	});
	expect(await follows.add(calm, { kind: 'body', subject: bodyId, cadence: 'daily' })).toMatchObject({
		ok: true,
	});
	expect(await follows.add(other, { kind: 'words', subject: 'téléphérique', cadence: 'once' })).toMatchObject(
		{ ok: true },
	);

	const meeting = await convene(town, bodyId, ['Rénovation de la patinoire']);
	const [letter] = await until(async () => {
		const got = await letters(swift.id);
		return got.length === 1 && got;
	});
	expect(letter?.text).toContain('Il y est question de « patinoires ».');
	expect(letter?.text).toContain(meeting.url);
	expect(await letters(calm.id)).toHaveLength(0);
	expect(await letters(other.id)).toHaveLength(0);
	const digests = await Promise.all([follows.sendLetters('daily'), follows.sendLetters('daily')]);
	expect(digests.reduce((a, b) => a + b)).toBe(1);
	expect(await letters(calm.id)).toHaveLength(1);
	expect(await follows.sendLetters('daily')).toBe(0);
	expect(await follows.sendLetters('once')).toBe(0);

	// What is said after the meeting was recorded is told when it is in words, with its second.
	await follows.add(other, { kind: 'meeting', subject: meeting.id, cadence: 'daily' });
	const at = (second: number) => {
		town.clock.now = new Date(meeting.startsAt.getTime() + second * 1000);
	};
	at(0);
	for (const { seatId } of people)
		await town.council.sessions.act(system, meeting.id, { kind: 'arrive', seatId });
	await town.council.sessions.act(system, meeting.id, { kind: 'open' });
	const runId = newId();
	await town.platform.pool.query(
		"INSERT INTO council.run VALUES ($1, $2, 1, 'file', $3::timestamptz, $3::timestamptz + interval '1 hour', 'none', 'none', 1, 1)",
		[runId, meeting.id, meeting.startsAt],
	);
	await town.platform.pool.query("INSERT INTO council.segment VALUES ($1, 0, 0, 3600, 1, 'none')", [runId]);
	at(600);
	await town.council.sessions.act(system, meeting.id, { kind: 'close' });
	await until(async () => {
		const { rows } = await town.platform.pool.query(
			"SELECT 1 FROM council.news WHERE kind = 'replay' AND subject_id = $1",
			[meeting.id],
		);
		return rows.length === 1;
	});
	expect(await follows.sendLetters('once')).toBe(0);
	await town.platform.pool.query(
		`INSERT INTO council.caption (id, meeting_id, starts_at, duration_seconds, text, provider)
		 VALUES ($1, $2, $3, 4, 'Et un téléphérique, pourquoi pas ?', 'test')`,
		[newId(), meeting.id, new Date(meeting.startsAt.getTime() + 125_000)],
	);
	await town.council.search.refresh();
	await follows.sendLetters('once');
	expect((await until(async () => (await letters(other.id))[0])).text).toContain(
		`${meeting.url}/video?t=125`,
	);

	// The one click.
	expect(await follows.unsubscribe('nobody.x')).toBe(false);
	const token = decodeURIComponent(/jeton=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '');
	expect(await follows.unsubscribe(`${token}x`)).toBe(false);
	expect(await follows.unsubscribe(token)).toBe(true);
	expect(await follows.list(swift)).toMatchObject([
		{ label: 'patinoires', cadence: 'never', url: expect.stringContaining('mots=patinoires') },
	]);
});

test('rubbish, strangers and too much are refused; an erased account leaves nothing', async () => {
	const { follows } = town.council;
	const person = await town.person('Dé');
	for (const input of [
		null,
		{},
		{ kind: 'moon', subject: 'x' },
		{ kind: 'words', subject: '  ' },
		{ kind: 'words', subject: '?!' },
	])
		expect(await follows.add(person, input)).toMatchObject({ ok: false });
	for (const kind of ['place', 'body', 'meeting'])
		expect(await follows.add(person, { kind, subject: newId() })).toEqual({
			ok: false,
			error: 'council.follow_unknown',
		});
	expect(await follows.add(anonymous, { kind: 'words', subject: 'école' })).toEqual({
		ok: false,
		error: 'council.sign_in_first',
	});
	const one = await follows.add(person, { kind: 'words', subject: 'école', cadence: 'once' });
	expect(await follows.add(person, { kind: 'words', subject: 'l’école', cadence: 'daily' })).toEqual(one);
	expect(await follows.list(person)).toMatchObject([{ cadence: 'daily' }]);
	await follows.remove(await town.person('Eve'), one.ok ? one.value.id : '');
	expect(await follows.list(person)).toHaveLength(1);
	for (let n = 0; n < 99; n++) await follows.add(person, { kind: 'words', subject: `sujet${n}` });
	expect(await follows.add(person, { kind: 'words', subject: 'encore' })).toMatchObject({
		error: 'council.too_many_follows',
	});
	const source = town.platform.personalData.all().find(({ room }) => room === 'council')?.source;
	expect(JSON.stringify(await source?.export(person.id))).toContain('école');
	await town.platform
		.db<never>()
		.transaction()
		.execute(async (trx) => source?.erase(trx as never, person.id));
	expect(await follows.list(person)).toEqual([]);
	expect(await follows.feed('école <&>', '/conseil/recherche.atom?mots=x', 'fr')).toContain(
		'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr">',
	);
});
