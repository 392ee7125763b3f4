import { type CsvError as LibraryError, parse } from 'csv-parse/sync';

export interface CsvRow {
	/** Line of the file where the row ends; the header is line 1. */
	line: number;
	/** Cells by column name, trimmed. */
	cells: Record<string, string>;
}

/** The text is no CSV; `line` says where it stops making sense. */
export class CsvError extends Error {
	readonly line: number;
	constructor(line: number) {
		super(`line ${line} is not CSV`);
		this.line = line;
	}
}

/**
 * Rows of a CSV text with a header (RFC 4180). The separator is a comma, a semicolon (as French spreadsheets write)
 * or a tab, by what the header holds most; a byte order mark and blank lines are passed over.
 * @throws {CsvError}
 */
export function parseCsv(text: string): CsvRow[] {
	const header = /^\uFEFF?[^\r\n]*/.exec(text)?.[0] ?? '';
	const delimiter = [',', ';', '\t'].reduce((best, other) =>
		header.split(other).length > header.split(best).length ? other : best,
	);
	try {
		const rows = parse(text, {
			bom: true,
			columns: (names: string[]) => names.map((name) => name.trim()),
			delimiter,
			info: true,
			skip_empty_lines: true,
			trim: true,
		}) as unknown as { record: Record<string, string>; info: { lines: number } }[];
		return rows.map(({ record, info }) => ({ line: info.lines, cells: record }));
	} catch (error) {
		throw new CsvError(Number((error as LibraryError & { lines?: number }).lines ?? 1));
	}
}

/** One line of CSV, cells quoted where they must be. A text that a spreadsheet would run as a formula is disarmed by an apostrophe. */
export function csvLine(cells: readonly (string | number | boolean | null)[]): string {
	const written = cells.map((cell) => {
		if (cell === null) return '';
		if (typeof cell !== 'string') return String(cell);
		const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
		return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
	});
	return `${written.join(',')}\r\n`;
}
