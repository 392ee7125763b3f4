/** An instance of CVRPLIB or TSPLIB as it was read: nodes from 0, the depot among them. */
export interface CvrplibInstance {
	name: string;
	comment: string;
	/** Number of nodes n. */
	dimension: number;
	capacity: number;
	/** n × n, row by row. */
	distances: Float64Array;
	demands: Float64Array;
	/** Index of the depot. */
	depot: number;
	/** Where the file gives them. */
	coordinates: [number, number][] | null;
	/** The longest a route may be, service included, where the file sets it (DISTANCE). */
	maximalDistance: number | null;
	/** What each stop adds to it (SERVICE_TIME). */
	serviceTime: number;
}

/** The file makes no sense; the message says where. */
export class CvrplibError extends Error {
	override name = 'CvrplibError';
}

/** Nodes beyond this would need a matrix of gigabytes. */
const mostNodes = 12_000;

/**
 * Reads TYPE CVRP, TSP, ATSP or ACVRP with EDGE_WEIGHT_TYPE EUC_2D, CEIL_2D, FLOOR_2D, MAN_2D, MAX_2D, GEO, ATT or EXPLICIT
 * (Reinelt, TSPLIB95). Distances are the integers that those types define.
 * @throws {CvrplibError} on anything else, or cut short
 */
export function parseCvrplib(text: string): CvrplibInstance {
	const { fields, sections } = split(text);
	const type = (fields.get('TYPE') ?? 'CVRP').split(/\s/)[0] ?? '';
	if (!['CVRP', 'ACVRP', 'TSP', 'ATSP', 'DCVRP'].includes(type)) fail(`TYPE ${type} is not known`);
	const dimension = integer(fields, 'DIMENSION');
	if (dimension < 1 || dimension > mostNodes) fail(`DIMENSION is not between 1 and ${mostNodes}`);
	const capacity = fields.has('CAPACITY') ? number(fields, 'CAPACITY') : Number.POSITIVE_INFINITY;
	if (capacity < 0) fail('CAPACITY is negative');
	if (type.includes('CVRP') && !fields.has('CAPACITY')) fail('CAPACITY is missing');
	const points = sections.get('NODE_COORD_SECTION');
	const coordinates = points ? readCoordinates(points, dimension) : null;
	const weight = fields.get('EDGE_WEIGHT_TYPE') ?? (sections.has('EDGE_WEIGHT_SECTION') ? 'EXPLICIT' : '');
	const distances =
		weight === 'EXPLICIT'
			? explicit(
					sections.get('EDGE_WEIGHT_SECTION') ?? fail('EDGE_WEIGHT_SECTION is missing'),
					fields.get('EDGE_WEIGHT_FORMAT') ?? '',
					dimension,
				)
			: measured(weight, coordinates ?? fail('NODE_COORD_SECTION is missing'));
	const demands = new Float64Array(dimension);
	const demanded = sections.get('DEMAND_SECTION');
	if (!demanded && type.includes('CVRP')) fail('DEMAND_SECTION is missing');
	if (demanded) {
		const seen = new Uint8Array(dimension);
		if (demanded.length !== 2 * dimension) fail(`DEMAND_SECTION does not have ${dimension} rows`);
		for (let i = 0; i < demanded.length; i += 2) {
			const node = nodeIndex(demanded[i] as number, dimension, 'DEMAND_SECTION');
			const demand = demanded[i + 1] as number;
			if (seen[node]) fail(`node ${node + 1} has two demands`);
			if (demand < 0) fail(`the demand of node ${node + 1} is negative`);
			seen[node] = 1;
			demands[node] = demand;
		}
	}
	const depots = (sections.get('DEPOT_SECTION') ?? [1, -1]).filter((value) => value !== -1);
	if (depots.length !== 1) fail('there is not one depot');
	return {
		name: fields.get('NAME') ?? '',
		comment: (fields.get('COMMENT') ?? '').replace(/^"|"$/g, ''),
		dimension,
		capacity,
		distances,
		demands,
		depot: nodeIndex(depots[0] as number, dimension, 'DEPOT_SECTION'),
		coordinates,
		maximalDistance: fields.has('DISTANCE') ? number(fields, 'DISTANCE') : null,
		serviceTime: fields.has('SERVICE_TIME') ? number(fields, 'SERVICE_TIME') : 0,
	};
}

