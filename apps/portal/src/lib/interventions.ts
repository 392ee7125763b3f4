import type { InterventionStatus, Priority, ReportStatus } from '@parvis/operations';
import type { IconName } from './components/Icon.svelte';

type Tone = 'plain' | 'info' | 'good' | 'warn' | 'bad';

const reportTones: Record<ReportStatus, Tone> = {
	held: 'warn',
	received: 'info',
	planned: 'info',
	fixed: 'good',
	refused: 'plain',
	spam: 'bad',
};
export const reportTone = (status: ReportStatus): Tone => reportTones[status];

const statusTones: Record<InterventionStatus, Tone> = {
	new: 'info',
	planned: 'info',
	in_progress: 'warn',
	waiting: 'warn',
	could_not: 'bad',
	done: 'good',
	cancelled: 'plain',
};
export const statusTone = (status: InterventionStatus): Tone => statusTones[status];

const priorityTones: Record<Priority, Tone> = { urgent: 'bad', high: 'warn', normal: 'plain', low: 'plain' };
export const priorityTone = (priority: Priority): Tone => priorityTones[priority];

export const statusNames = [
	'new',
	'planned',
	'in_progress',
	'waiting',
	'could_not',
	'done',
	'cancelled',
] as const satisfies readonly InterventionStatus[];
export const priorityNames = ['urgent', 'high', 'normal', 'low'] as const satisfies readonly Priority[];
export const categoryIcons = ['broom', 'cone', 'lamp', 'tree', 'drop', 'building', 'other'] as const;

/** The drawing of a category; a dot for one that is not known here. */
export function categoryIcon(name: string): IconName {
	return (categoryIcons as readonly string[]).includes(name) && name !== 'other' ? (name as IconName) : 'dot';
}
