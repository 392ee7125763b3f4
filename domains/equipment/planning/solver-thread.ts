import { parentPort, workerData } from 'node:worker_threads';
import loadHighs from 'highs';

/** Values of the columns that are not 0. */
export interface Solved {
	/** No better one exists; else the best found in time. */
	optimal: boolean;
	objective: number;
	columns: Record<string, number>;
}

/** What is used of HiGHS; its package's types are those of its CommonJS face alone. */
interface Solver {
	solve(
		lp: string,
		options: Record<string, unknown>,
	): { Status: string; ObjectiveValue: number; Columns: Record<string, { Primal?: number }> };
}

const { lp, seconds } = workerData as { lp: string; seconds: number };
const highs = await (loadHighs as unknown as () => Promise<Solver>)();
const result = highs.solve(lp, { output_flag: false, time_limit: seconds, mip_rel_gap: 0 });
const columns = Object.entries(result.Columns).flatMap(([name, column]): [string, number][] => {
	const value = column.Primal ?? 0;
	return value ? [[name, value]] : [];
});
if (result.Status !== 'Optimal' && !columns.length) throw new Error(`no plan: ${result.Status}`);
parentPort?.postMessage({
	optimal: result.Status === 'Optimal',
	objective: result.ObjectiveValue,
	columns: Object.fromEntries(columns),
} satisfies Solved);
