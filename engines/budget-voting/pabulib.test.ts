import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countByMeta, formatPabulib, PabulibError, parsePabulib } from './index.ts';

const shared =
	process.env.PARVIS_SHARED_DATA ?? fileURLToPath(new URL('../../../shared/data', import.meta.url));
const folder = `${shared}/pabulib`;
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.pb')) : [];

describe.skipIf(!files.length)(
	`real elections (${files.length ? folder : 'no data beside the checkout'})`,
	() => {
		test.each(files)(
			'%s reads, writes and reads the same, with the votes and scores that it states',
			(name) => {
				const election = parsePabulib(readFileSync(`${folder}/${name}`, 'utf8'));
				expect(parsePabulib(formatPabulib(election))).toEqual(election);
				const outcome = countByMeta(election);
				for (const [i, { fields }] of election.projects.entries()) {
					if (fields.votes) expect(outcome?.projects[i]?.votes).toBe(Number(fields.votes));
					if (fields.score) expect(outcome?.projects[i]?.score).toBe(Number(fields.score));
				}
				if (!election.projectColumns.includes('selected')) return;
				const official = election.projects
					.filter(({ fields }) => fields.selected === '1')
					.map(({ id }) => id);
				expect(outcome?.selected.toSorted()).toEqual(official.toSorted());
			},
		);
	},
);

const small = `META
key;value
description;Petit budget
budget;1500,50
vote_type;approval
rule;greedy
num_projects;2
num_votes;3
comment;#1: a; b
PROJECTS
project_id;cost;name;category
1;1000.5;"Un banc; deux ""arbres""
et une fontaine";place
B/2;500;Nichoirs;
VOTES
voter_id;vote;age
a;1,B/2;34
b;;
c;B/2;
`;

test('amounts with decimals, quoted cells, empty ballots and semicolons in comments', () => {
	const election = parsePabulib(`\uFEFF${small.replaceAll('\n', '\r\n')}`);
	expect(election).toMatchObject({ scale: 10, budget: 15_005, ballotType: 'approval' });
	expect(election.meta.comment).toBe('#1: a; b');
	expect(election.projects.map(({ id, cost }) => [id, cost])).toEqual([
		['1', 10_005],
		['B/2', 5000],
	]);
	expect(election.projects[0]?.fields.name).toMatch(/^Un banc; deux "arbres"\r?\net une fontaine$/);
	expect(election.ballots.map(({ choices }) => choices)).toEqual([['1', 'B/2'], [], ['B/2']]);
	expect(parsePabulib(formatPabulib(election))).toEqual(election);
});

test('knapsack is approval with a limit on the sum of costs', () => {
	const election = parsePabulib(small.replace('rule;greedy', 'rule;greedy\nmax_sum_cost;1500.5'));
	expect(election.ballotType).toBe('knapsack');
	expect(election.limits.maxSumCost).toBe(15_005);
});

describe('what makes no sense is refused with its line', () => {
	test.each<[string, (text: string) => string, number]>([
		['another section first', (text) => text.replace('META\n', ''), 1],
		['sections in another order', (text) => text.replace('PROJECTS', 'VOTES'), 10],
		['no VOTES', (text) => text.slice(0, text.indexOf('VOTES')), 15],
		['a quotation mark never closed', (text) => text.replace('une fontaine"', 'une fontaine'), 12],
		['a cost that is no amount', (text) => text.replace('B/2;500', 'B/2;cinq'), 14],
		['a cost below zero', (text) => text.replace('B/2;500', 'B/2;-500'), 14],
		['a project twice', (text) => text.replace('B/2;500', '1;500'), 14],
		['a row cut short', (text) => text.replace('B/2;500;Nichoirs;', 'B/2;500'), 14],
		['a project that is none', (text) => text.replace('c;B/2;', 'c;B/3;'), 19],
		['a project twice in a ballot', (text) => text.replace('c;B/2;', 'c;B/2,B/2;'), 19],
		['a voter twice', (text) => text.replace('c;B/2;', 'a;B/2;'), 19],
		['a file cut off', (text) => text.replace('c;B/2;\n', ''), 18],
		['an unknown kind of ballot', (text) => text.replace('approval', 'majority'), 5],
		['no budget', (text) => text.replace('budget;1500,50\n', ''), 1],
		['a key twice', (text) => text.replace('rule;greedy', 'budget;3'), 6],
		['a column twice', (text) => text.replace('name;category', 'name;name'), 11],
		['no column for the vote', (text) => text.replace('voter_id;vote;age', 'voter_id;votes;age'), 16],
		['points missing', (text) => text.replace('approval', 'cumulative'), 16],
	])('%s', (_what, spoil, line) => {
		const spoilt = spoil(small);
		expect(spoilt).not.toBe(small);
		let caught: unknown;
		try {
			parsePabulib(spoilt);
		} catch (error) {
			caught = error;
		}
		expect(caught).toBeInstanceOf(PabulibError);
		expect((caught as PabulibError).line).toBe(line);
	});

	test('whatever is cut off or put in, it is an election or a PabulibError', () => {
		fc.assert(
			fc.property(fc.nat(small.length), fc.string(), fc.nat(40), (at, put, cut) => {
				try {
					const read = parsePabulib(small.slice(0, at) + put + small.slice(at + cut));
					expect(parsePabulib(formatPabulib(read))).toEqual(read);
				} catch (error) {
					if (!(error instanceof PabulibError)) throw error;
				}
			}),
			{ numRuns: 2000 },
		);
	});
});
