import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { PDFDocument } from '@cantoo/pdf-lib';
import { anonymous, csvLine, renderPdf, system } from '@parvis/platform';
import { lookAtPdf } from '@parvis/platform/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { textOfPdf } from '../annexes/pdf-text.ts';
import { numbersOf } from '../rules/numbering.ts';
import { executoryOn, publishedUntil } from '../rules/publication.ts';
import { isSiret } from '../rules/siret.ts';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import type { GivenFile } from './face.ts';
import { matterOf, matters, scdlMatterName } from './matters.ts';
import { scdlColumns } from './scdl.ts';
import { blocksOf } from './text-blocks.ts';
import { actMessage, internalNumber } from './transmission.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(() => town.close());

const day = () => town.clock.now.toISOString().slice(0, 10);
const later = (days: number) => {
	town.clock.now = new Date(town.clock.now.getTime() + days * 86_400_000);
};
const bytesOf = (file: GivenFile | null) => (file ? buffer(file.content) : Promise.resolve(Buffer.alloc(0)));

/** A meeting that was held and closed, with one public vote for each title, and a secretary. */
async function hold(titles: readonly string[], body: Record<string, unknown> = {}) {
	const { bodyId, people } = await assemble(town, 4, body);
	const place = await town.town.places.create(await town.person('Agent', 'town:editor'), {
		kind: 'pool',
		name: `Piscine ${bodyId.slice(-6)}`,
		longitude: 4.9,
		latitude: 45.7,
	});
	if (!place.ok) throw new Error(place.error);
	const meeting = await convene(town, bodyId, titles, {});
	const act = (action: object) => town.council.sessions.act(system, meeting.id, action);
	town.clock.now = meeting.startsAt;
	const [chair, secretary, third] = people;
	for (const one of [chair, secretary, third]) await act({ kind: 'arrive', seatId: one?.seatId });
	await act({ kind: 'open' });
	await act({ kind: 'name_secretary', seatId: secretary?.seatId });
	for (const item of meeting.items) {
		await act({ kind: 'take_item', itemId: item.id });
		await act({ kind: 'give_floor', seatId: third?.seatId });
		await act({ kind: 'open_vote', method: 'public' });
		for (const one of [chair, secretary]) await act({ kind: 'vote', seatId: one?.seatId, choice: 'for' });
		await act({ kind: 'vote', seatId: third?.seatId, choice: 'against' });
		await act({ kind: 'close_vote' });
	}
	await act({ kind: 'close' });
	const { items } = await town.council.deliberations.list({ meetingId: meeting.id });
	return { meeting, bodyId, chair, secretary, third, place: place.value, acts: items };
}

