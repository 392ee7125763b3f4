export interface CsvRow {
	/** Line of the file where the row starts; the header is line 1. */
	line: number;
	cells: string[];
}

/** A cell that never closes its quotation mark, or the like. */
export class CsvError extends Error {
	line: number;
	constructor(line: number) {
		super(`line ${line}: a quotation mark is not closed`);
		this.line = line;
	}
}

/**
 * Rows of a CSV text (RFC 4180), comma, semicolon or tab by what the first line holds most; a byte order mark and
 * blank lines are passed over. Spreadsheets in French write semicolons.
 * @throws {CsvError}
 */
export function* parseCsv(text: string): Generator<CsvRow> {
	const source = text.startsWith('\uFEFF') ? text.slice(1) : text;
	const delimiter = detectDelimiter(source);
	let line = 1;
	let start = 1;
	let cells: string[] = [];
	let index = 0;
	while (index <= source.length) {
		let cell = '';
		if (source[index] === '"') {
			let close = index + 1;
			for (;;) {
				const quote = source.indexOf('"', close);
				if (quote < 0) throw new CsvError(start);
				cell += source.slice(close, quote);
				close = quote + 1;
				if (source[close] !== '"') break;
				cell += '"';
				close++;
			}
			for (const character of cell) if (character === '\n') line++;
			index = close;
		}
		let end = index;
		while (end < source.length && source[end] !== delimiter && source[end] !== '\n') end++;
		cell += source.slice(index, end).replace(/\r$/, '');
		cells.push(cell);
		index = end + 1;
		if (source[end] === delimiter) continue;
		line++;
		if (cells.length > 1 || cells[0]?.trim() !== '') yield { line: start, cells };
		cells = [];
		start = line;
	}
}

function detectDelimiter(source: string): string {
	const header = source.slice(0, source.search(/\r?\n|$/));
	const count = (delimiter: string) => header.split(delimiter).length;
	return [';', '\t'].reduce((best, other) => (count(other) > count(best) ? other : best), ',');
}

/** One line of CSV, cells quoted where they must be. A leading `=`, `+`, `-` or `@` of a text is kept from spreadsheets. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
	return `${cells
		.map((cell) => {
			if (cell === null) return '';
			if (typeof cell !== 'string') return String(cell);
			const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
			return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
		})
		.join(',')}\r\n`;
}
