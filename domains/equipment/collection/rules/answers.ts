import { type CsvRow, ok, parseCsv, type Result, refuse } from '@parvis/platform';
import type { partnerEnds } from '../face.ts';

/** How the words begin that partners write for each end, in French and English, without accents and capitals. */
const beginnings: readonly (readonly [RegExp, (typeof partnerEnds)[number]])[] = [
	[/^(reus|reempl|reutil)/, 'reused'],
	[/^(repar|repair)/, 'repaired'],
	[/^(pour )?(piece|parts?$)/, 'parts'],
	[/^recycl/, 'recycled'],
];

const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** What a partner's word for an end means; null when it is none. */
export const readEnd = (text: string): (typeof partnerEnds)[number] | null =>
	beginnings.find(([beginning]) => beginning.test(bare(text)))?.[1] ?? null;

const headings = {
	number: ['number', 'numero', 'n°', 'no', 'objet', 'item'],
	end: ['end', 'devenir', 'issue', 'fin', 'resultat'],
	note: ['note', 'remarque', 'commentaire', 'comment'],
} as const;

/**
 * The answers of a partner's file: one line an item, columns by their names in French or English, separated by `;`, `,` or
 * tabs. Lines without an end are those not known yet.
 * @returns refusals `equipment.csv_columns`, `equipment.csv_line` with the line that cannot be read
 */
export function readAnswers(text: string): Result<{ number: string; end: string; note: string | null }[]> {
	let rows: CsvRow[];
	try {
		rows = parseCsv(text);
	} catch {
		return refuse('equipment.csv_unreadable');
	}
	const [first] = rows;
	if (!first) return refuse('equipment.csv_columns');
	const names = Object.keys(first.cells);
	const column = (wanted: readonly string[]) => names.find((name) => wanted.includes(bare(name)));
	const [number, end, note] = [column(headings.number), column(headings.end), column(headings.note)];
	if (!number || !end) return refuse('equipment.csv_columns');
	const answers: { number: string; end: string; note: string | null }[] = [];
	for (const { line, cells } of rows) {
		const said = cells[end]?.trim() ?? '';
		if (!said) continue;
		const meant = readEnd(said);
		if (!meant) return refuse('equipment.csv_line', { line, text: said.slice(0, 60) });
		answers.push({
			number: cells[number]?.trim() ?? '',
			end: meant,
			note: (note && cells[note]?.trim()) || null,
		});
	}
	return ok(answers);
}
