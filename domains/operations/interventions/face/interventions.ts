import type { Words } from '@parvis/footprint';
import type { Actor, AnyTransaction, Result } from '@parvis/platform';
import type { InterventionStatus, Page, Priority, SourceKind } from './common.ts';
import type { DayPlanning } from './planning.ts';
import type { AlarmMappings, RecurringWork } from './recurring.ts';
import type { Report, Reports } from './reports.ts';
import type { Agents, Categories, CategorySummary, Services } from './settings.ts';

export interface ChecklistItem {
	id: string;
	label: string;
	checkedAt: string | null;
	/** Person id. */
	checkedBy: string | null;
}

export interface InterventionSummary {
	id: string;
	/** `I-2026-0042`. */
	number: string;
	title: string;
	category: CategorySummary;
	service: { id: string; code: string; name: Words };
	priority: Priority;
	status: InterventionStatus;
	dueAt: Date;
	overdue: boolean;
	/** Day in the town. */
	plannedOn: string | null;
	plannedFrom: Date | null;
	plannedTo: Date | null;
	/** Its turn in the day of the first assignee, from 1. */
	plannedTurn: number | null;
	pinned: boolean;
	durationMinutes: number;
	/** The first leads: it stands in that day. */
	assignees: { id: string; name: string }[];
	placeId: string | null;
	address: string | null;
	longitude: number;
	latitude: number;
	reportCount: number;
	source: { kind: SourceKind; key: string };
	/** Grows with each change. */
	version: number;
	createdAt: Date;
	updatedAt: Date;
	closedAt: Date | null;
	/** Path of its page in the office. */
	url: string;
}

export interface Photo {
	id: string;
	width: number;
	height: number;
	public: boolean;
	createdAt: Date;
	url: string;
}

export interface Intervention extends InterventionSummary {
	description: string;
	skills: string[];
	place: { slug: string; name: string } | null;
	checklist: ChecklistItem[];
	materials: { id: string; name: string; quantity: number; unit: string; by: string; usedAt: Date }[];
	/** Without who is still at work. */
	timeSpentMinutes: number;
	working: { id: string; name: string; since: Date }[];
	photos: Photo[];
	reports: Report[];
	/** Why it waits, could not be done or was cancelled. */
	reason: string | null;
	/** What those who reported it are told at the end. */
	publicAnswer: string | null;
}

export interface FieldChange {
	field: string;
	before: unknown;
	after: unknown;
}

export interface InterventionEvent {
	id: string;
	version: number;
	/** `opened`, `changed`, `start`, `pause`, `check`, `material`, `note`, `photo`, `done`, `could_not`, `report`, `alarm_cleared`. */
	kind: string;
	/** Name of who did it. */
	by: string;
	byId: string | null;
	at: Date;
	recordedAt: Date;
	device: string | null;
	changes: FieldChange[];
	note: string | null;
	/** Came in after somebody else had closed it: kept, and nothing else was changed by it. */
	late: boolean;
}

/** What somebody else did since the version that was seen. */
export interface Since {
	/** Who was first. */
	by: string;
	at: Date;
	/** All of it, field by field: the value that was seen, and the one there is now. */
	changes: FieldChange[];
}

export interface OpenInput {
	/** Opened once for each. */
	source: { kind: SourceKind; key: string };
	title: string;
	description?: string | undefined;
	/** Id or code. */
	category: string;
	placeId?: string | null | undefined;
	/** Needed unless a place says where. */
	longitude?: number | undefined;
	latitude?: number | undefined;
	address?: string | null | undefined;
	priority?: Priority | undefined;
	dueAt?: Date | undefined;
	plannedOn?: string | null | undefined;
	durationMinutes?: number | undefined;
	assigneeIds?: readonly string[] | undefined;
	/** Instead of the category's. */
	checklist?: readonly string[] | undefined;
}

export interface ChangeInput {
	title?: string | undefined;
	description?: string | undefined;
	categoryId?: string | undefined;
	priority?: Priority | undefined;
	status?: InterventionStatus | undefined;
	dueAt?: Date | undefined;
	plannedOn?: string | null | undefined;
	durationMinutes?: number | undefined;
	assigneeIds?: readonly string[] | undefined;
	placeId?: string | null | undefined;
	address?: string | null | undefined;
	longitude?: number | undefined;
	latitude?: number | undefined;
	pinned?: boolean | undefined;
	reason?: string | null | undefined;
	publicAnswer?: string | null | undefined;
}