/**
 * Reads a solution as CVRPLIB writes it (`Route #1: 3 7 …`, `Cost 784`): stops as they are numbered there, from 1 without the depot.
 * @throws {CvrplibError} where there is no cost or a stop is no number
 */
export function parseCvrplibSolution(text: string): { routes: number[][]; cost: number } {
	const routes = [...text.matchAll(/^\s*Route\s*#?\s*\d+\s*:(.*)$/gim)].map((match) =>
		(match[1] ?? '')
			.trim()
			.split(/\s+/)
			.filter(Boolean)
			.map((word) => (/^\d+$/.test(word) ? Number(word) : fail(`${word} is no stop`))),
	);
	const cost = /^\s*Cost\s*:?\s*([\d.]+)/im.exec(text)?.[1];
	const value = Number(cost ?? fail('there is no cost'));
	if (!Number.isFinite(value)) fail('the cost is no number');
	return { routes, cost: value };
}

function fail(message: string): never {
	throw new CvrplibError(message);
}

function number(fields: Map<string, string>, name: string): number {
	const text = (fields.get(name) ?? fail(`${name} is missing`)).trim();
	const value = Number(text);
	return text !== '' && Number.isFinite(value) ? value : fail(`${name} is no number: ${text.slice(0, 40)}`);
}

function integer(fields: Map<string, string>, name: string): number {
	const value = number(fields, name);
	return Number.isInteger(value) ? value : fail(`${name} is no integer`);
}

/** `KEY : value` lines, and the numbers of each section. */
function split(text: string): { fields: Map<string, string>; sections: Map<string, number[]> } {
	const fields = new Map<string, string>();
	const sections = new Map<string, number[]>();
	let section: number[] | null = null;
	for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
		const line = raw.trim();
		if (line === '') continue;
		if (line === 'EOF') break;
		if (/^[A-Z_]+_SECTION\s*:?$/.test(line)) {
			section = [];
			const name = line.replace(/\s*:$/, '');
			if (sections.has(name)) fail(`line ${i + 1}: ${name} stands twice`);
			sections.set(name, section);
		} else if (/^[A-Za-z]/.test(line)) {
			const at = line.indexOf(':');
			if (at < 0) fail(`line ${i + 1} is neither a field nor a section: ${line.slice(0, 40)}`);
			fields.set(line.slice(0, at).trim().toUpperCase(), line.slice(at + 1).trim());
			section = null;
		} else {
			if (!section) fail(`line ${i + 1} is outside any section`);
			for (const word of line.split(/\s+/)) {
				const value = Number(word);
				if (!Number.isFinite(value)) fail(`line ${i + 1}: ${word.slice(0, 40)} is no number`);
				section?.push(value);
			}
		}
	}
	return { fields, sections };
}

function nodeIndex(value: number, dimension: number, section: string): number {
	return Number.isInteger(value) && value >= 1 && value <= dimension
		? value - 1
		: fail(`${section}: there is no node ${value}`);
}

function readCoordinates(values: readonly number[], dimension: number): [number, number][] {
	if (values.length !== 3 * dimension)
		fail(`NODE_COORD_SECTION does not have ${dimension} rows of three figures`);
	const points: ([number, number] | undefined)[] = new Array(dimension);
	for (let i = 0; i < values.length; i += 3) {
		const node = nodeIndex(values[i] as number, dimension, 'NODE_COORD_SECTION');
		if (points[node]) fail(`node ${node + 1} has two coordinates`);
		points[node] = [values[i + 1] as number, values[i + 2] as number];
	}
	return points as [number, number][];
}

