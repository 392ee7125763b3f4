export interface Page<T> {
	items: T[];
	/** How many match in all. */
	total: number;
	/** From 1. */
	page: number;
	pageSize: number;
}

export type Priority = 'urgent' | 'high' | 'normal' | 'low';

export type InterventionStatus =
	| 'new'
	| 'planned'
	| 'in_progress'
	| 'waiting'
	| 'done'
	| 'could_not'
	| 'cancelled';

export type SourceKind =
	| 'alarm'
	| 'report'
	| 'round'
	| 'inspection'
	| 'maintenance'
	| 'agent'
	| 'lighting'
	| 'api';
