import { buffer } from 'node:stream/consumers';
import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { anonymous, newId, system } from '@parvis/platform';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assemble, convene, createTestCouncil, type TestCouncil } from '../testing.ts';
import { readText } from './annex-text.ts';
import { textOfPdf } from './pdf-text.ts';

let town: TestCouncil;
beforeAll(async () => {
	town = await createTestCouncil();
});
afterAll(() => town.close());

async function pdf(words: string, change: (document: PDFDocument) => void = () => undefined) {
	const document = await PDFDocument.create();
	document.setTitle('Rapport');
	document.setLanguage('fr-FR');
	document.addPage().drawText(words);
	change(document);
	return document.save({ useObjectStreams: false });
}

const bytesOf = async (found: Awaited<ReturnType<typeof town.council.annexes.open>>) =>
	found ? buffer(found.content) : null;

/** What the worker does with a document that came. */
const read = (id: string) => readText(town.context, id);

test('public documents are for everybody, the others for members, the clerk and who was convened; drafts for the clerk', async () => {
	const { annexes, meetings } = town.council;
	const { bodyId, people } = await assemble(town, 2);
	const startsAt = new Date(town.clock.now.getTime() + 10 * 86_400_000);
	const made = await meetings.create(system, { bodyId, title: 'Séance', startsAt, synthesis: 'Note.' });
	const id = made.ok ? made.value.id : '';
	const open = await meetings.addItem(system, id, { kind: 'deliberation', title: 'Piscine' });
	const hidden = await meetings.addItem(system, id, { kind: 'deliberation', title: 'Marché', public: false });
	const content = await pdf('Fréquentation de la piscine des Tilleuls');
	const add = async (input: object) => {
		const added = await annexes.add(system, id, { fileName: 'a.pdf', content, ...input });
		if (!added.ok) throw new Error(added.error);
		return added.value.id;
	};
	const report = await add({ title: 'Rapport', itemId: open.ok ? open.value.id : '' });
	const secret = await add({ title: 'Offres', itemId: open.ok ? open.value.id : '', public: false });
	const below = await add({ title: 'Annexe du marché', itemId: hidden.ok ? hidden.value.id : '' });
	const whole = await add({ title: 'Note' });
	const [member, stranger] = [people[0]?.actor ?? anonymous, await town.person('Autre')];
	const seen = async (actor = anonymous, token?: string) =>
		(await annexes.list(actor, id, token)).map(({ title }) => title);
	expect(await seen(member)).toEqual([]);
	expect(await annexes.open(member, report)).toBeNull();
	expect(await annexes.add(member, id, { title: 'x', content, fileName: 'x' })).toMatchObject({
		error: 'platform.not_allowed',
	});

	await read(report);
	expect((await town.town.search.find('fréquentation')).hits).toEqual([]);
	await meetings.convene(system, id);
	expect(await seen()).toEqual(['Note', 'Rapport']);
	expect(await seen(stranger)).toEqual(['Note', 'Rapport']);
	expect(await seen(member)).toEqual(['Note', 'Rapport', 'Offres', 'Annexe du marché']);
	const letter = (await town.platform.mail.list()).find(({ to }) => to === `${member.id}@example.org`);
	expect(letter?.text).toContain(
		'1. Piscine\n   – Rapport\n   – Offres\n2. Marché\n   – Annexe du marché\n   – Note',
	);
	const token = decodeURIComponent(/jeton=(\S+)/.exec(letter?.text ?? '')?.[1] ?? '');
	expect(await seen(anonymous, token)).toHaveLength(4);
	expect((await meetings.convocation(token))?.annexes).toHaveLength(4);
	for (const one of [secret, below]) {
		expect(await annexes.open(anonymous, one)).toBeNull();
		expect(await annexes.open(stranger, one, { token: `${token}x` })).toBeNull();
		expect(await bytesOf(await annexes.open(member, one))).not.toBeNull();
		expect(await bytesOf(await annexes.open(anonymous, one, { token }))).not.toBeNull();
	}
	const part = await annexes.open(anonymous, whole, { range: { start: 0, end: 4 } });
	expect((await bytesOf(part))?.toString()).toBe('%PDF-');
	// A convocation to one meeting opens nothing of another.
	const other = await convene(town, bodyId, ['Autre']);
	const otherSecret = await annexes.add(system, other.id, {
		title: 'x',
		content,
		fileName: '',
		public: false,
	});
	expect(await annexes.open(anonymous, otherSecret.ok ? otherSecret.value.id : '', { token })).toBeNull();

	// The words of public ones are found, those of the others are not.
	const hits = async (words: string) => (await town.town.search.find(words)).hits.map((hit) => hit.id);
	expect(await hits('fréquentation')).toEqual([report]);
	for (const one of [secret, below]) await read(one);
	expect(await hits('fréquentation')).toEqual([report]);
	await annexes.change(system, report, { title: 'Rapport', public: false, itemId: null });
	expect(await hits('fréquentation')).toEqual([]);
	expect(await seen()).toEqual(['Note']);
});

