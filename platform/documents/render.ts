import { buffer } from 'node:stream/consumers';
import type { Block, OfficialDocument, Run, Text } from './document.ts';
import { body, type Doc, foot, ink, inTypeface, margin, openFile, soft } from './file.ts';
import { drawSignatures } from './signatures.ts';
import { artifact, element, headingLevels, keep, type Level, type Structure } from './structure.ts';
import { drawTable } from './table.ts';

const sizes = { 1: 17, 2: 13, 3: 11 } as const;

/**
 * A document as an accessible PDF (PDF/UA-1, ISO 14289-1): tagged headings, paragraphs, lists and tables in reading order,
 * its language and title, fonts embedded; the foot of the page is no content. The same document gives the same bytes.
 */
export async function renderPdf(document: OfficialDocument): Promise<Buffer> {
	const doc = await openFile(document);
	const done = buffer(doc);
	const root = doc.struct('Document');
	doc.addStructure(root);
	const levels = headingLevels(document.blocks);
	for (const [n, block] of document.blocks.entries()) draw(doc, root, block, levels.get(n));
	root.end();
	drawFeet(doc, document);
	for (const { name, mediaType, bytes, description } of document.files ?? [])
		doc.file(bytes, {
			name,
			type: mediaType,
			description,
			creationDate: document.at,
			modifiedDate: document.at,
			// Known to the library, not to its types.
			...({ relationship: 'Data' } as object),
		});
	doc.end();
	return done;
}

const runsOf = (text: Text): readonly Run[] => (typeof text === 'string' ? [{ text }] : text);
const wordsOf = (text: Text) =>
	runsOf(text)
		.map((run) => run.text)
		.join('');

function write(doc: Doc, text: Text, options: PDFKit.Mixins.TextOptions = {}): void {
	const runs = runsOf(text);
	for (const [n, run] of runs.entries())
		doc.font(run.bold ? 'bold' : 'regular').text(inTypeface(doc, run.text).text, {
			lineGap: 2.5,
			continued: n < runs.length - 1,
			...options,
		});
	doc.font('regular');
}

function draw(doc: Doc, root: Structure, block: Block, level: Level = 1): void {
	switch (block.kind) {
		case 'heading': {
			if (block.level > 1) doc.moveDown(block.level === 2 ? 0.9 : 0.5);
			keep(doc, 60);
			const work = () => {
				doc.fontSize(sizes[block.level]);
				write(doc, [{ text: block.text, bold: true }]);
				doc.fontSize(body);
			};
			root.add(element(doc, `H${level}`, work, { says: block.text }));
			doc.moveDown(0.35);
			return;
		}
		case 'paragraph': {
			keep(doc, 30);
			const work = () => {
				if (block.small) doc.fontSize(9).fillColor(soft);
				write(doc, block.text);
				doc.fontSize(body).fillColor(ink);
			};
			root.add(element(doc, 'P', work, { says: wordsOf(block.text) }));
			doc.moveDown(0.5);
			return;
		}
		case 'list':
			drawList(doc, root, block.items);
			return;
		case 'facts':
			drawList(
				doc,
				root,
				block.facts.map(({ label, value }) => [{ text: `${label} : `, bold: true }, { text: value }]),
				false,
			);
			return;
		case 'squares':
			drawSquares(doc, root, block);
			return;
		case 'table':
			drawTable(doc, root, block);
			return;
		case 'signatures':
			drawSignatures(doc, root, block.signatures);
	}
}

function drawList(doc: Doc, root: Structure, items: readonly Text[], bullets = true): void {
	if (!items.length) return;
	const list = element(doc, 'L');
	root.add(list);
	for (const text of items) {
		keep(doc, 24);
		const item = element(doc, 'LI');
		list.add(item);
		const { left } = doc.page.margins;
		if (bullets)
			item.add(
				element(doc, 'Lbl', () => {
					const { y } = doc;
					doc.text('–', left, y, { lineGap: 2.5 });
					doc.y = y;
				}),
			);
		const work = () => {
			doc.x = left + (bullets ? 14 : 0);
			write(doc, text, { width: doc.page.width - doc.page.margins.right - doc.x });
		};
		item.add(element(doc, 'LBody', work, { says: wordsOf(text) }));
		doc.x = left;
		doc.moveDown(0.15);
		item.end();
	}
	list.end();
	doc.moveDown(0.4);
}

function drawSquares(doc: Doc, root: Structure, block: Extract<Block, { kind: 'squares' }>): void {
	const { rows, points, alternative } = block;
	keep(doc, points);
	const side = points / rows.length;
	const { x, y } = doc;
	const work = () => {
		for (const [row, squares] of rows.entries())
			for (const [column, dark] of squares.entries())
				if (dark) doc.rect(x + column * side, y + row * side, side, side);
		doc.fill(ink);
	};
	root.add(element(doc, 'Figure', work, { alt: alternative, bbox: [x, y, x + points, y + points] }));
	doc.y = y + points;
	doc.moveDown(0.8);
}

function drawFeet(doc: Doc, { foot: words }: OfficialDocument): void {
	const { start, count } = doc.bufferedPageRange();
	for (let n = start; n < start + count; n++) {
		doc.switchToPage(n);
		// Below the margin a text would begin a page of its own.
		const { bottom } = doc.page.margins;
		doc.page.margins.bottom = 0;
		artifact(doc, 'Pagination', () => {
			doc.font('regular').fontSize(8.5).fillColor(soft);
			const text = `${inTypeface(doc, words).text} – page ${n - start + 1} sur ${count}`;
			doc.text(text, margin, doc.page.height - foot, {
				width: doc.page.width - 2 * margin,
				align: 'center',
				lineBreak: false,
			});
		});
		doc.page.margins.bottom = bottom;
	}
}
