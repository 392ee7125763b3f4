import {
	type Ballot,
	type BallotType,
	ballotTypes,
	type Election,
	type Limits,
	type Project,
} from './election.ts';

/** The text is no Pabulib file; `line` is where (from 1). Nothing was read. */
export class PabulibError extends Error {
	readonly line: number;
	constructor(line: number, message: string) {
		super(`line ${line}: ${message}`);
		this.name = 'PabulibError';
		this.line = line;
	}
}

interface Row {
	line: number;
	cells: string[];
}

const sections = ['META', 'PROJECTS', 'VOTES'] as const;
type Section = (typeof sections)[number];
const ownProjectColumns = ['project_id', 'cost'];
const ownBallotColumns = ['voter_id', 'vote', 'points'];
const limitKeys: readonly (readonly [keyof Limits, string, 'count' | 'money'])[] = [
	['minLength', 'min_length', 'count'],
	['maxLength', 'max_length', 'count'],
	['minSumCost', 'min_sum_cost', 'money'],
	['maxSumCost', 'max_sum_cost', 'money'],
	['minPoints', 'min_points', 'count'],
	['maxPoints', 'max_points', 'count'],
	['minSumPoints', 'min_sum_points', 'count'],
	['maxSumPoints', 'max_sum_points', 'count'],
];

/**
 * Read a file in Pabulib's format (https://pabulib.org/format): UTF-8 text in the sections META, PROJECTS and VOTES, cells
 * parted by semicolons and quoted as in CSV. Amounts with decimals make `scale` larger, so that all are integers.
 * Ballots are not held to their limits here: that is `validateBallot`.
 * @throws {PabulibError} at the first line that makes no sense; counts that META states must hold
 */
export function parsePabulib(text: string): Election {
	const parts = split(text);
	const { meta, lines } = readMeta(parts.META);
	const [projectHeader, ...projectRows] = parts.PROJECTS.rows;
	const [ballotHeader, ...ballotRows] = parts.VOTES.rows;
	if (!projectHeader) throw new PabulibError(parts.PROJECTS.line, 'PROJECTS has no header');
	if (!ballotHeader) throw new PabulibError(parts.VOTES.line, 'VOTES has no header');
	const metaLine = (key: string) => lines.get(key) ?? parts.META.line;

	const type = meta.vote_type;
	if (!ballotTypes.some((known) => known === type) || type === undefined)
		throw new PabulibError(metaLine('vote_type'), `vote_type ${type ?? 'is missing'}`);
	const ballotType: BallotType = type === 'approval' && meta.max_sum_cost ? 'knapsack' : (type as BallotType);

	const projectTable = readTable(projectHeader, projectRows, ['project_id', 'cost']);
	const ballotTable = readTable(
		ballotHeader,
		ballotRows,
		ballotType === 'cumulative' ? ['voter_id', 'vote', 'points'] : ['voter_id', 'vote'],
	);

	const amounts = [
		{ line: metaLine('budget'), text: meta.budget ?? '' },
		...limitKeys.flatMap(([, key, kind]) =>
			kind === 'money' && meta[key] ? [{ line: metaLine(key), text: meta[key] }] : [],
		),
		...projectTable.rows.map(({ line, cells }) => ({ line, text: cells.cost ?? '' })),
	];
	const decimals = Math.max(...amounts.map(({ line, text }) => decimalsOf(text, line)));
	if (decimals > 6) throw new PabulibError(parts.META.line, 'amounts with more than six decimals');
	const scale = 10 ** decimals;
	const money = (text: string, line: number) => toUnits(text, decimals, line);

	const projects = projectTable.rows.map(({ line, cells }): Project => {
		const id = cells.project_id ?? '';
		if (!id) throw new PabulibError(line, 'a project without an id');
		if (id.includes(',')) throw new PabulibError(line, `a comma in the project id ${id}`);
		const cost = money(cells.cost ?? '', line);
		if (cost <= 0) throw new PabulibError(line, `project ${id} costs nothing`);
		return { id, cost, fields: without(cells, ownProjectColumns) };
	});
	const known = new Set<string>();
	for (const [i, { id }] of projects.entries()) {
		if (known.has(id)) throw new PabulibError(projectTable.rows[i]?.line ?? 0, `project ${id} twice`);
		known.add(id);
	}

	const voters = new Set<string>();
	const withPoints = ballotTable.columns.includes('points');
	const ballots = ballotTable.rows.map(({ line, cells }): Ballot => {
		const voterId = cells.voter_id ?? '';
		if (!voterId) throw new PabulibError(line, 'a ballot without a voter_id');
		if (voters.has(voterId)) throw new PabulibError(line, `voter ${voterId} twice`);
		voters.add(voterId);
		const choices = listOf(cells.vote ?? '');
		const seen = new Set<string>();
		for (const id of choices) {
			if (!known.has(id)) throw new PabulibError(line, `project ${id} is not in PROJECTS`);
			if (seen.has(id)) throw new PabulibError(line, `project ${id} twice in a ballot`);
			seen.add(id);
		}
		if (ballotType === 'choose-1' && choices.length > 1)
			throw new PabulibError(line, 'several projects where one is chosen');
		if (!withPoints) return { voterId, choices, points: null, fields: without(cells, ownBallotColumns) };
		const points = listOf(cells.points ?? '').map((cell) => count(cell, line));
		if (points.length !== choices.length)
			throw new PabulibError(line, `${choices.length} projects with ${points.length} points`);
		return { voterId, choices, points, fields: without(cells, ownBallotColumns) };
	});

	for (const [key, found, at] of [
		['num_projects', projects.length, parts.VOTES.line],
		['num_votes', ballots.length, parts.VOTES.rows.at(-1)?.line ?? parts.VOTES.line],
	] as const) {
		const stated = meta[key];
		if (stated && count(stated, metaLine(key)) !== found)
			throw new PabulibError(at, `${key} says ${stated}, there are ${found}`);
	}

	return {
		meta,
		scale,
		budget: money(meta.budget ?? '', metaLine('budget')),
		ballotType,
		limits: Object.fromEntries(
			limitKeys.map(([name, key, kind]) => {
				const stated = meta[key];
				if (!stated) return [name, null];
				return [name, kind === 'money' ? money(stated, metaLine(key)) : count(stated, metaLine(key))];
			}),
		) as unknown as Limits,
		projects,
		ballots,
		projectColumns: projectTable.columns,
		ballotColumns: ballotTable.columns,
	};
}

