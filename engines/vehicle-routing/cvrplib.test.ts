import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CvrplibError, parseCvrplib, parseCvrplibSolution, problemOf, solve } from './index.ts';

/** A-n32-k5 of Augerat et al. (1995); its optimum is 784. */
const points =
	'82 76 96 44 50 5 49 8 13 7 29 89 58 30 84 39 14 24 2 39 3 82 5 10 98 52 84 25 61 59 1 65 88 51 91 2 19 32 93 3 50 93 98 14 5 42 42 9 61 62 9 97 80 55 57 69 23 15 20 70 85 60 98 5';
const demands = [
	0, 19, 21, 6, 19, 7, 12, 16, 6, 16, 8, 14, 21, 16, 3, 22, 18, 19, 1, 24, 8, 12, 4, 8, 24, 24, 2, 20, 15, 2,
	14, 9,
];
const coordinates = points.split(' ');
const augerat = `NAME : A-n32-k5
COMMENT : (Augerat et al, No of trucks: 5, Optimal value: 784)
TYPE : CVRP
DIMENSION : 32
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 100
NODE_COORD_SECTION
${demands.map((_, i) => ` ${i + 1} ${coordinates[2 * i]} ${coordinates[2 * i + 1]}`).join('\n')}
DEMAND_SECTION
${demands.map((demand, i) => `${i + 1} ${demand}`).join('\n')}
DEPOT_SECTION
 1
 -1
EOF
`;

test('A-n32-k5 is solved to its optimum', () => {
	const instance = parseCvrplib(augerat);
	expect(instance).toMatchObject({ name: 'A-n32-k5', dimension: 32, capacity: 100, depot: 0 });
	const outcome = solve(problemOf(instance), { iterations: 40_000 });
	if (!outcome.ok) throw new Error('no plan');
	expect(outcome.solution.cost).toBe(784);
	expect(outcome.solution.routes).toHaveLength(5);
});

const explicit = (format: string, figures: string) =>
	parseCvrplib(`NAME: x
TYPE: TSP
DIMENSION: 3
EDGE_WEIGHT_TYPE: EXPLICIT
EDGE_WEIGHT_FORMAT: ${format}
EDGE_WEIGHT_SECTION
${figures}
EOF`).distances;

describe('formats', () => {
	test('matrices in every order', () => {
		const full = [0, 1, 2, 1, 0, 3, 2, 3, 0];
		for (const [format, figures] of [
			['FULL_MATRIX', '0 1 2\n1 0 3\n2 3 0'],
			['UPPER_ROW', '1 2 3'],
			['LOWER_ROW', '1\n2 3'],
			['UPPER_DIAG_ROW', '0 1 2 0 3 0'],
			['LOWER_DIAG_ROW', '0 1 0 2 3 0'],
			['UPPER_COL', '1 2 3'],
			['LOWER_COL', '1 2 3'],
			['UPPER_DIAG_COL', '0 1 0 2 3 0'],
			['LOWER_DIAG_COL', '0 1 2 0 3 0'],
		] as const)
			expect([...explicit(format, figures)], format).toEqual(full);
		expect([...explicit('FULL_MATRIX', '0 1 2 4 0 3 5 6 0')]).toEqual([0, 1, 2, 4, 0, 3, 5, 6, 0]);
	});

	test('distances by coordinates', () => {
		const distance = (type: string, a: string, b: string) =>
			parseCvrplib(
				`TYPE : TSP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : ${type}\nNODE_COORD_SECTION\n1 ${a}\n2 ${b}\nEOF`,
			).distances[1];
		expect(distance('EUC_2D', '0 0', '1 1')).toBe(1);
		expect(distance('EUC_2D', '0 0', '1 2.3')).toBe(3);
		expect(distance('CEIL_2D', '0 0', '1 1')).toBe(2);
		expect(distance('FLOOR_2D', '0 0', '1 2.9')).toBe(3);
		expect(distance('MAN_2D', '0 0', '1 2.4')).toBe(3);
		expect(distance('MAX_2D', '0 0', '1 2.4')).toBe(2);
		expect(distance('ATT', '0 0', '10 0')).toBe(4);
		// The first two cities of ulysses16, whose matrix is published.
		expect(distance('GEO', '38.24 20.42', '39.57 26.15')).toBe(509);
	});

	test('what makes no sense is named', () => {
		const without =
			(text: string, by = '') =>
			() =>
				parseCvrplib(augerat.replace(text, by));
		expect(without('CAPACITY : 100')).toThrow('CAPACITY is missing');
		expect(without('DIMENSION : 32', 'DIMENSION : 33')).toThrow('does not have 33 rows');
		expect(without('DIMENSION : 32', 'DIMENSION : 1e9')).toThrow('DIMENSION');
		expect(without('EUC_2D', 'EUC_9D')).toThrow('EUC_9D is not known');
		expect(without('2 19\n', '2 -19\n')).toThrow('negative');
		expect(without('2 19\n', '1 19\n')).toThrow('two demands');
		expect(without(' 2 96 44', ' 2 96 x')).toThrow('line 9: x is no number');
		expect(without('DEPOT_SECTION\n 1', 'DEPOT_SECTION\n 99')).toThrow('there is no node 99');
		expect(() => explicit('LOWER_ROW', '1 2')).toThrow('cut short');
		expect(() => parseCvrplib('')).toThrow(CvrplibError);
		expect(parseCvrplibSolution('Route #1: 1 2\nRoute #2: 3\nCost 12.5')).toEqual({
			routes: [[1, 2], [3]],
			cost: 12.5,
		});
		expect(() => parseCvrplibSolution('Route #1: 1 b\nCost 3')).toThrow('b is no stop');
	});

	test('any text is read or refused, and what is read can be solved or refused', () => {
		const mutated = fc
			.tuple(
				fc.nat(augerat.length),
				fc.nat(30),
				fc.oneof(fc.string(), fc.constantFrom('-1', '1e400', '\n', '0', 'EOF')),
			)
			.map(([at, length, text]) => augerat.slice(0, at) + text + augerat.slice(at + length));
		fc.assert(
			fc.property(fc.oneof(mutated, fc.string()), (text) => {
				try {
					solve(problemOf(parseCvrplib(text)), { iterations: 1 });
				} catch (error) {
					expect(error).toBeInstanceOf(CvrplibError);
				}
			}),
			{ numRuns: 400 },
		);
	});
});
