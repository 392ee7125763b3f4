import { Worker } from 'node:worker_threads';
import type { Line, Outlook, OutlookOptions } from './rules/outlook.ts';
import type { Solved } from './solver-thread.ts';

/**
 * Solve a mixed-integer program in a thread of its own with HiGHS: the caller goes on meanwhile.
 * @param lp in the format of CPLEX
 * @param seconds at most; the best found by then is given, where there is one
 * @throws where there is no plan, or the solver fails
 */
export const solveLp = (lp: string, seconds: number): Promise<Solved> =>
	inThread(new URL('./solver-thread.ts', import.meta.url), { lp, seconds });

/** `outlooks` in a thread of its own. */
export const outlooksInThread = (
	plans: readonly (readonly Line[])[],
	options: OutlookOptions,
): Promise<{ outlooks: Outlook[]; differences: Outlook[] }> =>
	inThread(new URL('./outlook-thread.ts', import.meta.url), { plans, options });

function inThread<Answer>(file: URL, workerData: unknown): Promise<Answer> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(file, { workerData });
		let answer: { value: Answer } | null = null;
		worker.on('message', (value: Answer) => {
			answer = { value };
		});
		worker.on('error', reject);
		worker.on('exit', () =>
			answer ? resolve(answer.value) : reject(new Error('the thread ended without an answer')),
		);
	});
}