/** Write an election in Pabulib's format. What `parsePabulib` read comes out so that it reads the same again. */
export function formatPabulib(election: Election): string {
	const { meta, scale, projects, ballots, projectColumns, ballotColumns } = election;
	const lines = ['META', 'key;value'];
	for (const [key, value] of Object.entries(meta)) lines.push(lineOf([key, value]));
	lines.push('PROJECTS', lineOf(projectColumns));
	for (const { id, cost, fields } of projects)
		lines.push(
			lineOf(
				projectColumns.map((column) =>
					column === 'project_id' ? id : column === 'cost' ? fromUnits(cost, scale) : (fields[column] ?? ''),
				),
			),
		);
	lines.push('VOTES', lineOf(ballotColumns));
	for (const { voterId, choices, points, fields } of ballots)
		lines.push(
			lineOf(
				ballotColumns.map((column) => {
					if (column === 'voter_id') return voterId;
					if (column === 'vote') return choices.join(',');
					return column === 'points' ? (points ?? []).join(',') : (fields[column] ?? '');
				}),
			),
		);
	return `${lines.join('\n')}\n`;
}

/** Rows of semicolon-separated cells with the line each begins on; blank lines are left out. */
function* rowsOf(text: string): Generator<Row> {
	let at = text.startsWith('\uFEFF') ? 1 : 0;
	let line = 1;
	while (at < text.length) {
		const begun = line;
		const cells: string[] = [];
		let cell = '';
		let ended = false;
		while (!ended) {
			if (text[at] === '"' && cell === '') {
				at++;
				for (;;) {
					const quote = text.indexOf('"', at);
					if (quote < 0) throw new PabulibError(begun, 'a quotation mark that is never closed');
					const inside = text.slice(at, quote);
					cell += inside;
					line += inside.split('\n').length - 1;
					at = quote + 1;
					if (text[at] !== '"') break;
					cell += '"';
					at++;
				}
			}
			// What follows a closing quotation mark belongs to the cell, as Python's reader has it.
			let end = at;
			while (end < text.length && text[end] !== ';' && text[end] !== '\n') end++;
			cell += text.slice(at, end);
			at = end + 1;
			if (text[end] === ';') {
				cells.push(cell.trim());
				cell = '';
			} else {
				cells.push(cell.trim());
				ended = true;
				line++;
			}
		}
		if (cells.some((one) => one !== '')) yield { line: begun, cells };
	}
}

