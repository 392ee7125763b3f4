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
	const width = doc.page.width - left - right;
	const widths = columnWidths(doc, block, width);
	doc.font('regular').fontSize(body);
	keep(doc, 60);
	const table = element(doc, 'Table');
	root.add(table);
	const caption = () => doc.font('bold').text(inTypeface(doc, block.caption).text, { lineGap: 2.5 });
	table.add(element(doc, 'Caption', caption, { says: block.caption }));
	doc.moveDown(0.2).fontSize(size);
	for (const [n, cells] of [block.head, ...block.rows].entries()) {
		const head = n === 0;
		const styled = (i: number) => doc.font(head || i === 0 ? 'bold' : 'regular');
		const texts = cells.map((text) => inTypeface(doc, text).text || '–');
		const inner = (i: number) => ({ width: (widths[i] ?? 0) - 2 * padding, lineGap });
		const height =
			Math.max(...texts.map((text, i) => styled(i).heightOfString(text, inner(i)))) + 2 * padding;
		keep(doc, height);
		const top = doc.y;
		const row = element(doc, 'TR');
		table.add(row);
		let x = left;
		for (const [i, text] of texts.entries()) {
			const at = x + padding;
			const work = () => {
				styled(i).text(text, at, top + padding, inner(i));
			};
			row.add(
				element(doc, head || i === 0 ? 'TH' : 'TD', work, {
					says: cells[i] ?? '',
					...(head ? { scope: 'Column' } : i === 0 ? { scope: 'Row' } : {}),
				}),
			);
			x += widths[i] ?? 0;
		}
		row.end();
		artifact(doc, 'Layout', () => {
			doc
				.moveTo(left, top + height)
				.lineTo(left + width, top + height)
				.lineWidth(head ? 1 : 0.4)
				.strokeColor(rule)
				.stroke();
		});
		doc.x = left;
		doc.y = top + height;
	}
	table.end();
	doc.font('regular').fontSize(body).moveDown(0.8);
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
