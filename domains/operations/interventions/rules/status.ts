import type { InterventionStatus, ReportStatus } from '../face.ts';

export const statuses = [
	'new',
	'planned',
	'in_progress',
	'waiting',
	'could_not',
	'done',
	'cancelled',
] as const satisfies readonly InterventionStatus[];

export const closedStatuses: readonly InterventionStatus[] = ['done', 'could_not', 'cancelled'];

export const priorities = ['urgent', 'high', 'normal', 'low'] as const;

export function isClosed(status: InterventionStatus): boolean {
	return closedStatuses.includes(status);
}

/** Whether somebody has to say why. */
export function needsReason(status: InterventionStatus): boolean {
	return status === 'waiting' || status === 'could_not' || status === 'cancelled';
}

/** What residents are told: what could not be done yet is still on the town's list until somebody decides. */
export function reportStatusOf(
	status: InterventionStatus,
): Extract<ReportStatus, 'received' | 'planned' | 'fixed' | 'refused'> {
	if (status === 'new') return 'received';
	if (status === 'done') return 'fixed';
	if (status === 'cancelled') return 'refused';
	return 'planned';
}
