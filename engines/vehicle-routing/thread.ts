import { parentPort, workerData } from 'node:worker_threads';
import type { Options, Outcome, Problem } from './problem.ts';
import { search } from './solve.ts';

/** What a thread is given. */
export interface Task {
	problem: Problem;
	options: Options;
	/** 1: come to an end. */
	stop: Int32Array;
	reports: boolean;
}

/** What it says: improvements, then the outcome. */
export type Answer = { found: { cost: number; seconds: number; iterations: number } } | { outcome: Outcome };

const { problem, options, stop, reports } = workerData as Task;
const say = (answer: Answer) => parentPort?.postMessage(answer);
const outcome = search(
	problem,
	{ ...options, onImprovement: reports ? (found) => say({ found }) : undefined },
	() => Atomics.load(stop, 0) === 1,
);
say({ outcome });
