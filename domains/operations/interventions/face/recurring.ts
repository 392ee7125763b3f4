import type { Actor, Result } from '@parvis/platform';
import type { Priority } from './common.ts';
import type { CategorySummary } from './settings.ts';

export interface Target {
	/** Stays the same as long as the target is the same. */
	key: string;
	label: string;
	placeId: string | null;
	longitude: number;
	latitude: number;
}

export interface RecurrenceRule {
	every: number;
	unit: 'day' | 'week' | 'month' | 'year';
	startsOn: string;
	endsOn: string | null;
}

export interface Recurring extends RecurrenceRule {
	id: string;
	kind: 'maintenance' | 'inspection';
	title: string;
	description: string;
	category: CategorySummary;
	checklist: string[];
	assigneeIds: string[];
	leadDays: number;
	targets: Target[];
	paused: boolean;
	/** Its next days. */
	next: string[];
	version: number;
}

export interface RecurringInput extends RecurrenceRule {
	kind: 'maintenance' | 'inspection';
	title: string;
	description?: string | undefined;
	categoryId: string;
	checklist?: readonly string[] | undefined;
	assigneeIds?: readonly string[] | undefined;
	leadDays: number;
	targets: readonly {
		label?: string | undefined;
		placeId?: string | null | undefined;
		longitude?: number | undefined;
		latitude?: number | undefined;
	}[];
	paused?: boolean | undefined;
}

export interface RecurringWork {
	list(actor: Actor): Promise<Result<Recurring[]>>;
	get(actor: Actor, id: string): Promise<Result<Recurring>>;
	save(actor: Actor, input: RecurringInput, id?: string): Promise<Result<Recurring>>;
	/** Make what is due by now; each occurrence once, whoever asks and how often. @returns how many were opened */
	makeDue(): Promise<number>;
}

export interface AlarmMappings {
	list(actor: Actor): Promise<
		Result<
			{
				ruleId: string;
				ruleName: string;
				severity: string;
				category: CategorySummary | null;
				priority: Priority | null;
			}[]
		>
	>;
	/** @param categoryId null: its alarms open nothing */
	save(
		actor: Actor,
		ruleId: string,
		categoryId: string | null,
		priority: Priority | null,
	): Promise<Result<null>>;
}
