export { check } from './check.ts';
export { CvrplibError, type CvrplibInstance, parseCvrplib, parseCvrplibSolution } from './cvrplib.ts';
export { problemOf } from './instance.ts';
export { solveInThread, solveParallel, type ThreadOptions } from './parallel.ts';
export type {
	Break,
	Facility,
	Infeasibility,
	Options,
	Outcome,
	Problem,
	Route,
	Solution,
	Stop,
	TimeWindow,
	Vehicle,
	Visit,
} from './problem.ts';
export { solve } from './solve.ts';
