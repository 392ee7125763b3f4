import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, type OfficialDocument, renderPdf } from '../index.ts';
import { lookAtPdf } from '../testing.ts';

const heading: Block = { kind: 'heading', level: 1, text: 'Délibération n° 3' };
const made = async (blocks: readonly Block[], more: Partial<OfficialDocument> = {}) =>
	lookAtPdf(
		await renderPdf({
			title: 'Délibération n° 3',
			author: 'Ville d’essai',
			foot: 'Ville d’essai',
			at: new Date(0),
			blocks,
			...more,
		}),
	);
const said = (text: string) => made([heading, { kind: 'paragraph', text }]);

describe('a document as PDF/UA', () => {
	it('has every kind of part as an element of its structure, over more than a page', async () => {
		const { faults, tags } = await made([
			{ kind: 'paragraph', text: [{ text: 'Ville', bold: true }, { text: ' d’essai' }] },
			heading,
			{ kind: 'paragraph', text: 'Éléments à délibérer. '.repeat(300) },
			{ kind: 'heading', level: 2, text: 'Vote' },
			{ kind: 'list', items: ['Pour', 'Contre '.repeat(800)] },
			{ kind: 'facts', facts: [{ label: 'Lieu', value: 'mairie' }] },
			{ kind: 'squares', rows: [[true], [false]], points: 40, alternative: 'Code QR' },
			{
				kind: 'table',
				caption: 'Points',
				head: ['Point', 'Décision'],
				rows: Array.from({ length: 90 }, (_, n) => [String(n), n % 2 ? 'Adoptée' : '']),
			},
			{
				kind: 'signatures',
				signatures: [
					{
						label: 'Pour la ville',
						who: 'A. Roy',
						line: 'signé',
						drawing: [
							[
								[0, 0.2],
								[1, 0.8],
							],
						],
					},
					{ label: 'Pour l’atelier', who: '', line: 'à signer', drawing: null },
				],
			},
		]);
		expect(faults).toEqual([]);
		const types = tags.map(({ type }) => type);
		expect(new Set(types)).toEqual(
			new Set('Document P H1 H2 L LI Lbl LBody Figure Table Caption TR TH TD'.split(' ')),
		);
		expect(tags.filter(({ type }) => type === 'Figure').map(({ alt }) => alt)).toEqual([
			'Code QR',
			'Pour la ville : A. Roy',
		]);
		expect(tags.filter(({ type }) => type === 'TH').map(({ scope }) => scope)).toEqual([
			'Column',
			'Column',
			...Array.from({ length: 90 }, () => 'Row'),
		]);
		expect(tags.flatMap(({ actualText }) => actualText ?? [])).toEqual([]);
	});

	it('is the same bytes for the same document', async () => {
		const document = { title: 'T', author: 'A', foot: 'P', at: new Date(0), blocks: [heading] };
		expect(await renderPdf(document)).toEqual(await renderPdf(document));
	});

	it('leaves out no level of headings, whatever was typed', async () => {
		const { faults, tags } = await made([
			{ kind: 'heading', level: 2, text: 'Deux' },
			{ kind: 'heading', level: 3, text: 'Trois' },
			{ kind: 'heading', level: 1, text: 'Un' },
			{ kind: 'heading', level: 3, text: 'Trois' },
			{ kind: 'heading', level: 3, text: 'Trois' },
		]);
		expect(faults).toEqual([]);
		expect(tags.map(({ type }) => type)).toEqual(['Document', 'H1', 'H2', 'H1', 'H2', 'H2']);
	});

	it('says to a screen reader what its typeface cannot draw', async () => {
		for (const text of ['Fête 🎉', 'Ελλάδα', 'a → b', 'CO₂', '中文']) {
			const { faults, tags } = await said(text);
			expect(faults, text).toEqual([]);
			expect(tags.find(({ type }) => type === 'P')?.actualText, text).toBe(text.normalize('NFC'));
		}
		const { faults, tags } = await made([
			heading,
			{ kind: 'list', items: ['→'] },
			{ kind: 'table', caption: '→ 1', head: ['→ 2'], rows: [['→ 3']] },
		]);
		expect(faults).toEqual([]);
		expect(tags.flatMap(({ actualText }) => actualText ?? [])).toEqual(['→', '→ 1', '→ 2', '→ 3']);
	});

	it('draws spaces, marks and hyphens that no typeface needs glyphs for without a word', async () => {
		for (const text of [
			new Intl.NumberFormat('fr', { style: 'currency', currency: 'EUR' }).format(1_234_567.5),
			'a\tb\u2007c\u00a0d\u2011e\u00adf\u200bg\u2028h\u0085i\r\nj\u0007',
			'e\u0301te\u0301',
		]) {
			const { faults, tags } = await said(text);
			expect(faults, text).toEqual([]);
			expect(tags.flatMap(({ actualText }) => actualText ?? [])).toEqual([]);
		}
	});

	it('keeps its title, whatever is in it, and has one when it was given none', async () => {
		const { faults, metadata } = await made([heading], {
			title: 'Marché A & B <lots 1 > 2> \ud800',
			author: 'Eaux & Forêts',
		});
		expect(faults).toEqual([]);
		expect(metadata).toContain('Marché A &amp; B &lt;lots 1 &gt; 2&gt; \ufffd<');
		expect(metadata).toContain('Eaux &amp; Forêts<');
		expect((await made([heading], { title: ' ' })).faults).toEqual([]);
	});

	it('conforms with any text in any part', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async (text) => {
				const { faults } = await made(
					[
						{ kind: 'heading', level: 2, text },
						{ kind: 'paragraph', text: [{ text }, { text, bold: true }] },
						{ kind: 'list', items: [text, ''] },
						{ kind: 'list', items: [] },
						{ kind: 'facts', facts: [{ label: text, value: text }] },
						{ kind: 'table', caption: text, head: ['a', text], rows: [[text, '']] },
					],
					{ title: text, author: text, foot: text },
				);
				expect(faults).toEqual([]);
			}),
			{ numRuns: 40 },
		);
	});
});
