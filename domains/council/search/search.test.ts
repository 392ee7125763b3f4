import { newId, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import { passagesOf, spokenPassages } from './passages.ts';
import { wordsOfQuestion } from './question.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(async () => {
	await town?.close();
});

const find = async (text: string, more: object = {}) => {
	await town.council.search.refresh();
	return town.council.search.find({ text, ...more });
};

async function say(meetingId: string, seatId: string | null, at: Date, text: string, seconds = 4) {
	await town.platform.pool.query(
		`INSERT INTO council.caption (id, meeting_id, starts_at, duration_seconds, text, seat_id, provider)
		 VALUES ($1, $2, $3, $4, $5, $6, 'test')`,
		[newId(), meetingId, at, seconds, text, seatId],
	);
}

/** A recording of so many seconds, without its files. */
async function recorded(meetingId: string, startedAt: Date, seconds: number) {
	const runId = newId();
	await town.platform.pool.query(
		`INSERT INTO council.run VALUES ($1, $2, 1, 'file', $3, $3, 'none', 'none', 1, 1)`,
		[runId, meetingId, startedAt],
	);
	await town.platform.pool.query(`INSERT INTO council.segment VALUES ($1, 0, 0, $2, 1, 'none')`, [
		runId,
		seconds,
	]);
}

test('a question is about its own words', () => {
	for (const [question, words] of [
		['Qu’a dit le conseil sur la piscine ?', ['piscine']],
		["Qu'est-ce que le conseil municipal a décidé pour l'école Jean-Jaurès ?", ['école', 'Jean', 'Jaurès']],
		['Quand les élus ont-ils voté le budget?', ['budget']],
		['What did the council say about the swimming pool?', ['swimming', 'pool']],
		['vote du budget', ['vote', 'budget']],
		['conseil municipal', ['conseil', 'municipal']],
		['Qui ?', ['Qui']],
		['  ', []],
		["'); DROP TABLE x; --", ['DROP', 'TABLE', 'x']],
	] as const)
		expect(wordsOfQuestion(question)).toEqual(words);
});

test('texts and speech are cut where they breathe, and nothing is lost', () => {
	const text = `${'Une phrase de huit mots pour la place. '.repeat(60)}\n\n${'x'.repeat(1500)}`;
	const parts = passagesOf(text);
	expect(parts.join('').replaceAll(/\s/g, '')).toBe(text.replaceAll(/\s/g, ''));
	expect(Math.max(...parts.map((part) => part.length))).toBeLessThanOrEqual(701);
	const line = (second: number, speaker: string, words: string) => ({
		id: String(second),
		startsAt: new Date(second * 1000),
		durationSeconds: 4,
		text: words,
		speaker,
		itemId: null,
	});
	expect(
		spokenPassages([
			line(0, 'A', 'un'),
			line(5, 'A', 'deux'),
			line(10, 'B', 'trois'),
			line(60, 'B', 'quatre'),
		]).map((one) => [one.firstId, one.speaker, one.text]),
	).toEqual([
		['0', 'A', 'un deux'],
		['10', 'B', 'trois'],
		['60', 'B', 'quatre'],
	]);
});

