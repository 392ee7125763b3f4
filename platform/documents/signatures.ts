import type { Signature } from './document.ts';
import { body, type Doc, ink, inTypeface, rule } from './file.ts';
import { artifact, element, keep, type Structure } from './structure.ts';

const box = { width: 220, height: 110 };
/** Room for the words above the boxes. */
const words = 60;

/** A drawing is a picture of a name; an empty box is no content. */
export function drawSignatures(doc: Doc, root: Structure, signatures: readonly [Signature, Signature]): void {
	doc.moveDown(0.5);
	keep(doc, words + box.height + 10);
	const { left, right } = doc.page.margins;
	const top = doc.y;
	const lefts = [left, doc.page.width - right - box.width];
	const under = signatures.map(({ label, who, line }, n) => {
		const x = lefts[n] ?? left;
		const work = () => {
			const put = (text: string, y: number) =>
				doc.text(inTypeface(doc, text).text, x, y, { width: box.width });
			doc.font('bold');
			put(label, top);
			doc.font('regular');
			if (who) put(who, doc.y);
			doc.fontSize(9);
			put(line, doc.y);
			doc.fontSize(body);
		};
		const says = [label, who, line].filter(Boolean).join('\n');
		root.add(element(doc, 'P', work, { says }));
		return doc.y;
	});
	const y = Math.max(...under) + 6;
	for (const [n, { label, who, drawing }] of signatures.entries()) {
		const x = lefts[n] ?? left;
		artifact(doc, 'Layout', () => {
			doc.rect(x, y, box.width, box.height).lineWidth(0.7).strokeColor(rule).stroke();
		});
		if (!drawing) continue;
		const work = () => {
			for (const line of drawing)
				for (const [at, [across, down]] of line.entries())
					doc[at ? 'lineTo' : 'moveTo'](x + across * box.width, y + down * box.height);
			doc.lineWidth(1.4).lineCap('round').lineJoin('round').strokeColor(ink).stroke();
		};
		const bbox: [number, number, number, number] = [x, y, x + box.width, y + box.height];
		root.add(element(doc, 'Figure', work, { alt: `${label} : ${who}`, bbox }));
	}
	doc.x = left;
	doc.y = y + box.height;
	doc.moveDown(0.8);
}
