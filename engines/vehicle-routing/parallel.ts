import { Worker } from 'node:worker_threads';
import type { Options, Outcome, Problem } from './problem.ts';
import type { Answer, Task } from './thread.ts';

/** Options that may cross to a thread. */
export type ThreadOptions = Omit<Options, 'clock'>;

/** {@link solve} in a thread of its own: the caller goes on meanwhile. Rejects only where `solve` would throw. */
export function solveInThread(problem: Problem, options: ThreadOptions = {}): Promise<Outcome> {
	return solveParallel(problem, { ...options, workers: 1 });
}

/**
 * Several searches at once, with the seeds from `seed` on, one a thread; the best plan of all.
 * @param options.workers how many threads; 2 unless told
 */
export async function solveParallel(
	problem: Problem,
	{ workers = 2, signal, onImprovement, ...options }: ThreadOptions & { workers?: number | undefined } = {},
): Promise<Outcome> {
	const stop = new Int32Array(new SharedArrayBuffer(4));
	const halt = () => {
		stop[0] = 1;
	};
	signal?.addEventListener('abort', halt, { once: true });
	if (signal?.aborted) halt();
	const shared: Problem = { ...problem, meters: share(problem.meters), seconds: share(problem.seconds) };
	let best = Number.POSITIVE_INFINITY;
	const report: Options['onImprovement'] = (found) => {
		if (found.cost >= best) return;
		best = found.cost;
		onImprovement?.(found);
	};
	const seed = options.seed ?? 1;
	const tasks = Array.from(
		{ length: Math.max(1, Math.floor(workers)) },
		(_, i): Task => ({
			problem: shared,
			options: { ...options, seed: seed + i },
			stop,
			reports: onImprovement !== undefined,
		}),
	);
	try {
		const outcomes = await Promise.all(tasks.map((task) => runThread(task, report, halt)));
		return outcomes.reduce((one, other) => (isBetter(other, one, options.fewestVehicles) ? other : one));
	} finally {
		signal?.removeEventListener('abort', halt);
	}
}

function isBetter(one: Outcome, other: Outcome, fewestVehicles: boolean | undefined): boolean {
	if (!one.ok || !other.ok) return one.ok;
	const routes = fewestVehicles ? one.solution.routes.length - other.solution.routes.length : 0;
	return routes < 0 || (routes === 0 && one.solution.cost < other.solution.cost);
}

function runThread(
	task: Task,
	report: NonNullable<Options['onImprovement']>,
	halt: () => void,
): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./thread.ts', import.meta.url), { workerData: task });
		let outcome: Outcome | null = null;
		worker.on('message', (answer: Answer) => {
			if ('found' in answer) report(answer.found);
			else outcome = answer.outcome;
		});
		worker.on('error', (error) => {
			// The others need not go on for an answer that nobody will get.
			halt();
			reject(error);
		});
		worker.on('exit', () =>
			outcome ? resolve(outcome) : reject(new Error('the search ended without an answer')),
		);
	});
}

/** One copy for all threads; what is no matrix is left for `solve` to refuse. */
function share(matrix: ArrayLike<number>): ArrayLike<number> {
	if (!(matrix?.length > 0)) return matrix;
	const copy = new Float64Array(new SharedArrayBuffer(matrix.length * 8));
	copy.set(matrix);
	return copy;
}