export type Changed =
	/** `since`: what somebody else had changed meanwhile, elsewhere; both are kept. */
	| { saved: true; intervention: Intervention; since: Since | null }
	/** Both changed the same: nothing was written. `mine` are the fields that differ from what is there now. */
	| { saved: false; intervention: Intervention; since: Since; mine: FieldChange[]; clashes: string[] };

export type ActionKind = 'start' | 'pause' | 'check' | 'material' | 'note' | 'photo' | 'done' | 'could_not';

/** What an agent did, as a telephone tells it, perhaps long after. */
export interface ActionInput {
	/** UUID made on the telephone: the same action sent twice is done once. */
	id: string;
	interventionId: string;
	kind: ActionKind;
	/** By the clock of the telephone; none later than now. */
	at: Date | string;
	/** Of the intervention as the telephone saw it. */
	version?: number | undefined;
	/** Which telephone. */
	device?: string | undefined;
	/** `pause`, `could_not`: why. */
	reason?: string | undefined;
	/** `note`: text; `done`: what those who reported it are told. */
	text?: string | undefined;
	/** `check`: of the checklist. */
	itemId?: string | undefined;
	checked?: boolean | undefined;
	/** `material`. */
	name?: string | undefined;
	quantity?: number | undefined;
	unit?: string | undefined;
	/** `done`, `could_not`: worked minutes, where no start was told. */
	minutes?: number | undefined;
	/** Kept before by `photos.keep` for this intervention. */
	photoIds?: readonly string[] | undefined;
	/** `done`: those who reported it are shown these photos. */
	showPhotos?: boolean | undefined;
}

export interface ActionOutcome {
	/** False: it came too late, is kept in the history and changed nothing else. */
	applied: boolean;
	/** The same action had come before. */
	repeated: boolean;
	intervention: Intervention;
	/** What somebody else did since the version that the telephone saw. */
	since: Since | null;
}

export interface InterventionFilter {
	status?: readonly InterventionStatus[] | undefined;
	/** Not closed. */
	open?: boolean | undefined;
	overdue?: boolean | undefined;
	serviceId?: string | undefined;
	categoryId?: string | undefined;
	priority?: Priority | undefined;
	/** Person id; `none`: nobody's. */
	assigneeId?: string | undefined;
	plannedOn?: string | undefined;
	sourceKind?: string | undefined;
	placeId?: string | undefined;
	/** Number, or words of title, text and address. */
	text?: string | undefined;
	near?: { longitude: number; latitude: number; withinMeters: number } | undefined;
	changedSince?: Date | undefined;
	sort?: 'due' | 'recent' | 'changed' | undefined;
	page?: number | undefined;
	/** 50 unless told, 500 at most. */
	pageSize?: number | undefined;
}

export interface Interventions {
	services: Services;
	categories: Categories;
	agents: Agents;
	reports: Reports;
	recurring: RecurringWork;
	alarmMappings: AlarmMappings;
	dayPlan: DayPlanning;
	/** Idempotent by source: the second time answers what the first one opened. */
	open(actor: Actor, input: OpenInput): Promise<Result<Intervention>>;
	/** The same within the caller's transaction. */
	openIn(
		trx: AnyTransaction,
		actor: Actor,
		input: OpenInput,
	): Promise<Result<{ id: string; number: string; opened: boolean }>>;
	list(actor: Actor, filter?: InterventionFilter): Promise<Result<Page<InterventionSummary>>>;
	/** The same as CSV with a header, newest first, at most 10,000. */
	csv(actor: Actor, filter?: InterventionFilter): Promise<Result<string>>;
	counts(actor: Actor): Promise<Result<Record<InterventionStatus | 'overdue' | 'unassigned', number>>>;
	/** By id or number. */
	get(actor: Actor, reference: string): Promise<Result<Intervention>>;
	/** Newest first. */
	history(actor: Actor, id: string): Promise<Result<InterventionEvent[]>>;
	/** @param version of the intervention as it was seen; null: whatever it is now */
	change(
		actor: Actor,
		id: string,
		version: number | null,
		input: ChangeInput,
		device?: string,
	): Promise<Result<Changed>>;
	act(actor: Actor, action: ActionInput): Promise<Result<ActionOutcome>>;
	/** What the actor has to do on a day, in order; with what is overdue and not planned. */
	mine(actor: Actor, day: string): Promise<Result<Intervention[]>>;
}
