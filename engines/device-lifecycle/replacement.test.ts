import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	bestChain,
	bestReplacement,
	failureProbability,
	type Held,
	type Running,
	replacementMonths,
	type Successor,
} from './index.ts';

const running: fc.Arbitrary<Running> = fc.record({
	failures: fc.record({
		years: fc.double({ min: 1, max: 15, noNaN: true }),
		shape: fc.double({ min: 1, max: 4, noNaN: true }),
	}),
	perMonth: fc.double({ min: 0, max: 50, noNaN: true }),
	perFailure: fc.double({ min: 0, max: 500, noNaN: true }),
	perRepair: fc.double({ min: 0, max: 500, noNaN: true }),
	beyondRepair: fc.double({ min: 0.01, max: 1, noNaN: true }),
});
const successors: fc.Arbitrary<Successor> = fc.record({
	running,
	upfront: fc.double({ min: 1, max: 3000, noNaN: true }),
	startAge: fc.integer({ min: 0, max: 48 }),
	least: fc.integer({ min: 0, max: 60 }),
	most: fc.integer({ min: 1, max: 120 }),
});
const held: fc.Arbitrary<Held> = fc.record({
	running,
	age: fc.integer({ min: 0, max: 120 }),
	earliest: fc.integer({ min: 0, max: 60 }),
	latest: fc.integer({ min: 0, max: 120 }),
});

/** Least cost over very many months, by asking each month anew whether to keep: dynamic programming, another way to the same. */
function byProgramming(device: Held, successor: Successor, discount: number): number {
	const most = Math.max(1, successor.most);
	const least = Math.min(Math.max(1, successor.least), most);
	let fresh = 0;
	let ages = new Float64Array(most + 1);
	const month = ({ failures, perMonth, perFailure, perRepair, beyondRepair }: Running, age: number) => {
		const fails = failureProbability(age, failures);
		const dies = fails * beyondRepair;
		return { dies, cost: perMonth + fails * perFailure + (fails - dies) * perRepair };
	};
	const states = Array.from({ length: most }, (_, used) =>
		month(successor.running, successor.startAge + used),
	);
	for (let round = 0; round < 4000; round++) {
		const next = new Float64Array(most + 1);
		next[most] = fresh;
		for (let used = 0; used < most; used++) {
			const { dies, cost } = states[used] as { dies: number; cost: number };
			const keep = cost + discount * (dies * fresh + (1 - dies) * (ages[used + 1] as number));
			next[used] = used >= least ? Math.min(keep, fresh) : keep;
		}
		ages = next;
		fresh = successor.upfront + (ages[0] as number);
	}
	const latest = Math.max(0, device.latest);
	const earliest = Math.min(device.earliest, latest);
	let value = fresh;
	for (let at = latest - 1; at >= 0; at--) {
		const { dies, cost } = month(device.running, device.age + at);
		const keep = cost + discount * (dies * fresh + (1 - dies) * value);
		value = at >= earliest ? Math.min(keep, fresh) : keep;
	}
	return value;
}

describe('when to replace', () => {
	it('costs as little as asking each month anew, whatever happens', () => {
		fc.assert(
			fc.property(held, successors, (device, successor) => {
				const discount = 0.99;
				const chain = bestChain(successor, discount);
				const found = bestReplacement(device, chain, discount);
				const exact = byProgramming(device, successor, discount);
				expect(Math.abs(found.value - exact)).toBeLessThanOrEqual(1e-6 * (1 + exact));
				expect(found.value).toBeLessThanOrEqual(found.soonest + 1e-9);
				expect(found.after).toBeLessThanOrEqual(device.latest);
				expect(found.after).toBeGreaterThanOrEqual(Math.min(device.earliest, device.latest));
			}),
			{ numRuns: 60 },
		);
	});

	it('later when a new one costs more, and at once when it costs nothing', () => {
		const wearing: Running = {
			failures: { years: 6, shape: 2.5 },
			perMonth: 1,
			perFailure: 120,
			perRepair: 120,
			beyondRepair: 0.3,
		};
		const successor: Successor = { running: wearing, upfront: 900, startAge: 0, least: 0, most: 240 };
		const after = (upfront: number) =>
			bestReplacement(
				{ running: wearing, age: 48, earliest: 0, latest: 240 },
				bestChain({ ...successor, upfront }, 0.997),
				0.997,
			).after;
		expect(after(0.01)).toBe(0);
		for (const [less, more] of [
			[100, 300],
			[300, 900],
			[900, 3000],
		] as const)
			expect(after(less)).toBeLessThanOrEqual(after(more));
		expect(after(900)).toBeGreaterThan(12);
	});

	it('some month for certain', () => {
		fc.assert(
			fc.property(
				running,
				fc.nat(120),
				fc.nat(80),
				fc.integer({ min: 1, max: 60 }),
				(one, age, after, months) => {
					const sum = replacementMonths(one, age, after, months).reduce((all, value) => all + value, 0);
					expect(sum).toBeCloseTo(1, 9);
				},
			),
		);
	});
});