test('« Qu’a dit le conseil sur la piscine ? » leads to the second of the video, who said it, the acts and the documents', async () => {
	const { bodyId, people } = await assemble(town, 3);
	const meeting = await convene(town, bodyId, ['Horaires du bassin nautique', 'Budget primitif']);
	const start = meeting.startsAt;
	const [item, budget] = meeting.items;
	town.clock.now = start;
	const act = async (second: number, action: Record<string, unknown>) => {
		town.clock.now = new Date(start.getTime() + second * 1000);
		const done = await town.council.sessions.act(system, meeting.id, action);
		if (!done.ok) throw new Error(done.error);
	};
	for (const { seatId } of people) await act(-1, { kind: 'arrive', seatId });
	await act(0, { kind: 'open' });
	await act(60, { kind: 'take_item', itemId: item?.id });
	await act(200, { kind: 'take_item', itemId: budget?.id });
	await recorded(meeting.id, new Date(start.getTime() - 30_000), 3600);
	const second = (n: number) => new Date(start.getTime() + n * 1000);
	await say(meeting.id, people[1]?.seatId ?? null, second(70), 'Nous proposons de changer les horaires.');
	await say(
		meeting.id,
		people[1]?.seatId ?? null,
		second(75),
		'La piscine ouvrirait dès sept heures et demie.',
	);
	await say(
		meeting.id,
		people[2]?.seatId ?? null,
		second(210),
		'Le budget de la piscine monte de trois pour cent.',
	);

	const answer = await find('Qu’a dit le conseil sur la piscine ?');
	expect(answer).toMatchObject({
		total: 2,
		suggestion: null,
		loose: false,
		kinds: [{ kind: 'speech', count: 2 }],
	});
	const finding = answer.items.find((one) => one.item?.id === item?.id);
	expect(finding).toMatchObject({
		meeting: { slug: meeting.slug },
		item: { title: 'Horaires du bassin nautique' },
		hits: [
			{ kind: 'speech', speaker: 'Membre 2', position: 105, url: `/conseil/${meeting.slug}/video?t=105` },
		],
	});
	expect(finding?.hits[0]?.excerpt.filter(({ marked }) => marked).map(({ text }) => text)).toEqual([
		'piscine',
	]);
	// Mistyped, without accents, in another number; some of the words; by who, when, where and what.
	expect(await find('les picines')).toMatchObject({
		total: 2,
		suggestion: expect.stringContaining('piscine'),
	});
	expect(await find('sept heures')).toMatchObject({ total: 1 });
	expect(await find('piscine téléphérique')).toMatchObject({ total: 2, loose: true });
	expect(await find('piscine', { speaker: 'Membre 3' })).toMatchObject({
		total: 1,
		items: [{ item: { id: budget?.id } }],
	});
	expect(await find('piscine', { speaker: 'Membre 1' })).toMatchObject({ total: 0 });
	expect(await find('piscine', { year: start.getFullYear() })).toMatchObject({ total: 2 });
	expect(await find('piscine', { year: 1999 })).toMatchObject({ total: 0, kinds: [] });
	expect(await find('piscine', { bodyId: newId() })).toMatchObject({ total: 0 });
	expect(await find('piscine', { kind: 'minutes' })).toMatchObject({
		total: 0,
		kinds: [{ kind: 'speech', count: 2 }],
	});
	expect(await find('bassin', { kind: 'item' })).toMatchObject({
		total: 1,
		items: [{ hits: [{ kind: 'item', position: 90, url: expect.stringContaining('#point-') }] }],
	});
	for (const text of [
		'',
		'   ',
		"' & | ! :* (",
		'\0',
		'x'.repeat(5000),
		'\uD800',
		"l'",
		'%',
		'\\',
		'a'.repeat(199),
	])
		expect((await find(text)).total, text).toBe(0);

	// A correction is found at once, what stood before is not.
	const clerk = await town.person('Nadia Greffe', 'council:clerk');
	const line = (await town.council.captions.list(meeting.id)).at(-1);
	await town.council.captions.change(clerk, line?.id ?? '', {
		version: 1,
		text: 'Le budget de la patinoire monte.',
		seatId: line?.seatId,
	});
	expect(await find('patinoire')).toMatchObject({ total: 1 });
	expect(await find('piscine')).toMatchObject({ total: 1 });
	expect(await town.council.search.filters()).toMatchObject({
		years: expect.arrayContaining([start.getFullYear()]),
		speakers: expect.arrayContaining(['Membre 2']),
	});
	expect((await town.town.search.find('bassin', { kind: 'meeting' })).hits[0]).toMatchObject({
		url: meeting.url,
	});
});

test('nothing that is not public is found, whatever becomes of it', async () => {
	const { bodyId } = await assemble(town, 3);
	const made = await town.council.meetings.create(system, {
		bodyId,
		title: 'Séance du zinzolin',
		startsAt: new Date(town.clock.now.getTime() + 10 * 86_400_000),
		synthesis: 'Note zinzoline.',
	});
	const id = made.ok ? made.value.id : '';
	await town.council.meetings.addItem(system, id, {
		kind: 'deliberation',
		title: 'Point secret',
		draft: 'Le smaragdin.',
		public: false,
	});
	await town.council.meetings.addItem(system, id, {
		kind: 'deliberation',
		title: 'Point ouvert',
		draft: 'Le nacarat.',
	});
	const insert = (title: string, text: string, isPublic: boolean) =>
		town.platform.pool.query(
			`INSERT INTO council.annex (id, meeting_id, position, title, public, media_type, bytes, pages, text, file_key, added_at)
			 VALUES ($1, $2, 1, $3, $4, 'application/pdf', 1, 1, $5, 'none', now())`,
			[newId(), id, title, isPublic, text],
		);
	await insert('Plan amarante', 'Le céladon du plan.', true);
	await insert('Note alezane', 'Le vermillon du maire.', false);
	const found = async (words: string) => (await find(words)).total;
	// A draft is nobody's.
	for (const words of ['zinzolin', 'smaragdin', 'nacarat', 'céladon', 'secret'])
		expect(await found(words), words).toBe(0);
	expect((await town.town.search.find('zinzolin')).total).toBe(0);
	expect((await town.council.meetings.convene(system, id)).ok).toBe(true);
	for (const words of ['nacarat', 'céladon', 'amarante', 'secret']) expect(await found(words), words).toBe(1);
	for (const words of ['smaragdin', 'vermillon', 'alezane', 'zinzoline'])
		expect(await found(words), words).toBe(0);
	await town.platform.pool.query("UPDATE council.minutes SET text = '' WHERE false");
	await town.platform.pool.query(
		"INSERT INTO council.minutes (meeting_id, text, status, updated_at) VALUES ($1, 'Le brouillon outremer.', 'draft', now())",
		[id],
	);
	expect(await found('outremer')).toBe(0);
	await town.platform.pool.query('UPDATE council.annex SET public = false WHERE meeting_id = $1', [id]);
	expect(await found('céladon')).toBe(0);
	await town.council.meetings.cancel(system, id);
	for (const words of ['nacarat', 'secret']) expect(await found(words), words).toBe(0);
	expect((await town.town.search.find('zinzolin')).total).toBe(0);
});