test('what comes after the convocation is dated and told once; what goes leaves a trace', async () => {
	const { annexes } = town.council;
	const { bodyId } = await assemble(town, 3);
	const meeting = await convene(town, bodyId, ['Budget']);
	town.clock.now = new Date(town.clock.now.getTime() + 60_000);
	const content = await pdf('Tableau');
	const before = (await town.platform.mail.list({ limit: 200 })).length;
	for (const title of ['Tableau', 'Plan'])
		expect(await annexes.add(system, meeting.id, { title, content, fileName: 'x.pdf' })).toMatchObject({
			ok: true,
		});
	const [late] = await annexes.list(anonymous, meeting.id);
	expect(late).toMatchObject({ title: 'Tableau', late: true, toldAt: null });
	expect(await annexes.tell(anonymous, meeting.id)).toMatchObject({ error: 'platform.not_allowed' });
	expect(await annexes.tell(system, meeting.id)).toEqual({ ok: true, value: { letters: 3 } });
	expect(await annexes.tell(system, meeting.id)).toMatchObject({ error: 'council.annex_none_new' });
	const letters = await town.platform.mail.list({ limit: 200 });
	expect(letters).toHaveLength(before + 3);
	expect(letters[0]?.text).toMatch(/– Tableau\n– Plan/);
	expect((await annexes.list(anonymous, meeting.id))[0]?.toldAt).toEqual(town.clock.now);
	expect(await annexes.remove(system, late?.id ?? '')).toMatchObject({ ok: true });
	expect((await annexes.list(anonymous, meeting.id)).map(({ title }) => title)).toEqual(['Plan']);
	expect(await annexes.open(anonymous, late?.id ?? '')).toBeNull();
	expect((await annexes.list(system, meeting.id))[0]?.withdrawnAt).toEqual(town.clock.now);
	expect(await annexes.change(system, late?.id ?? '', { title: 'y', public: true })).toMatchObject({
		error: 'council.annex_unknown',
	});
	await annexes.add(system, meeting.id, { title: 'Carte', content, fileName: '' });
	const carte = (await annexes.list(system, meeting.id)).find(({ title }) => title === 'Carte');
	await annexes.move(system, carte?.id ?? '', -1);
	await annexes.move(system, carte?.id ?? '', -1);
	await annexes.move(system, carte?.id ?? '', -1);
	expect((await annexes.list(anonymous, meeting.id)).map(({ title }) => title)).toEqual(['Carte', 'Plan']);
	await town.council.sessions.act(system, meeting.id, { kind: 'open' });
	await town.council.sessions.act(system, meeting.id, { kind: 'close' });
	expect(await annexes.add(system, meeting.id, { title: 'z', content, fileName: '' })).toMatchObject({
		error: 'council.meeting_begun',
	});
});

