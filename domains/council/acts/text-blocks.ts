import type { Block, Text } from '@parvis/platform';

const lead = /^(Vu|Considérant|Sur proposition|Après en avoir délibéré|Décide|Article \S+)\b/;

/**
 * An official text as it is typed, as parts of a document: `# ` and `## ` begin headings, `- ` items of a list, an empty
 * line a paragraph; a line that begins as visas, grounds and articles do stands alone, its first word bold.
 */
export function blocksOf(text: string, level: 2 | 3 = 2): Block[] {
	const blocks: Block[] = [];
	let lines: string[] = [];
	let items: Text[] = [];
	const flush = () => {
		if (lines.length) blocks.push({ kind: 'paragraph', text: lines.join('\n') });
		if (items.length) blocks.push({ kind: 'list', items });
		lines = [];
		items = [];
	};
	for (const line of text.split('\n')) {
		const heading = /^(#{1,2})\s+(.+)$/.exec(line);
		const item = /^[-–•]\s+(.+)$/.exec(line);
		const begin = lead.exec(line);
		if (heading) {
			flush();
			blocks.push({
				kind: 'heading',
				level: heading[1] === '#' ? level : 3,
				text: heading[2] ?? '',
			});
		} else if (item) {
			if (lines.length) flush();
			items.push(item[1] ?? '');
		} else if (line.trim() === '') flush();
		else if (begin) {
			flush();
			blocks.push({
				kind: 'paragraph',
				text: [{ text: begin[0], bold: true }, { text: line.slice(begin[0].length) }],
			});
		} else {
			if (items.length) flush();
			lines.push(line);
		}
	}
	flush();
	return blocks;
}
