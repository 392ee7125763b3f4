import { Worker } from 'node:worker_threads';
import type { Solved } from './solver-thread.ts';

/**
 * Solve a mixed-integer program in a thread of its own with HiGHS: the caller goes on meanwhile.
 * @param lp in the format of CPLEX
 * @param seconds at most; the best found by then is given, where there is one
 * @throws where there is no plan, or the solver fails
 */
export function solveLp(lp: string, seconds: number): Promise<Solved> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(new URL('./solver-thread.ts', import.meta.url), {
			workerData: { lp, seconds },
		});
		let solved: Solved | null = null;
		worker.on('message', (message: Solved) => {
			solved = message;
		});
		worker.on('error', reject);
		worker.on('exit', () =>
			solved ? resolve(solved) : reject(new Error('the solver ended without an answer')),
		);
	});
}
