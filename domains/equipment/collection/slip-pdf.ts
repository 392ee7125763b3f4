import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import PDFDocument from 'pdfkit';
import type { Strokes } from './face.ts';
import { strokesPath } from './rules/strokes.ts';

const { resolve } = createRequire(import.meta.url);
const family = '@expo-google-fonts/atkinson-hyperlegible-next';

const readFonts = async () => ({
	regular: await readFile(resolve(`${family}/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf`)),
	bold: await readFile(resolve(`${family}/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf`)),
});
let fonts: ReturnType<typeof readFonts> | null = null;

/** What a slip says, in the words that stand on it. */
export interface Slip {
	title: string;
	author: string;
	at: Date;
	facts: readonly { label: string; value: string }[];
	statement: string;
	table: { caption: string; head: readonly string[]; rows: readonly (readonly string[])[] };
	/** One box for each side; without a drawing there is room to sign on paper, or a line that says where it was. */
	signatures: readonly {
		label: string;
		who: string;
		/** When, or what is to be done. */
		line: string;
		strokes: Strokes | null;
	}[];
	foot: string;
}

const margin = 54;
const widths = [0.19, 0.17, 0.15, 0.34, 0.15];
const ink = '#1a1a1a';
const rule = '#8a8a8a';
const box = { width: 220, height: 110 };

type Doc = InstanceType<typeof PDFDocument>;
type Structure = ReturnType<Doc['struct']>;
type StructureType = Parameters<Doc['struct']>[0];

const printable = (text: string) => text.replaceAll(/[^\P{Cc}\t\n]/gu, '');

/** The slip of a lot as an accessible PDF (PDF/UA-1, ISO 14289-1). The same slip gives the same bytes. */
export async function renderSlip(slip: Slip): Promise<Buffer> {
	fonts ??= readFonts();
	const { regular, bold } = await fonts;
	const doc = new PDFDocument({
		size: 'A4',
		margins: { top: margin, left: margin, right: margin, bottom: margin + 20 },
		pdfVersion: '1.7',
		// The library knows PDF/UA; its types do not.
		subset: 'PDF/UA' as never,
		tagged: true,
		lang: 'fr-FR',
		displayTitle: true,
		bufferPages: true,
		info: { Title: slip.title, Author: slip.author, CreationDate: slip.at, Creator: 'Parvis' },
	});
	const done = buffer(doc);
	doc.registerFont('regular', regular);
	doc.registerFont('bold', bold);
	doc.font('regular').fontSize(10.5).fillColor(ink);
	const root = doc.struct('Document');
	doc.addStructure(root);
	const add = (type: string, work: () => void) => root.add(doc.struct(type as StructureType, {}, work));

	add('H1', () => doc.font('bold').fontSize(17).text(printable(slip.title)));
	doc.font('regular').fontSize(10.5).moveDown(0.6);
	for (const { label, value } of slip.facts) {
		add('P', () => {
			doc.font('bold').text(`${label} : `, { continued: true }).font('regular').text(printable(value));
		});
		doc.moveDown(0.25);
	}
	doc.moveDown(0.4);
	add('P', () => doc.text(printable(slip.statement), { lineGap: 2 }));
	doc.moveDown(0.8);
	drawTable(doc, root, slip.table);
	doc.moveDown(1.2);
	drawSignatures(doc, root, slip.signatures);
	root.end();

	const { start, count } = doc.bufferedPageRange();
	for (let n = 0; n < count; n++) {
		doc.switchToPage(start + n);
		doc.markContent('Artifact', { type: 'Pagination' } as never);
		doc.page.margins.bottom = 0;
		doc
			.fontSize(8.5)
			.fillColor('#4d4d4d')
			.text(`${printable(slip.foot)} – ${n + 1}/${count}`, margin, doc.page.height - 44, {
				width: doc.page.width - 2 * margin,
				align: 'center',
				lineBreak: false,
			});
		doc.endMarkedContent();
	}
	doc.end();
	return done;
}

function drawTable(doc: Doc, root: Structure, { caption, head, rows }: Slip['table']): void {
	const whole = doc.page.width - 2 * margin;
	const bottom = () => doc.page.height - doc.page.margins.bottom;
	const table = doc.struct('Table');
	root.add(table);
	table.add(doc.struct('Caption', {}, () => doc.font('bold').text(printable(caption)).font('regular')));
	doc.moveDown(0.3).fontSize(9);
	const line = (cells: readonly string[], type: 'TH' | 'TD') => {
		const texts = cells.map(printable);
		doc.font(type === 'TH' ? 'bold' : 'regular');
		const heights = texts.map((text, n) =>
			doc.heightOfString(text || ' ', { width: whole * (widths[n] ?? 0.2) - 8 }),
		);
		const height = Math.max(...heights) + 7;
		if (doc.y + height > bottom()) doc.addPage();
		const y = doc.y;
		const row = doc.struct('TR');
		table.add(row);
		let x = margin;
		for (const [n, text] of texts.entries()) {
			const width = whole * (widths[n] ?? 0.2);
			const at = x;
			row.add(
				doc.struct(type as StructureType, { ...(type === 'TH' && ({ scope: 'Column' } as object)) }, () =>
					doc.text(text || '–', at + 4, y + 3, { width: width - 8 }),
				),
			);
			x += width;
		}
		row.end();
		doc.markContent('Artifact', { type: 'Layout' } as never);
		doc
			.moveTo(margin, y + height)
			.lineTo(margin + whole, y + height)
			.lineWidth(type === 'TH' ? 1 : 0.5)
			.strokeColor(rule)
			.stroke();
		doc.endMarkedContent();
		doc.x = margin;
		doc.y = y + height;
	};
	line(head, 'TH');
	for (const row of rows) line(row, 'TD');
	table.end();
	doc.font('regular').fontSize(10.5);
}

function drawSignatures(doc: Doc, root: Structure, signatures: Slip['signatures']): void {
	if (doc.y + box.height + 70 > doc.page.height - doc.page.margins.bottom) doc.addPage();
	const top = doc.y;
	for (const [n, { label, who, line, strokes }] of signatures.entries()) {
		const x = margin + n * (box.width + 40);
		root.add(
			doc.struct('P', {}, () => {
				doc.font('bold').text(printable(label), x, top, { width: box.width });
				doc.font('regular').text(printable(who), x, doc.y, { width: box.width });
				doc.fontSize(9).text(printable(line), x, doc.y, { width: box.width }).fontSize(10.5);
			}),
		);
		const y = top + 56;
		const draw = () => {
			doc.rect(x, y, box.width, box.height).lineWidth(0.7).strokeColor(rule).stroke();
			if (!strokes) return;
			doc
				.save()
				.translate(x, y)
				.path(strokesPath(strokes, box.width, box.height));
			doc.lineWidth(1.4).lineCap('round').lineJoin('round').strokeColor(ink).stroke().restore();
		};
		if (strokes)
			root.add(
				doc.struct(
					'Figure',
					{ alt: `${label} : ${who}`, bbox: [x, y, x + box.width, y + box.height] } as never,
					draw,
				),
			);
		else {
			doc.markContent('Artifact', { type: 'Layout' } as never);
			draw();
			doc.endMarkedContent();
		}
	}
	doc.x = margin;
	doc.y = top + 56 + box.height + 12;
}