function split(text: string): Record<Section, { line: number; rows: Row[] }> {
	const found = new Map<Section, { line: number; rows: Row[] }>();
	let current: { line: number; rows: Row[] } | null = null;
	let last = 0;
	for (const row of rowsOf(text)) {
		last = row.line;
		const [first = '', ...rest] = row.cells;
		const name = sections.find((section) => section === first.toUpperCase());
		if (name && rest.every((cell) => cell === '')) {
			if (found.size !== sections.indexOf(name))
				throw new PabulibError(row.line, `${name} where ${sections[found.size] ?? 'the end'} is due`);
			current = { line: row.line, rows: [] };
			found.set(name, current);
		} else if (current) current.rows.push(row);
		else throw new PabulibError(row.line, 'META is due first');
	}
	for (const section of sections)
		if (!found.has(section)) throw new PabulibError(last + 1, `${section} is missing`);
	return Object.fromEntries(found) as Record<Section, { line: number; rows: Row[] }>;
}

function readMeta({ line, rows }: { line: number; rows: Row[] }) {
	const [header, ...entries] = rows;
	if (header?.cells[0] !== 'key' || header.cells[1] !== 'value')
		throw new PabulibError(header?.line ?? line, 'META begins with key;value');
	const meta: Record<string, string> = {};
	const lines = new Map<string, number>();
	for (const { line: at, cells } of entries) {
		const [key = '', ...value] = cells;
		if (!key) throw new PabulibError(at, 'a value without a key');
		if (lines.has(key)) throw new PabulibError(at, `${key} twice`);
		lines.set(key, at);
		// A comment may hold semicolons.
		Object.defineProperty(meta, key, {
			value: value.join('; ').replace(/[; ]+$/, ''),
			enumerable: true,
			writable: true,
			configurable: true,
		});
	}
	return { meta: meta as Readonly<Record<string, string>>, lines };
}

function readTable(header: Row, rows: readonly Row[], needed: readonly string[]) {
	const columns = header.cells;
	if (new Set(columns).size !== columns.length) throw new PabulibError(header.line, 'a column twice');
	for (const column of needed)
		if (!columns.includes(column)) throw new PabulibError(header.line, `the column ${column} is missing`);
	return {
		columns,
		rows: rows.map(({ line, cells }) => {
			if (cells.length !== columns.length)
				throw new PabulibError(line, `${cells.length} cells under ${columns.length} columns`);
			return {
				line,
				cells: Object.fromEntries(columns.map((column, i) => [column, cells[i] ?? ''])) as Record<
					string,
					string
				>,
			};
		}),
	};
}

const without = (cells: Record<string, string>, columns: readonly string[]) =>
	Object.fromEntries(Object.entries(cells).filter(([column]) => !columns.includes(column)));

const listOf = (cell: string) =>
	cell
		.split(',')
		.map((part) => part.trim())
		.filter((part) => part !== '');

const amount = /^(\d+)(?:[.,](\d+))?$/;

function decimalsOf(text: string, line: number): number {
	const match = amount.exec(text);
	if (!match) throw new PabulibError(line, `${text || 'nothing'} is no amount`);
	return (match[2] ?? '').replace(/0+$/, '').length;
}

function toUnits(text: string, decimals: number, line: number): number {
	const [, whole = '', rest = ''] = amount.exec(text) ?? [];
	const units = Number(whole + rest.slice(0, decimals).padEnd(decimals, '0'));
	if (!Number.isSafeInteger(units)) throw new PabulibError(line, `${text} is too large`);
	return units;
}

function fromUnits(units: number, scale: number): string {
	if (scale === 1) return String(units);
	const digits = String(scale).length - 1;
	const rest = String(units % scale)
		.padStart(digits, '0')
		.replace(/0+$/, '');
	return `${Math.floor(units / scale)}${rest && `.${rest}`}`;
}

function count(text: string, line: number): number {
	const number = /^\d+(?:[.,]0+)?$/.test(text) ? Number.parseInt(text, 10) : Number.NaN;
	if (!Number.isSafeInteger(number)) throw new PabulibError(line, `${text || 'nothing'} is no whole number`);
	return number;
}

function lineOf(cells: readonly string[]): string {
	return cells
		.map((cell) => (/[;"\r\n]/.test(cell) || cell !== cell.trim() ? `"${cell.replaceAll('"', '""')}"` : cell))
		.join(';');
}
