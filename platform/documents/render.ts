import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Block, OfficialDocument, Run, Text } from './document.ts';

const require = createRequire(import.meta.url);
const fontFiles = {
	regular: require.resolve(
		'@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
	),
	bold: require.resolve(
		'@expo-google-fonts/atkinson-hyperlegible-next/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf',
	),
};
let fonts: Promise<{ regular: Buffer; bold: Buffer }> | null = null;

/** Read once: about 100 kB. */
function readFonts() {
	fonts ??= Promise.all([readFile(fontFiles.regular), readFile(fontFiles.bold)]).then(([regular, bold]) => ({
		regular,
		bold,
	}));
	return fonts;
}

const margin = 62;
const foot = 46;
const body = 10.5;
const tableSize = 9.5;
const cellPadding = 4;
const sizes = { 1: 17, 2: 13, 3: 11 } as const;
const ink = '#1a1a1a';
const soft = '#4d4d4d';
const rule = '#8a8a8a';

type Doc = InstanceType<typeof PDFDocument>;

/**
 * A document as an accessible PDF (PDF/UA-1, ISO 14289-1): tagged headings, paragraphs, lists and tables in reading order,
 * its language and title, fonts embedded; the foot of the page is no content. The same document gives the same bytes.
 */
export async function renderPdf(document: OfficialDocument): Promise<Buffer> {
	const { regular, bold } = await readFonts();
	const doc = new PDFDocument({
		size: 'A4',
		margins: { top: margin, left: margin, right: margin, bottom: margin + foot / 2 },
		pdfVersion: '1.7',
		// The library knows PDF/UA; its types do not.
		subset: 'PDF/UA' as never,
		tagged: true,
		lang: 'fr-FR',
		displayTitle: true,
		bufferPages: true,
		info: { Title: document.title, Author: document.author, CreationDate: document.at, Creator: 'Parvis' },
	});
	const done = buffer(doc);
	doc.registerFont('regular', regular);
	doc.registerFont('bold', bold);
	doc.font('regular').fontSize(body).fillColor(ink);
	const root = doc.struct('Document');
	doc.addStructure(root);
	for (const block of document.blocks) draw(doc, root, block);
	root.end();
	drawFeet(doc, document);
	for (const { name, mediaType, bytes, description } of document.files ?? [])
		doc.file(bytes, {
			name,
			type: mediaType,
			description,
			creationDate: document.at,
			modifiedDate: document.at,
			// As above: known to the library only.
			...({ relationship: 'Data' } as object),
		});
	doc.end();
	return done;
}

type Structure = ReturnType<Doc['struct']>;

const runsOf = (text: Text): readonly Run[] => (typeof text === 'string' ? [{ text }] : text);

/** Characters that a typeface draws nothing for would be holes in the text. */
const printable = (text: string) => text.replaceAll(/[^\P{Cc}\t\n]/gu, '');

function write(doc: Doc, text: Text, options: PDFKit.Mixins.TextOptions = {}): void {
	const runs = runsOf(text);
	for (const [n, run] of runs.entries())
		doc.font(run.bold ? 'bold' : 'regular').text(printable(run.text), {
			lineGap: 2.5,
			continued: n < runs.length - 1,
			...options,
		});
	doc.font('regular');
}

/** Leave the page when less than this is left of it. */
function keep(doc: Doc, points: number): void {
	if (doc.y + points > doc.page.height - doc.page.margins.bottom) doc.addPage();
}

/** An element of the document's structure; what `work` draws is its content. */
const element = (doc: Doc, type: string, work?: () => void): Structure =>
	work
		? doc.struct(type as Parameters<Doc['struct']>[0], {}, work)
		: doc.struct(type as Parameters<Doc['struct']>[0]);

function tagged(doc: Doc, parent: Structure, type: string, work: () => void): void {
	parent.add(element(doc, type, work));
}

function draw(doc: Doc, root: Structure, block: Block): void {
	switch (block.kind) {
		case 'heading':
			if (block.level > 1) doc.moveDown(block.level === 2 ? 0.9 : 0.5);
			keep(doc, 60);
			tagged(doc, root, `H${block.level}`, () => {
				doc.fontSize(sizes[block.level]);
				write(doc, [{ text: block.text, bold: true }]);
				doc.fontSize(body);
			});
			doc.moveDown(0.35);
			return;
		case 'paragraph':
			keep(doc, 30);
			tagged(doc, root, 'P', () => {
				if (block.small) doc.fontSize(9).fillColor(soft);
				write(doc, block.text);
				doc.fontSize(body).fillColor(ink);
			});
			doc.moveDown(0.5);
			return;
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
	}
}