test('scripts and actions are taken out of a PDF, its text, tags and language stay; the rest is refused with a sentence', async () => {
	const { annexes } = town.council;
	const { bodyId } = await assemble(town, 1);
	const meeting = await convene(town, bodyId, ['Budget']);
	const armed = await pdf('Budget primitif', (document) => {
		document.addJavaScript('x', 'app.alert("bonjour")');
		document.catalog.set(
			PDFName.of('OpenAction'),
			document.context.obj({ S: 'Launch', F: PDFString.of('calc.exe') }),
		);
		document.getPage(0).node.set(
			PDFName.of('Annots'),
			document.context.obj([
				document.context.obj({
					Type: 'Annot',
					Subtype: 'Link',
					Rect: [0, 0, 9, 9],
					A: { S: 'URI', URI: PDFString.of('https://example.org/') },
				}),
				document.context.obj({
					Type: 'Annot',
					Subtype: 'Widget',
					Rect: [0, 0, 9, 9],
					A: { S: 'JavaScript', JS: PDFString.of('app.alert(2)') },
				}),
			]),
		);
	});
	const added = await annexes.add(system, meeting.id, { title: 'Budget', content: armed, fileName: 'b.pdf' });
	expect(added).toMatchObject({ value: { pages: 1, scriptsRemoved: true } });
	const kept = (await bytesOf(await annexes.open(system, added.ok ? added.value.id : ''))) ?? Buffer.alloc(0);
	const again = await PDFDocument.load(kept, { updateMetadata: false });
	expect([again.getTitle(), again.catalog.get(PDFName.of('Lang'))?.toString()]).toEqual([
		'Rapport',
		expect.stringContaining('fr-FR'),
	]);
	const plain = Buffer.from(await again.save({ useObjectStreams: false })).toString('latin1');
	for (const word of ['alert', 'Launch', 'calc.exe', 'JavaScript', 'OpenAction'])
		expect(plain).not.toContain(word);
	expect(plain).toContain('https://example.org/');
	expect(await textOfPdf(new Uint8Array(kept))).toContain('Budget primitif');

	const hostile: Record<string, [unknown, string]> = {
		nothing: [new Uint8Array(), 'council.annex_missing'],
		noFile: [undefined, 'council.annex_missing'],
		word: [Buffer.from('PK\x03\x04 word/document.xml'), 'council.annex_not_pdf'],
		html: [Buffer.from('<html><script>alert(1)</script>'), 'council.annex_not_pdf'],
		cut: [armed.subarray(0, 300), 'platform.pdf_unreadable'],
		noise: [Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(2000, 7)]), 'platform.pdf_unreadable'],
		carries: [
			await pdf('x', (document) => void document.attach(Buffer.from('MZ'), 'x.exe')),
			'platform.pdf_carries_files',
		],
		huge: [Buffer.alloc(31 * 1024 * 1024, '%PDF-'), 'council.annex_too_large'],
	};
	for (const [title, [content, error]] of Object.entries(hostile))
		expect(await annexes.add(system, meeting.id, { title, content, fileName: 'x.pdf' }), title).toMatchObject(
			{ error },
		);
	expect(await annexes.add(system, meeting.id, { title: ' ', content: armed, fileName: '' })).toMatchObject({
		error: 'council.title_missing',
	});
	expect(
		await annexes.add(system, meeting.id, { title: 'x', content: armed, fileName: '', itemId: newId() }),
	).toMatchObject({ error: 'council.item_unknown' });
	expect(await annexes.list(system, meeting.id)).toHaveLength(1);
});

test('a scan without text says so, and what cannot be read is noted', async () => {
	const { annexes } = town.council;
	const { bodyId } = await assemble(town, 1);
	const meeting = await convene(town, bodyId, ['Budget']);
	const empty = await PDFDocument.create();
	empty.addPage();
	const added = await annexes.add(system, meeting.id, {
		title: 'Plan scanné',
		content: await empty.save(),
		fileName: 'plan.pdf',
	});
	await read(added.ok ? added.value.id : '');
	expect((await annexes.list(system, meeting.id))[0]).toMatchObject({ text: 'none' });
	await expect(textOfPdf(new Uint8Array([1, 2, 3]))).rejects.toThrow();
});
