import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { type Countable, equalShares, greedy, noLimits, parsePabulib, phragmen } from '../index.ts';
import { plainEqualShares } from '../plain-equal-shares.ts';
import { rational } from '../rational.ts';

/** `./parvis bench budget-voting`: every rule on real elections where they are at hand, and on a large one drawn from a fixed seed. */
export async function run(): Promise<void> {
	console.log(`${cpus()[0]?.model.trim()}, Node ${process.versions.node}; one core, best of three\n`);
	const folder =
		process.env.PARVIS_SHARED_DATA ?? fileURLToPath(new URL('../../../../shared/data', import.meta.url));
	const files = existsSync(`${folder}/pabulib`) ? readdirSync(`${folder}/pabulib`).sort() : [];
	if (!files.length) console.log('No real elections beside the checkout (shared/data/pabulib).');
	for (const file of files.filter((name) => name.endsWith('.pb')))
		measure(file, parsePabulib(readFileSync(`${folder}/pabulib/${file}`, 'utf8')));
	for (const [voters, projects] of [
		[25_000, 160],
		[50_000, 160],
		[100_000, 160],
	] as const)
		measure(`drawn, ${voters} voters`, draw(voters, projects));
	const small = draw(300, 20);
	const started = performance.now();
	const plain = plainEqualShares(small, rational(BigInt(small.budget), 300n));
	const plainTime = performance.now() - started;
	const { time, value } = best(() => equalShares(small, { completion: 'none' }));
	if (value.selected.join() !== plain.join()) throw new Error('the plain fractions find other projects');
	console.log(
		`\n300 voters × 20 projects, the same outcome: plain fractions ${plainTime.toFixed(0)} ms, equalShares ${time.toFixed(2)} ms`,
	);
}

function measure(name: string, election: Countable): void {
	const approvals = election.ballots.reduce((sum, { choices }) => sum + choices.length, 0);
	console.log(
		`${name}: ${election.ballots.length} voters × ${election.projects.length} projects, ${approvals} approvals, ${election.ballotType}`,
	);
	const line = (rule: string, time: number, text: string) =>
		console.log(`  ${rule.padEnd(28)}${time.toFixed(time < 10 ? 1 : 0).padStart(8)} ms   ${text}`);
	const greedily = best(() => greedy(election, { skip: true }));
	line('greedy', greedily.time, `${greedily.value.selected.length} selected`);
	for (const completion of ['none', 'add1', 'add1-exhaustive'] as const) {
		const { time, value } = best(() => equalShares(election, { completion }));
		const runs = (value.increments ?? 0) + 1;
		const work = (approvals * runs * value.rounds.length) / 1e6;
		line(
			`equal shares, ${completion}`,
			time,
			`${value.selected.length} selected, ${runs} shares tried; ${((time / work) * 1e6).toFixed(0)} ms per 10¹² (approvals × rounds)`,
		);
	}
	const phragmenTime = best(() => phragmen(election));
	line('phragmén', phragmenTime.time, `${phragmenTime.value.selected.length} selected`);
}

function best<T>(work: () => T): { time: number; value: T } {
	let time = Number.POSITIVE_INFINITY;
	let value: T | undefined;
	for (let i = 0; i < 3; i++) {
		const started = performance.now();
		value = work();
		const took = performance.now() - started;
		time = Math.min(time, took);
		if (took > 5000) break;
	}
	return { time, value: value as T };
}

/** Some ten approvals a ballot, popular projects more often, costs between 10,000 and 500,000; a fifth of it all can be paid. */
function draw(voters: number, count: number): Countable {
	let state = 12_345;
	const random = () => {
		// mulberry32
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
	const projects = Array.from({ length: count }, (_, i) => ({
		id: `p${i}`,
		cost: 10_000 + Math.floor(random() * 490_000),
	}));
	const ballots = Array.from({ length: voters }, () => {
		const chosen = new Set<string>();
		const length = 1 + Math.floor(random() * 19);
		for (let n = 0; n < length; n++) chosen.add(`p${Math.floor(random() ** 1.7 * count)}`);
		return { choices: [...chosen], points: null };
	});
	const total = projects.reduce((sum, { cost }) => sum + cost, 0);
	return {
		scale: 1,
		budget: Math.floor(total / 5),
		ballotType: 'approval',
		limits: noLimits,
		projects,
		ballots,
	};
}