describe('acts', () => {
	test('are checked, signed by the chair and the secretary, published; then they do not change', async () => {
		const { deliberations } = town.council;
		const { meeting, chair, secretary, third, place, acts } = await hold(['Piscine', 'Budget']);
		const [first, second] = acts;
		const number = first?.number ?? '';
		expect(first).toMatchObject({ publishedAt: null, text: '', adopted: true, executoryOn: null });
		expect(await deliberations.get(number)).toMatchObject({ blocks: [], text: '' });
		expect(await deliberations.get(number, third?.actor)).toMatchObject({ text: 'Projet : Piscine' });
		expect(await deliberations.pdf(anonymous, number)).toBeNull();
		const change = {
			title: 'Piscine',
			text: 'Vu le CGCT ;\n\nDécide :\n- d’ouvrir à 7 h 30.',
			matterCode: '8.4',
			budgetYear: '2026',
			budgetName: 'Budget principal',
			placeId: place.id,
		};
		const id = first?.id ?? '';
		expect(await deliberations.change(third?.actor ?? anonymous, id, change)).toMatchObject({
			error: 'platform.not_allowed',
		});
		for (const [wrong, error] of [
			[{ matterCode: '6.9' }, 'council.matter_invalid'],
			[{ budgetYear: '26' }, 'council.budget_year_invalid'],
			[{ placeId: meeting.id }, 'council.place_unknown'],
			[{ text: ' ' }, 'council.text_missing'],
		] as const)
			expect(await deliberations.change(system, id, { ...change, ...wrong })).toMatchObject({ error });
		expect(await deliberations.change(system, id, change)).toMatchObject({ ok: true });
		expect(await deliberations.publish(system, id)).toMatchObject({ error: 'council.not_signed' });

		// Each signs for oneself; the clerk notes a signature by hand, not before the meeting and not in the future.
		expect(await deliberations.sign(third?.actor ?? anonymous, id, { capacity: 'chair' })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect(await deliberations.sign(secretary?.actor ?? anonymous, id, { capacity: 'chair' })).toMatchObject({
			error: 'platform.not_allowed',
		});
		expect((await deliberations.get(number, chair?.actor))?.may).toEqual({ prepare: false, sign: ['chair'] });
		const toSign = (who = anonymous) => town.council.acts.toSign(who, meeting.id);
		expect((await toSign(chair?.actor)).map(({ url }) => url)).toEqual(acts.map(({ url }) => url));
		expect(await toSign(third?.actor)).toEqual([]);
		expect(await toSign()).toEqual([]);
		expect(await deliberations.sign(chair?.actor ?? anonymous, id, { capacity: 'chair' })).toMatchObject({
			ok: true,
		});
		expect(await deliberations.sign(chair?.actor ?? anonymous, id, { capacity: 'chair' })).toMatchObject({
			error: 'council.signed_already',
		});
		expect(await toSign(chair?.actor)).toHaveLength(1);
		expect(await deliberations.change(system, id, change)).toMatchObject({ error: 'council.signed_already' });
		for (const signedOn of ['2020-01-01', '2099-01-01', 'hier'])
			expect(
				await deliberations.sign(system, id, { capacity: 'secretary', signedOn }),
				signedOn,
			).toMatchObject({ ok: false });
		const scan = Buffer.from('%PDF-1.7 rien');
		expect(
			await deliberations.sign(system, id, { capacity: 'secretary', signedOn: day(), scan }),
		).toMatchObject({ error: 'platform.pdf_unreadable' });
		const paper = await PDFDocument.create();
		paper.addPage();
		expect(
			await deliberations.sign(system, id, {
				capacity: 'secretary',
				signedOn: day(),
				scan: await paper.save(),
			}),
		).toMatchObject({ ok: true });
		const scanned = (await deliberations.get(number, system))?.signatures.find(({ scanUrl }) => scanUrl);
		const scanId = scanned?.scanUrl?.split('/').at(-1) ?? '';
		expect(await deliberations.scan(anonymous, scanId)).toBeNull();

		later(1);
		expect(await deliberations.publish(chair?.actor ?? anonymous, id)).toMatchObject({ ok: false });
		expect(await deliberations.publish(system, id)).toMatchObject({ ok: true });
		expect(await deliberations.publish(system, id)).toMatchObject({ error: 'council.published_already' });
		expect((await bytesOf(await deliberations.scan(anonymous, scanId))).subarray(0, 5).toString()).toBe(
			'%PDF-',
		);
		const published = await deliberations.get(number);
		expect(published).toMatchObject({
			publishedAt: town.clock.now,
			executoryOn: null,
			publishedUntil: publishedUntil(day()),
			place: { slug: place.slug },
			matter: 'Domaines de compétences par thèmes / Aménagement du territoire',
			names: [
				{ choice: 'for', names: ['Membre 1', 'Membre 2'] },
				{ choice: 'against', names: ['Membre 3'] },
			],
			attendance: { absent: ['Membre 4'], quorum: 3, chair: 'Membre 1', secretary: 'Membre 2' },
		});
		// It stands on its place's page, and is found.
		expect((await town.town.timeline.list({ placeId: place.id }))[0]).toMatchObject({ url: published?.url });
		expect((await deliberations.list({ placeId: place.id })).items).toHaveLength(1);
		expect((await deliberations.list({ matter: '8', published: true })).items.map((one) => one.id)).toContain(
			id,
		);
		expect((await deliberations.list({ matter: '7' })).items.map((one) => one.id)).not.toContain(id);
		expect((await deliberations.list({ text: 'ouvrir', year: 2026 })).total).toBeGreaterThan(0);
		// Words of a text that is not published lead nowhere.
		expect((await deliberations.list({ text: 'Projet', meetingId: meeting.id })).total).toBe(0);

		for (const receivedOn of ['2020-01-01', '2099-01-01', ''])
			expect(await deliberations.receive(system, id, { receivedOn }), receivedOn).toMatchObject({
				ok: false,
			});
		later(1);
		await deliberations.receive(system, id, { receivedOn: day(), acknowledgement: '038-AR-1' });
		expect(await deliberations.get(number)).toMatchObject({ executoryOn: day(), receivedOn: day() });
		expect(await deliberations.publishAll(system, meeting.id)).toMatchObject({ error: 'council.not_signed' });
		expect(await deliberations.signAll(system, meeting.id, day())).toEqual({
			ok: true,
			value: { signatures: 2 },
		});
		expect(await deliberations.publishAll(system, meeting.id)).toEqual({ ok: true, value: { published: 1 } });
		expect((await deliberations.get(second?.number ?? ''))?.publishedAt).toEqual(town.clock.now);
	});

	test('a corrected vote is corrected in the published act too, which says so', async () => {
		const { deliberations, sessions } = town.council;
		const { meeting, acts } = await hold(['Voirie']);
		await deliberations.signAll(system, meeting.id, day());
		await deliberations.publishAll(system, meeting.id);
		const state = await sessions.state(system, meeting.id);
		await sessions.act(system, meeting.id, {
			kind: 'correct_vote',
			voteId: state?.votes[0]?.id,
			for: 1,
			against: 2,
			abstention: 0,
			reason: 'Deux voix inversées.',
		});
		const number = acts[0]?.number ?? '';
		expect(await deliberations.get(number)).toMatchObject({
			adopted: false,
			against: 2,
			corrections: ['Deux voix inversées.'],
		});
		const text = await textOfPdf(new Uint8Array(await bytesOf(await deliberations.pdf(anonymous, number))));
		expect(text).toContain('Deux voix inversées.');
		expect((await town.town.timeline.list({ limit: 1 }))[0]?.title.fr).toContain('rejetée');
	});

	test('of an election they say each round and who is elected', async () => {
		const { deliberations, sessions } = town.council;
		const { bodyId, people } = await assemble(town, 3);
		const meeting = await convene(town, bodyId, ['Élection du maire']);
		const act = async (action: object) => {
			const done = await sessions.act(system, meeting.id, action);
			if (!done.ok) throw new Error(done.error);
		};
		town.clock.now = meeting.startsAt;
		for (const { seatId } of people) await act({ kind: 'arrive', seatId });
		await act({ kind: 'open' });
		await act({ kind: 'take_item', itemId: meeting.items[0]?.id });
		await act({ kind: 'open_election', subject: 'Maire', candidates: ['Ana Roux', 'Bo Petit'] });
		await act({
			kind: 'close_round',
			votes: [
				{ name: 'Ana Roux', votes: 2 },
				{ name: 'Bo Petit', votes: 1 },
			],
		});
		await act({ kind: 'close' });
		await deliberations.signAll(system, meeting.id, day());
		await deliberations.publishAll(system, meeting.id);
		const [decided] = (await deliberations.list({ meetingId: meeting.id })).items;
		const number = decided?.number ?? '';
		expect(await deliberations.get(number)).toMatchObject({
			adopted: true,
			election: [expect.stringContaining('Maire'), expect.stringContaining('Ana Roux est élu(e)')],
			attendance: { present: ['Membre 1', 'Membre 2', 'Membre 3'] },
		});
		const text = await textOfPdf(new Uint8Array(await bytesOf(await deliberations.pdf(anonymous, number))));
		expect(text.replaceAll(/\s+/g, ' ')).toContain('Ana Roux est élu(e)');
	});

	test('as a PDF they are tagged, in French, with a title, and hold what the law asks', async () => {
		const { deliberations } = town.council;
		const { meeting, acts } = await hold(['Œuvre d’été à 12 €']);
		await deliberations.signAll(system, meeting.id, day());
		await deliberations.publishAll(system, meeting.id);
		const number = acts[0]?.number ?? '';
		const file = await deliberations.pdf(anonymous, number);
		expect(file?.name).toBe(`deliberation-${number}.pdf`);
		const bytes = await bytesOf(file);
		expect(bytes.length).toBe(file?.bytes);
		expect(await bytesOf(await deliberations.pdf(anonymous, number))).toEqual(bytes);
		const document = await PDFDocument.load(bytes, { updateMetadata: false });
		expect(document.getTitle()).toContain('Œuvre d’été à 12 €');
		expect((await lookAtPdf(bytes)).faults).toEqual([]);
		const text = await textOfPdf(new Uint8Array(bytes));
		for (const words of [
			`Délibération n° ${number}`,
			'Membres en exercice : 4',
			'Quorum : 3',
			'Absents : Membre 4',
			'Contre : Membre 3',
			'signature manuscrite',
			'recours devant le tribunal administratif',
			'page 1 sur',
		])
			expect(text.replaceAll(/\s+/g, ' ')).toContain(words);
	});

	test('the list of what was deliberated is put up once, also what was not voted', async () => {
		const { acts, meetings } = town.council;
		const { meeting, bodyId } = await hold(['Voirie', 'Éclairage']);
		expect(await acts.list(anonymous, meeting.slug)).toBeNull();
		expect(await acts.listPdf(anonymous, meeting.slug)).toBeNull();
		expect((await acts.list(system, meeting.slug))?.items).toHaveLength(2);
		expect(await acts.postList(anonymous, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
		await acts.postList(system, meeting.id);
		expect(await acts.postList(system, meeting.id)).toMatchObject({ error: 'council.list_posted_already' });
		expect(await acts.list(anonymous, meeting.slug)).toMatchObject({
			postedAt: town.clock.now,
			items: [{ number: '1', deliberation: { adopted: true } }, { number: '2' }],
		});
		const bytes = await bytesOf(await acts.listPdf(anonymous, meeting.slug));
		expect((await lookAtPdf(bytes)).faults).toEqual([]);
		const text = await textOfPdf(new Uint8Array(bytes));
		expect(text).toContain('Éclairage');
		const open = await convene(town, bodyId, ['Un']);
		expect(await acts.postList(system, open.id)).toMatchObject({ ok: false });
		expect((await meetings.get(anonymous, open.id))?.listPostedAt).toBeNull();
	});
});

test('an account that is erased leaves its seat and signatures, without the link to it', async () => {
	const { deliberations } = town.council;
	const { meeting, acts, chair } = await hold(['Voirie']);
	const personId = chair?.actor.id ?? '';
	await deliberations.sign(chair?.actor ?? anonymous, acts[0]?.id ?? '', { capacity: 'chair' });
	const source = town.platform.personalData.all().find(({ room }) => room === 'council')?.source;
	expect(await source?.export(personId)).toMatchObject({
		seats: [{ name: 'Membre 1', role: 'chair' }],
		convocations: [{ meeting: meeting.title }],
		signatures: [{ act: acts[0]?.number, byHand: false }],
	});
	await town.context.db.transaction().execute(async (trx) => source?.erase(trx, personId));
	expect(await source?.export(personId)).toEqual({
		seats: [],
		convocations: [],
		proxies: [],
		signatures: [],
		follows: [],
		corrections: [],
	});
	expect((await deliberations.get(acts[0]?.number ?? ''))?.signatures[0]?.name).toBe('Membre 1');
});

describe('minutes', () => {
	test('two clerks at once: the first is kept, the other is told; adopted at the next meeting, signed, published for good', async () => {
		const { minutes, acts, sessions } = town.council;
		const { meeting, bodyId, chair, secretary, third } = await hold(['Piscine']);
		const [a, b] = [await town.person('Ana', 'council:clerk'), await town.person('Bob', 'council:clerk')];
		const steps = async () => {
			const list = await acts.after(system, meeting.id);
			return Object.fromEntries(
				(list.ok ? list.value : []).map(({ name, done, total }) => [name, `${done}/${total}`]),
			);
		};
		expect(await steps()).toMatchObject({ list: '0/1', sign: '0/1', transmit: '0/1', draft: '0/1' });
		const drafted = await minutes.draft(a, meeting.id);
		const text = drafted.ok ? drafted.value.text : '';
		expect(text).toContain('Sont intervenus : Membre 3');
		expect(text).toContain('Absents : Membre 4');
		expect(await minutes.save(a, meeting.id, { text, base: 0 })).toEqual({ ok: true, value: { version: 1 } });
		expect(await minutes.save(b, meeting.id, { text: 'Autre', base: 0 })).toMatchObject({
			error: 'council.minutes_changed',
			detail: { name: 'Ana', version: 1 },
		});
		expect(await minutes.save(b, meeting.id, { text: `${text}\nMot.`, base: 1 })).toMatchObject({ ok: true });
		// Sent twice by an impatient hand: the same text is one version.
		expect(await minutes.save(b, meeting.id, { text: `${text}\nMot.`, base: 1 })).toEqual({
			ok: true,
			value: { version: 2 },
		});
		expect(await minutes.version(a, meeting.id, 1)).toEqual({ text, savedBy: 'Ana' });
		expect(await minutes.version(third?.actor ?? anonymous, meeting.id, 1)).toBeNull();
		expect((await minutes.get(a, meeting.id))?.versions.map(({ savedBy }) => savedBy)).toEqual([
			'Bob',
			'Ana',
		]);
		for (const who of [anonymous, third?.actor ?? anonymous])
			expect(await minutes.get(who, meeting.id)).toBeNull();
		expect((await minutes.get(secretary?.actor ?? anonymous, meeting.id))?.status).toBe('draft');

		expect(await minutes.sign(system, meeting.id, { capacity: 'chair', signedOn: day() })).toMatchObject({
			error: 'council.minutes_not_adopted',
		});
		expect(await minutes.adopt(a, meeting.id, { adoptedInId: meeting.id })).toMatchObject({
			error: 'council.adopted_elsewhere',
		});
		const next = await convene(town, bodyId, ['Suite']);
		expect(await minutes.adopt(a, meeting.id, { adoptedInId: next.id })).toMatchObject({
			error: 'council.adopted_elsewhere',
		});
		town.clock.now = next.startsAt;
		await sessions.act(system, next.id, { kind: 'open' });
		expect(await minutes.adopt(a, meeting.id, { adoptedInId: next.id })).toMatchObject({ ok: true });
		expect(await minutes.save(a, meeting.id, { text: 'Encore', base: 2 })).toMatchObject({
			error: 'council.minutes_adopted',
		});
		expect((await minutes.get(third?.actor ?? anonymous, meeting.id))?.status).toBe('adopted');
		await minutes.reopen(a, meeting.id);
		await minutes.adopt(a, meeting.id, { adoptedOn: day() });
		expect(await minutes.publish(a, meeting.id)).toMatchObject({ error: 'council.not_signed' });
		await minutes.sign(chair?.actor ?? anonymous, meeting.id, { capacity: 'chair' });
		expect(await minutes.reopen(a, meeting.id)).toMatchObject({ error: 'council.signed_already' });
		await minutes.sign(secretary?.actor ?? anonymous, meeting.id, { capacity: 'secretary' });
		expect(await minutes.publish(secretary?.actor ?? anonymous, meeting.id)).toMatchObject({ ok: false });
		expect(await minutes.publish(a, meeting.id)).toMatchObject({ ok: true });
		const shown = await minutes.get(anonymous, meeting.slug);
		expect(shown).toMatchObject({ status: 'published', adoptedOn: day(), versions: [] });
		expect(shown?.signatures.map(({ name, byHand }) => [name, byHand])).toEqual([
			['Membre 1', false],
			['Membre 2', false],
		]);
		const bytes = await bytesOf(await minutes.pdf(anonymous, meeting.id));
		expect((await lookAtPdf(bytes)).faults).toEqual([]);
		const pdf = await textOfPdf(new Uint8Array(bytes));
		expect(pdf).toContain('Procès-verbal');
		expect(pdf).toContain('Mot.');
		for (const change of [`text = 'x'`, `status = 'draft'`])
			await expect(
				town.platform.pool.query(`UPDATE council.minutes SET ${change} WHERE meeting_id = $1`, [meeting.id]),
			).rejects.toThrow('published minutes do not change');
		expect(await minutes.adopt(a, meeting.id, { adoptedOn: day() })).toMatchObject({ ok: false });
		expect(await steps()).toMatchObject({ adopt: '1/1', sign_minutes: '1/1', publish_minutes: '1/1' });
	});
});

describe('open data and the prefecture', () => {
	test('the SCDL table keeps the types and patterns of the schema', async () => {
		const { bodies, deliberations } = town.council;
		const { meeting, bodyId, acts } = await hold(['Budget, « primitif »\n2026'], {
			collectivity: 'Ville de Valbrune',
		});
		const identity = { siret: '21860194600013', prefecture: 'SPREF0382', classificationOn: '2020-01-01' };
		expect(await bodies.change(system, bodyId, { ...identity, siret: '21860194600012' })).toMatchObject({
			error: 'council.siret_invalid',
		});
		expect(await bodies.change(system, bodyId, { ...identity, prefecture: 'PREF38' })).toMatchObject({
			error: 'council.prefecture_invalid',
		});
		expect(
			await bodies.change(system, bodyId, { ...identity, collectivity: 'Ville de Valbrune' }),
		).toMatchObject({
			ok: true,
		});
		const act = acts[0];
		await deliberations.change(system, act?.id ?? '', {
			title: act?.title,
			text: 'Décide.',
			matterCode: '7.10',
			budgetYear: '2026/2027',
			budgetName: 'Budget annexe',
		});
		await deliberations.signAll(system, meeting.id, day());
		await deliberations.publishAll(system, meeting.id);
		await deliberations.receive(system, act?.id ?? '', { receivedOn: day() });
		const rows: string[][] = [];
		for await (const row of deliberations.scdl()) rows.push(row.map((cell) => String(cell ?? '')));
		const mine = rows.find((row) => row[2] === act?.number) ?? [];
		// Rules of schema.data.gouv.fr, scdl/deliberations 2.1.
		const rules: Record<(typeof scdlColumns)[number], RegExp> = {
			COLL_NOM: /\S/,
			COLL_SIRET: /^\d{14}$/,
			DELIB_ID: /\S/,
			DELIB_DATE: /^\d{4}-\d{2}-\d{2}$/,
			DELIB_MATIERE_CODE: /^\d\.\d{1,2}$/,
			DELIB_MATIERE_NOM: /^[^A-Z,()]+\/[^A-Z,()]+$/,
			DELIB_OBJET: /\S/,
			BUDGET_ANNEE: /^([0-9]{4}(\/[0-9]{4})?)?$/,
			BUDGET_NOM: /^/,
			PREF_ID: /^((PREF|SGAR)\d[0-9AB]\d|SPREF\d[0-9AB]\d\d)?$/,
			PREF_DATE: /^(\d{4}-\d{2}-\d{2})?$/,
			VOTE_EFFECTIF: /^\d+$/,
			VOTE_REEL: /^\d+$/,
			VOTE_POUR: /^\d+$/,
			VOTE_CONTRE: /^\d+$/,
			VOTE_ABSTENTION: /^\d+$/,
			DELIB_URL: /^https?:\/\/\S+$/,
		};
		expect(Object.keys(rules)).toEqual([...scdlColumns]);
		for (const [n, name] of scdlColumns.entries()) expect(mine[n], name).toMatch(rules[name]);
		expect(mine.slice(0, 2)).toEqual(['Ville de Valbrune', '21860194600013']);
		expect(mine.slice(4, 6)).toEqual(['7.10', 'finances locales/divers']);
		expect(mine.slice(7, 15)).toEqual(['2026/2027', 'Budget annexe', 'SPREF0382', day(), '4', '3', '2', '1']);
		expect(csvLine(mine)).toContain('"Budget, « primitif');
	});

	test('the package for the prefecture holds the message, the act and its annexes, under the expected names', async () => {
		const { deliberations, bodies } = town.council;
		const { meeting, bodyId, acts } = await hold(['Tarifs <été> & « hiver »']);
		const id = acts[0]?.id ?? '';
		expect(await deliberations.transmission(anonymous, id)).toMatchObject({ error: 'platform.not_allowed' });
		expect(await deliberations.transmission(system, id)).toMatchObject({
			error: 'council.transmission_body_incomplete',
		});
		await bodies.change(system, bodyId, {
			siret: '21860194600013',
			prefecture: 'PREF086',
			classificationOn: '2020-01-01',
		});
		expect(await deliberations.transmission(system, id)).toMatchObject({
			error: 'council.transmission_matter_missing',
		});
		await deliberations.change(system, id, { title: acts[0]?.title, text: 'Fixe.', matterCode: '7.1' });
		expect(await deliberations.transmission(system, id)).toMatchObject({ error: 'council.not_signed' });
		await deliberations.signAll(system, meeting.id, day());
		const made = await deliberations.transmission(system, id);
		const archive = gunzipSync(await bytesOf(made.ok ? made.value : null));
		const files = new Map<string, Buffer>();
		for (let at = 0; archive[at]; ) {
			const name = archive
				.subarray(at, at + 100)
				.toString('ascii')
				.replaceAll('\0', '');
			const size = Number.parseInt(archive.subarray(at + 124, at + 135).toString('ascii'), 8);
			files.set(name, archive.subarray(at + 512, at + 512 + size));
			at += 512 + Math.ceil(size / 512) * 512;
		}
		const stem = `086-218601946-${meeting.startsAt.toISOString().slice(0, 10).replaceAll('-', '')}-${internalNumber(acts[0]?.number ?? '')}-DE-1-1`;
		expect([...files.keys()]).toEqual([`${stem}_0.xml`, `99_DE-${stem}_1.pdf`]);
		const xml = files.get(`${stem}_0.xml`)?.toString('latin1') ?? '';
		for (const words of [
			'xmlns:actes="http://www.interieur.gouv.fr/ACTES#v1.1-20040216"',
			'actes:CodeNatureActe="1"',
			'<actes:CodeMatiere1 actes:CodeMatiere="7"/>',
			'<actes:CodeMatiere2 actes:CodeMatiere="1"/>',
			'Tarifs &#60;&#233;t&#233;&#62; &#38; &#171; hiver &#187;',
			`<actes:NomFichier>99_DE-${stem}_1.pdf</actes:NomFichier>`,
			'<actes:ClassificationDateVersion>2020-01-01</actes:ClassificationDateVersion>',
		])
			expect(xml).toContain(words);
		expect(files.get(`99_DE-${stem}_1.pdf`)?.subarray(0, 5).toString()).toBe('%PDF-');
	});
});

describe('rules', () => {
	test('an act holds from the later of its two days; two months end on the day of the month, or on its last', () => {
		expect(executoryOn(null, '2026-01-01')).toBeNull();
		expect(executoryOn('2026-01-02', '2026-01-01')).toBe('2026-01-02');
		expect(publishedUntil('2026-12-31')).toBe('2027-02-28');
		expect(publishedUntil('2027-12-31')).toBe('2028-02-29');
		expect(publishedUntil('2026-03-15')).toBe('2026-05-15');
	});

	test('a SIRET follows Luhn: one digit changed is found', () => {
		expect(isSiret('21860194600013')).toBe(true);
		expect(isSiret('35600000049837')).toBe(true);
		fc.assert(
			fc.property(fc.nat(13), fc.integer({ min: 1, max: 9 }), (at, by) => {
				const digits = [...'21860194600013'].map(Number);
				digits[at] = ((digits[at] ?? 0) + by) % 10;
				expect(isSiret(digits.join(''))).toBe(false);
			}),
		);
	});

	test('the nomenclature has the codes of the schema, and names without commas or capitals', () => {
		expect(matters.map(({ children }) => children.length)).toEqual([7, 3, 6, 5, 8, 5, 10, 9, 4]);
		for (const { code, children } of matters)
			for (let n = 1; n <= children.length; n++) {
				expect(matterOf(`${code}.${n}`)?.code).toBe(`${code}.${n}`);
				expect(scdlMatterName(`${code}.${n}`)).toMatch(/^[^A-Z,()/]+\/[^A-Z,()/]+$/);
			}
		for (const wrong of ['', '7', '0.1', '7.11', '7.0', '10.1', '7.1.', 'x'])
			expect(matterOf(wrong)).toBeNull();
		expect(matterOf('7.1.2')?.code).toBe('7.1');
	});

	test('numbers of an agenda are all different, in order, and plain without headings', () => {
		expect(numbersOf([{ section: '' }, { section: '' }])).toEqual(['1', '2']);
		expect(
			numbersOf(['Finances', 'Finances', '', 'Voirie', 'Finances'].map((section) => ({ section }))),
		).toEqual(['1.1', '1.2', '2', '3.1', '4.1']);
		fc.assert(
			fc.property(fc.array(fc.record({ section: fc.constantFrom('', 'a', 'b') })), (items) => {
				const numbers = numbersOf(items);
				expect(new Set(numbers).size).toBe(items.length);
			}),
		);
	});

	test('any text becomes parts that hold all its words, and any document a PDF', async () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (text) => {
				const words = JSON.stringify(blocksOf(text));
				for (const word of text.split(/[^\p{L}]+/u)) expect(words).toContain(word);
			}),
		);
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 400 }), async (text) => {
				const bytes = await renderPdf({
					title: text,
					author: text,
					foot: text.slice(0, 60),
					at: new Date(0),
					blocks: [
						{ kind: 'heading', level: 1, text },
						...blocksOf(text),
						{ kind: 'facts', facts: [{ label: text, value: text }] },
						{
							kind: 'table',
							caption: text,
							head: ['a', text.slice(0, 40)],
							rows: [
								[text, ''],
								['', text],
							],
						},
					],
				});
				expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
			}),
			{ numRuns: 15 },
		);
	});

	test('a table that goes over pages shows its headings on each, and is read once', async () => {
		const bytes = await renderPdf({
			title: 'Liste',
			author: '',
			foot: '',
			at: new Date(0),
			blocks: [
				{ kind: 'heading', level: 1, text: 'Liste' },
				{
					kind: 'table',
					caption: 'Points',
					head: ['Point', 'Décision'],
					rows: Array.from({ length: 90 }, (_, n) => [String(n), 'adoptée']),
				},
			],
		});
		const { faults, tags } = await lookAtPdf(bytes);
		expect(faults).toEqual([]);
		expect(tags.filter(({ scope }) => scope === 'Column')).toHaveLength(2);
		const pages = (await PDFDocument.load(bytes)).getPageCount();
		expect(pages).toBeGreaterThan(2);
		expect((await textOfPdf(new Uint8Array(bytes))).split('Décision')).toHaveLength(pages + 1);
	});

	test('numbers of acts as the message takes them', () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, maxLength: 40 }), (number) => {
				expect(internalNumber(number)).toMatch(/^[A-Z0-9_]{1,15}$/);
			}),
		);
		expect(internalNumber('2026-11-23-01')).toBe('20261123_01');
		const message = actMessage({
			department: '038',
			siren: '218601946',
			day: '2026-11-23',
			number: '2026-11-23-01',
			object: 'x'.repeat(900),
			matterCode: '7.1',
			classificationDay: '2020-01-01',
			annexes: 2,
		});
		expect(message.documents[2]).toBe('99_AU-038-218601946-20261123-20261123_01-DE-1-1_3.pdf');
		expect(message.xml).toContain(`<actes:Objet>${'x'.repeat(500)}</actes:Objet>`);
	});
});
