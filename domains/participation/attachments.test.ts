import { PDFDocument, PDFName, PDFString } from '@cantoo/pdf-lib';
import { anonymous, newId } from '@parvis/platform';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { budgetCall, createTestParticipation, openCall, type TestParticipation } from './testing.ts';

let town: TestParticipation;
beforeAll(async () => {
	town = await createTestParticipation();
});
afterAll(() => town.close());

async function draft() {
	town.toDay(1);
	const call = await openCall(town, budgetCall());
	const person = await town.person('Autrice');
	const saved = await town.participation.ideas.saveDraft(person, call.id, {
		title: 'Une fresque',
		body: 'Au marché.',
	});
	if (!saved.ok) throw new Error(saved.error);
	return { call, person, subject: { kind: 'idea' as const, id: saved.value.id } };
}

const picture = (width: number, height: number) =>
	sharp({ create: { width, height, channels: 3, background: '#356' } });

async function pdf(change: (document: PDFDocument) => void = () => undefined): Promise<Uint8Array> {
	const document = await PDFDocument.create();
	document.addPage().drawText('Bonjour');
	document.setAuthor('Camille Secret');
	document.setProducer('Programme secret');
	change(document);
	return document.save({ useObjectStreams: false });
}

const bytesOf = async (found: Awaited<ReturnType<typeof town.participation.attachments.open>>) => {
	const chunks: Buffer[] = [];
	for await (const chunk of found?.content ?? []) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
};

test('a photo becomes WebP without its metadata; a PDF is written anew without its own', async () => {
	const { person, subject } = await draft();
	const { attachments } = town.participation;
	const jpeg = await picture(2400, 1200)
		.withExif({
			IFD0: { Copyright: 'Camille Secret' },
			IFD3: { GPSLatitude: '47/1 0/1 0/1', GPSLatitudeRef: 'N' },
		})
		.jpeg()
		.toBuffer();
	expect(jpeg.includes('Camille Secret')).toBe(true);
	const photo = await attachments.add(person, subject, {
		name: '../../photo.php',
		content: jpeg,
		description: 'La place',
	});
	expect(photo).toMatchObject({ value: { contentType: 'image/webp', width: 1600, height: 800 } });
	const shown = await bytesOf(await attachments.open(person, photo.ok ? photo.value.id : ''));
	expect((await sharp(shown).metadata()).exif).toBeUndefined();
	expect(shown.includes('Secret')).toBe(false);
	const document = await attachments.add(person, subject, {
		name: 'plan.pdf',
		content: await pdf(),
		description: '',
	});
	const kept = await bytesOf(await attachments.open(person, document.ok ? document.value.id : ''));
	expect(kept.subarray(0, 5).toString()).toBe('%PDF-');
	const again = await PDFDocument.load(kept, { updateMetadata: false });
	expect([again.getPageCount(), again.getAuthor()]).toEqual([1, undefined]);
	expect(await attachments.list(subject)).toHaveLength(2);
});

test('what is two things at once, acts, or is too much is refused with a sentence, and nothing is kept', async () => {
	const { person, subject } = await draft();
	const { attachments } = town.participation;
	const png = await picture(20, 20).png().toBuffer();
	const jpeg = await picture(20, 20).jpeg().toBuffer();
	const hostile: Record<string, Uint8Array> = {
		empty: new Uint8Array(),
		svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
		html: Buffer.from('<!doctype html><script>alert(1)</script>'),
		gif: Buffer.from('GIF89a/*<script>*/'),
		large: Buffer.concat([jpeg, Buffer.alloc(10 * 1024 * 1024)]),
		truncated: png.subarray(0, 40),
		bomb: bombOf(png, 30_000),
		htmlBeforePdf: Buffer.concat([Buffer.from('<html>'), await pdf()]),
		headerOnly: Buffer.from('%PDF-1.7\nnothing else'),
		script: await pdf((document) => document.addJavaScript('x', 'app.alert(1)')),
		carriesFile: await pdf((document) => void document.attach(png, 'x.png')),
		opensAddress: await pdf((document) => {
			document.catalog.set(
				PDFName.of('OpenAction'),
				document.context.obj({ S: 'Launch', F: PDFString.of('cmd.exe') }),
			);
		}),
	};
	for (const [name, content] of Object.entries(hostile)) {
		const added = await attachments.add(person, subject, { name: `${name}.pdf`, content, description: '' });
		expect(added.ok, name).toBe(false);
		const sentence = added.ok ? '' : town.platform.messages.t('fr', added.error, added.detail);
		expect(sentence, name).not.toMatch(/^participation\./);
	}
	expect(await attachments.list(subject)).toEqual([]);
	// A picture with an archive behind it is a picture: only its pixels are carried over.
	const gifar = Buffer.concat([png, Buffer.from('PK\x03\x04 META-INF/MANIFEST.MF')]);
	const clean = await attachments.add(person, subject, { name: 'x.png', content: gifar, description: '' });
	const bytes = await bytesOf(await attachments.open(person, clean.ok ? clean.value.id : ''));
	expect(bytes.includes('MANIFEST')).toBe(false);
	for (let n = 0; n < 5; n++)
		await attachments.add(person, subject, { name: 'x.png', content: png, description: '' });
	expect(
		await attachments.add(person, subject, { name: 'x.png', content: png, description: '' }),
	).toMatchObject({ error: 'participation.files_too_many' });
});

test('files are seen and changed by those who may, as their idea is', async () => {
	const { person, subject } = await draft();
	const { attachments, ideas, moderation } = town.participation;
	const other = await town.person('Autre');
	const content = await picture(20, 20).png().toBuffer();
	expect(await attachments.add(other, subject, { name: 'x', content, description: '' })).toMatchObject({
		ok: false,
	});
	expect(
		await attachments.add(other, { kind: 'project', id: newId() }, { name: 'x', content, description: '' }),
	).toMatchObject({ error: 'platform.not_allowed' });
	const added = await attachments.add(person, subject, { name: 'x', content, description: '' });
	const id = added.ok ? added.value.id : '';
	expect(await attachments.open(other, id)).toBeNull();
	expect(await attachments.remove(other, id)).toMatchObject({ ok: false });
	await ideas.submit(person, subject.id);
	expect(await attachments.open(anonymous, id)).toBeNull();
	await moderation.decide(await town.person('M', 'moderator'), subject, {
		decision: 'published',
		publicText: '',
	});
	expect((await bytesOf(await attachments.open(anonymous, id))).length).toBeGreaterThan(0);
	await moderation.decide(await town.person('M', 'moderator'), subject, {
		decision: 'hidden',
		reason: 'illegal',
		publicText: 'Non.',
	});
	expect(await attachments.open(anonymous, id)).toBeNull();
	expect(await attachments.open(anonymous, 'rubbish')).toBeNull();
});

/** A PNG whose header says that it is as wide and high as that. */
function bombOf(png: Buffer, side: number): Buffer {
	const bomb = Buffer.from(png);
	bomb.writeUInt32BE(side, 16);
	bomb.writeUInt32BE(side, 20);
	return bomb;
}
