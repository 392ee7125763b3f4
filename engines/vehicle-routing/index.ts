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