function drawList(doc: Doc, root: Structure, items: readonly Text[], bullets = true): void {
	const list = element(doc, 'L');
	root.add(list);
	for (const text of items) {
		keep(doc, 24);
		const item = element(doc, 'LI');
		list.add(item);
		const left = doc.page.margins.left;
		if (bullets)
			item.add(
				element(doc, 'Lbl', () => {
					doc.text('–', left, doc.y, { lineGap: 2.5 });
					doc.moveUp();
				}),
			);
		item.add(
			element(doc, 'LBody', () => {
				doc.x = left + (bullets ? 14 : 0);
				write(doc, text, { width: doc.page.width - doc.page.margins.right - doc.x });
			}),
		);
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
	root.add(
		doc.struct(
			'Figure',
			{ alt: alternative, ...({ bbox: [x, y, x + points, y + points] } as object) },
			() => {
				for (const [row, squares] of rows.entries())
					for (const [column, dark] of squares.entries())
						if (dark) doc.rect(x + column * side, y + row * side, side, side);
				doc.fill(ink);
			},
		),
	);
	doc.y = y + points;
	doc.moveDown(0.8);
}

function drawTable(doc: Doc, root: Structure, block: Extract<Block, { kind: 'table' }>): void {
	const width = doc.page.width - doc.page.margins.left - doc.page.margins.right;
	const widths = columnWidths(doc, block, width);
	doc.font('regular').fontSize(body);
	const table = element(doc, 'Table');
	root.add(table);
	table.add(
		element(doc, 'Caption', () => {
			write(doc, [{ text: block.caption, bold: true }]);
		}),
	);
	doc.moveDown(0.2);
	for (const [n, cells] of [block.head, ...block.rows].entries()) {
		doc.fontSize(tableSize);
		const head = n === 0;
		const heights = cells.map((text, i) =>
			doc
				.font(head || i === 0 ? 'bold' : 'regular')
				.heightOfString(printable(text) || ' ', { width: (widths[i] ?? 0) - 2 * cellPadding, lineGap: 1.5 }),
		);
		const height = Math.max(...heights) + 2 * cellPadding;
		keep(doc, height);
		const top = doc.y;
		const row = element(doc, 'TR');
		table.add(row);
		let x = doc.page.margins.left;
		for (const [i, text] of cells.entries()) {
			const cell = element(doc, head || i === 0 ? 'TH' : 'TD', () => {
				doc
					.font(head || i === 0 ? 'bold' : 'regular')
					.text(printable(text) || '–', x + cellPadding, top + cellPadding, {
						width: (widths[i] ?? 0) - 2 * cellPadding,
						lineGap: 1.5,
					});
			});
			if (head || i === 0) scope(doc, cell, head ? 'Column' : 'Row');
			row.add(cell);
			x += widths[i] ?? 0;
		}
		row.end();
		doc.markContent('Artifact', { type: 'Layout' });
		doc
			.moveTo(doc.page.margins.left, top + height)
			.lineTo(doc.page.margins.left + width, top + height)
			.lineWidth(head ? 1 : 0.4)
			.strokeColor(rule)
			.stroke();
		doc.endMarkedContent();
		doc.x = doc.page.margins.left;
		doc.y = top + height;
		doc.fontSize(body).font('regular');
	}
	table.end();
	doc.moveDown(0.8);
}

/** What a heading of a table is about: the library has no option for it. */
function scope(doc: Doc, cell: Structure, about: 'Column' | 'Row'): void {
	const { dictionary } = cell as unknown as { dictionary: { data: Record<string, unknown> } };
	const attributes = doc.ref({ O: 'Table', Scope: about });
	attributes.end('');
	dictionary.data.A = attributes;
}

/** None narrower than its longest word as far as there is room; what is left in proportion to what the columns hold. */
function columnWidths(
	doc: Doc,
	{ head, rows }: { head: readonly string[]; rows: readonly (readonly string[])[] },
	width: number,
): number[] {
	doc.font('bold').fontSize(tableSize);
	const cells = head.map((title, i) => [title, ...rows.map((row) => row[i] ?? '')]);
	const needed = cells.map((column) =>
		Math.min(
			width / head.length,
			Math.max(
				...column.flatMap((text) => text.split(/\s+/).map((word) => doc.widthOfString(printable(word)))),
			) +
				2 * cellPadding +
				1,
		),
	);
	const lengths = cells.map((column) => Math.min(60, Math.max(...column.map(({ length }) => length))));
	const left = Math.max(0, width - needed.reduce((sum, one) => sum + one, 0));
	const total = lengths.reduce((sum, one) => sum + one, 0) || 1;
	return needed.map((one, i) => one + (left * (lengths[i] ?? 0)) / total);
}

function drawFeet(doc: Doc, { foot: words }: OfficialDocument): void {
	const { start, count } = doc.bufferedPageRange();
	for (let n = start; n < start + count; n++) {
		doc.switchToPage(n);
		// Below the margin a text would begin a page of its own.
		const { bottom } = doc.page.margins;
		doc.page.margins.bottom = 0;
		doc.markContent('Artifact', { type: 'Pagination' });
		doc
			.font('regular')
			.fontSize(8.5)
			.fillColor(soft)
			.text(`${printable(words)} – page ${n - start + 1} sur ${count}`, margin, doc.page.height - foot, {
				width: doc.page.width - 2 * margin,
				align: 'center',
				lineBreak: false,
			});
		doc.endMarkedContent();
		doc.page.margins.bottom = bottom;
	}
}