/** Degrees and minutes written DDD.MM, as radians, with the π of TSPLIB. */
const geographic = (value: number) => {
	const degrees = Math.trunc(value);
	// biome-ignore lint/suspicious/noApproximativeNumericConstant: distances of TSPLIB are defined with this one.
	return (3.141592 * (degrees + (5 * (value - degrees)) / 3)) / 180;
};

const metrics: Record<string, (a: readonly [number, number], b: readonly [number, number]) => number> = {
	EUC_2D: (a, b) => Math.floor(Math.hypot(a[0] - b[0], a[1] - b[1]) + 0.5),
	CEIL_2D: (a, b) => Math.ceil(Math.hypot(a[0] - b[0], a[1] - b[1])),
	FLOOR_2D: (a, b) => Math.floor(Math.hypot(a[0] - b[0], a[1] - b[1])),
	MAN_2D: (a, b) => Math.floor(Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + 0.5),
	MAX_2D: (a, b) =>
		Math.max(Math.floor(Math.abs(a[0] - b[0]) + 0.5), Math.floor(Math.abs(a[1] - b[1]) + 0.5)),
	ATT: (a, b) => {
		const exact = Math.sqrt(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) / 10);
		const rounded = Math.floor(exact + 0.5);
		return rounded < exact ? rounded + 1 : rounded;
	},
	GEO: (a, b) => {
		const [lat1, lon1, lat2, lon2] = [...a, ...b].map(geographic) as [number, number, number, number];
		const q1 = Math.cos(lon1 - lon2);
		const q2 = Math.cos(lat1 - lat2);
		const q3 = Math.cos(lat1 + lat2);
		return Math.floor(6378.388 * Math.acos(Math.min(1, 0.5 * ((1 + q1) * q2 - (1 - q1) * q3))) + 1);
	},
};

function measured(type: string, points: readonly [number, number][]): Float64Array {
	const metric = metrics[type] ?? fail(`EDGE_WEIGHT_TYPE ${type} is not known`);
	const size = points.length;
	const distances = new Float64Array(size * size);
	points.forEach((a, i) => {
		for (let j = 0; j < i; j++) {
			const distance = metric(a, points[j] as [number, number]);
			distances[i * size + j] = distance;
			distances[j * size + i] = distance;
		}
	});
	return distances;
}

/** Cells that a format lists, in its order; those of a triangle stand for both directions. */
function* cells(format: string, size: number): Generator<[number, number]> {
	const isUpper = format.startsWith('UPPER');
	const isRow = format.endsWith('ROW');
	const diagonal = format.includes('DIAG') ? 0 : 1;
	// A triangle by columns lists what the other one lists by rows.
	const rowsBeginAtDiagonal = isUpper === isRow;
	for (let i = 0; i < size; i++) {
		if (rowsBeginAtDiagonal) for (let j = i + diagonal; j < size; j++) yield [i, j];
		else for (let j = 0; j <= i - diagonal; j++) yield [i, j];
	}
}

function explicit(values: readonly number[], format: string, size: number): Float64Array {
	const distances = new Float64Array(size * size);
	const bad = values.findIndex((value) => value < 0);
	if (bad >= 0) fail(`EDGE_WEIGHT_SECTION has a negative figure: ${values[bad]}`);
	if (format === 'FULL_MATRIX') {
		if (values.length !== size * size) fail(`EDGE_WEIGHT_SECTION does not have ${size} × ${size} figures`);
		distances.set(values);
		for (let i = 0; i < size; i++) distances[i * size + i] = 0;
		return distances;
	}
	if (!/^(UPPER|LOWER)_(DIAG_)?(ROW|COL)$/.test(format)) fail(`EDGE_WEIGHT_FORMAT ${format} is not known`);
	let read = 0;
	for (const [i, j] of cells(format, size)) {
		const value = values[read++];
		if (value === undefined) fail('EDGE_WEIGHT_SECTION is cut short');
		if (i === j) continue;
		distances[i * size + j] = value as number;
		distances[j * size + i] = value as number;
	}
	if (read !== values.length) fail(`EDGE_WEIGHT_SECTION has ${values.length} figures, not ${read}`);
	return distances;
}
