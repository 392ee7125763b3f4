import type { Block } from './document.ts';
import { body, type Doc, inTypeface, rule } from './file.ts';
import { artifact, element, keep, type Structure } from './structure.ts';

const size = 9.5;
const padding = 4;
const lineGap = 1.5;

type Table = Extract<Block, { kind: 'table' }>;

/** The heading row names the columns, the first cell of each other row that row. */
export function drawTable(doc: Doc, root: Structure, block: Table): void {
	const { left, right } = doc.page.margins;
	const widths = columnWidths(doc, block, doc.page.width - left - right);
	doc.font('regular').fontSize(body);
	keep(doc, 60);
	const table = element(doc, 'Table');
	root.add(table);
	const caption = () => doc.font('bold').text(inTypeface(doc, block.caption).text, { lineGap: 2.5 });
	table.add(element(doc, 'Caption', caption, { says: block.caption }));
	doc.moveDown(0.2).fontSize(size);
	const head = layOut(doc, block.head, widths, true);
	addRow(doc, table, head);
	for (const cells of block.rows) {
		const row = layOut(doc, cells, widths, false);
		const { page } = doc;
		keep(doc, row.height);
		// Read once, seen on each page.
		if (doc.page !== page) repeat(doc, head);
		addRow(doc, table, row);
	}
	table.end();
	doc.font('regular').fontSize(body).moveDown(0.8);
}

interface Row {
	cells: readonly { says: string; text: string; left: number; width: number; bold: boolean }[];
	height: number;
	head: boolean;
}

function layOut(doc: Doc, cells: readonly string[], widths: readonly number[], head: boolean): Row {
	let left = doc.page.margins.left + padding;
	const placed = cells.map((says, i) => {
		const width = (widths[i] ?? 0) - 2 * padding;
		const cell = { says, text: inTypeface(doc, says).text || '–', left, width, bold: head || i === 0 };
		left += widths[i] ?? 0;
		return cell;
	});
	const heights = placed.map(({ text, width, bold }) =>
		doc.font(bold ? 'bold' : 'regular').heightOfString(text, { width, lineGap }),
	);
	return { cells: placed, height: Math.max(...heights) + 2 * padding, head };
}

function drawCell(doc: Doc, { text, left, width, bold }: Row['cells'][number], top: number): void {
	doc.font(bold ? 'bold' : 'regular').text(text, left, top + padding, { width, lineGap });
}

function addRow(doc: Doc, table: Structure, row: Row): void {
	const top = doc.y;
	const tag = element(doc, 'TR');
	table.add(tag);
	for (const cell of row.cells) {
		const scope = row.head ? 'Column' : 'Row';
		tag.add(
			element(doc, cell.bold ? 'TH' : 'TD', () => drawCell(doc, cell, top), {
				says: cell.says,
				...(cell.bold && { scope }),
			}),
		);
	}
	tag.end();
	artifact(doc, 'Layout', () => closeRow(doc, top, row));
}

function repeat(doc: Doc, row: Row): void {
	const top = doc.y;
	artifact(doc, 'Pagination', () => {
		for (const cell of row.cells) drawCell(doc, cell, top);
		closeRow(doc, top, row);
	});
}

/** The line under a row; what follows begins there. */
function closeRow(doc: Doc, top: number, { height, head }: Row): void {
	const { left, right } = doc.page.margins;
	doc
		.moveTo(left, top + height)
		.lineTo(doc.page.width - right, top + height)
		.lineWidth(head ? 1 : 0.4)
		.strokeColor(rule)
		.stroke();
	doc.x = left;
	doc.y = top + height;
}

/** None narrower than its longest word as far as there is room; what is left in proportion to what the columns hold. */
function columnWidths(doc: Doc, { head, rows }: Table, width: number): number[] {
	doc.font('bold').fontSize(size);
	const cells = head.map((title, i) =>
		[title, ...rows.map((row) => row[i] ?? '')].map((text) => inTypeface(doc, text).text),
	);
	const needed = cells.map((column) =>
		Math.min(
			width / head.length,
			Math.max(...column.flatMap((text) => text.split(/\s+/).map((word) => doc.widthOfString(word)))) +
				2 * padding +
				1,
		),
	);
	const lengths = cells.map((column) => Math.min(60, Math.max(...column.map(({ length }) => length))));
	const left = Math.max(0, width - needed.reduce((sum, one) => sum + one, 0));
	const total = lengths.reduce((sum, one) => sum + one, 0) || 1;
	return needed.map((one, i) => one + (left * (lengths[i] ?? 0)) / total);
}
