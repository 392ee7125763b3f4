import type { Block } from './document.ts';
import { type Doc, inTypeface } from './file.ts';
import { cleanText } from './typeface.ts';

export type Structure = ReturnType<Doc['struct']>;
type Options = Parameters<Doc['struct']>[1] & {
	bbox?: [left: number, top: number, right: number, bottom: number];
	scope?: 'Column' | 'Row';
};

/**
 * An element of the document's structure; what `work` draws is its content. With `says`, all that its content says: kept
 * beside what is drawn when the typeface cannot draw it as it is.
 */
export function element(
	doc: Doc,
	type: string,
	work?: () => void,
	{ says = '', ...options }: Options & { says?: string } = {},
): Structure {
	const name = type as Parameters<Doc['struct']>[0];
	const all = { ...options, ...(inTypeface(doc, says).lossy && { actual: cleanText(says) }) };
	return work ? doc.struct(name, all, work) : doc.struct(name, all);
}

/** Draw what is no content: lines, the foot of a page. */
export function artifact(doc: Doc, type: 'Layout' | 'Pagination', work: () => void): void {
	doc.markContent('Artifact', { type });
	work();
	doc.endMarkedContent();
}

export type Level = 1 | 2 | 3;

/**
 * The level that each heading is tagged with, by its place among the blocks: the first is 1 and none is skipped on the way
 * down (ISO 14289-1, 7.4.2), whatever the size it is drawn in.
 */
export function headingLevels(blocks: readonly Block[]): ReadonlyMap<number, Level> {
	const levels = new Map<number, Level>();
	const above: Level[] = [];
	for (const [n, block] of blocks.entries())
		if (block.kind === 'heading') {
			while ((above.at(-1) ?? 0) >= block.level) above.pop();
			above.push(block.level);
			levels.set(n, above.length as Level);
		}
	return levels;
}

/** Leave the page when less than this is left of it. */
export function keep(doc: Doc, points: number): void {
	if (doc.y + points > doc.page.height - doc.page.margins.bottom) doc.addPage();
}
