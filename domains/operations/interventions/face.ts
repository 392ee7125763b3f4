/** The shapes that pages, API and the room's other parts see. Instants are UTC; days are the town's, `2026-11-24`. */
import type { Readable } from 'node:stream';
import type { Words } from '@parvis/footprint';
import type { Actor, AnyTransaction, Locale, Result } from '@parvis/platform';

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

export interface Service {
	id: string;
	code: string;
	name: Words;
	archived: boolean;
}

export interface CategorySummary {
	id: string;
	code: string;
	name: Words;
	/** Name of a drawing, see `Icon` of the portal. */
	icon: string;
}

export interface Category extends CategorySummary {
	parentId: string | null;
	service: Service;
	priority: Priority;
	dueHours: number;
	durationMinutes: number;
	/** Residents may report it. */
	public: boolean;
	checklist: string[];
	skills: string[];
	position: number;
	archived: boolean;
}

export interface CategoryInput {
	code: string;
	nameFr: string;
	nameEn: string;
	parentId?: string | null | undefined;
	serviceId: string;
	icon?: string | undefined;
	priority: Priority;
	dueHours: number;
	durationMinutes: number;
	public: boolean;
	checklist?: readonly string[] | undefined;
	skills?: readonly string[] | undefined;
	archived?: boolean | undefined;
}

export interface Services {
	list(options?: { archived?: boolean }): Promise<Service[]>;
	/** Create, or change the one of this code. */
	save(
		actor: Actor,
		input: { code: string; nameFr: string; nameEn: string; archived?: boolean | undefined },
	): Promise<Result<Service>>;
}

export interface Categories {
	/** In their order, parents before their children. */
	list(options?: { archived?: boolean }): Promise<Category[]>;
	/** By id or code; null when there is none. */
	get(reference: string): Promise<Category | null>;
	/** What residents choose from, as a tree of two levels. */
	publicTree(): Promise<(Category & { children: Category[] })[]>;
	/** What residents and reporting applications may report, in one language: leaves only. */
	publicList(
		locale: Locale,
	): Promise<{ code: string; name: string; group: string; keywords: string; icon: string }[]>;
	save(actor: Actor, input: CategoryInput, id?: string): Promise<Result<Category>>;
}

/** Hours of one weekday, `08:00` to `16:00`. */
export interface DayHours {
	from: string;
	to: string;
}

export interface Agent {
	id: string;
	name: string;
	serviceIds: string[];
	skills: string[];
	/** Seven, from Monday; null: does not work. */
	hours: (DayHours | null)[];
	breakFrom: string | null;
	breakMinutes: number;
	vehicle: 'car' | 'bicycle' | 'foot';
	/** Where the day starts and ends; null: wherever the first and last visit are. */
	start: { label: string; longitude: number; latitude: number } | null;
}

export interface Agents {
	/** Who holds the role of an agent, with what the town said of each; by name. */
	list(actor: Actor): Promise<Result<Agent[]>>;
	save(actor: Actor, personId: string, input: Omit<Agent, 'id' | 'name'>): Promise<Result<null>>;
	/** Who could do it, best first: the service, the skills, then how little is on the day. */
	suggest(
		actor: Actor,
		interventionId: string,
	): Promise<Result<{ agent: Agent; sameService: boolean; lacks: string[]; openCount: number }[]>>;
}

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

export type ReportStatus = 'held' | 'received' | 'planned' | 'fixed' | 'refused' | 'spam';

/** A report as agents see it. */
export interface Report {
	id: string;
	/** `S-2026-0042`. */
	number: string;
	category: CategorySummary;
	description: string;
	address: string | null;
	placeId: string | null;
	longitude: number;
	latitude: number;
	status: ReportStatus;
	textPublic: boolean;
	moderated: boolean;
	via: string;
	locale: Locale;
	/** Somebody waits for news of it. */
	followed: boolean;
	interventionId: string | null;
	sameAsId: string | null;
	publicAnswer: string | null;
	photos: Photo[];
	createdAt: Date;
	updatedAt: Date;
	closedAt: Date | null;
}

/** A report as everybody may see it: no word and no photo that an agent has not let through. */
export interface PublicReport {
	number: string;
	category: CategorySummary;
	/** Empty until an agent let it through. */
	description: string;
	address: string | null;
	longitude: number;
	latitude: number;
	status: Exclude<ReportStatus, 'held' | 'spam'>;
	publicAnswer: string | null;
	photos: Photo[];
	/** How many said the same, this one included. */
	count: number;
	createdAt: Date;
	updatedAt: Date;
	closedAt: Date | null;
	/** Service that takes care of it. */
	service: Words;
}

export interface ReportInput {
	/** Id or code. */
	category: string;
	description?: string | undefined;
	longitude?: number | undefined;
	latitude?: number | undefined;
	/** Address, street or place; found when no position is given. */
	address?: string | undefined;
	email?: string | undefined;
	locale?: Locale | undefined;
	/** As it was sent; at most 10 MB. */
	photo?: Uint8Array | undefined;
	/** Number of the report that says the same: no second intervention is opened. */
	sameAs?: string | undefined;
}

export interface ReportReceipt {
	id: string;
	number: string;
	token: string;
	/** Path of its follow page. */
	url: string;
	/** A letter waits for its confirmation. */
	confirmationSent: boolean;
}

export interface Reports {
	/**
	 * Take a report in, and open an intervention for it.
	 * @param options `via`: `web`, `open311` …; `address`: where it came from, counted by a keyed hash and not kept;
	 *   `suspect`: it waits for an agent; `externalKey`: the same one taken in twice is one
	 */
	create(
		input: ReportInput,
		options: {
			via: string;
			address?: string | undefined;
			suspect?: boolean | undefined;
			externalKey?: string | undefined;
		},
	): Promise<Result<ReportReceipt>>;
	/** Open ones nearby that may be the same, likeliest first. */
	similar(input: {
		category: string;
		longitude: number;
		latitude: number;
		description?: string | undefined;
	}): Promise<(PublicReport & { distanceMeters: number })[]>;
	/** By number; null when everybody may not see it. */
	get(number: string): Promise<PublicReport | null>;
	/** The follow page of whoever knows the token. */
	follow(token: string): Promise<FollowedReport | null>;
	/** From the link in the letter: news will come. */
	confirm(token: string): Promise<Result<null>>;
	unsubscribe(token: string): Promise<Result<null>>;
	/** A photo of the reporter's own, or one that was let through. */
	photo(token: string, photoId: string): Promise<PhotoContent | null>;
	list(filter?: {
		status?: readonly PublicReport['status'][] | undefined;
		category?: string | undefined;
		numbers?: readonly string[] | undefined;
		from?: Date | undefined;
		to?: Date | undefined;
		updatedFrom?: Date | undefined;
		updatedTo?: Date | undefined;
		near?: { longitude: number; latitude: number; withinMeters: number } | undefined;
		page?: number | undefined;
		pageSize?: number | undefined;
	}): Promise<Page<PublicReport>>;
	/** For agents: what waits for them first. */
	queue(
		actor: Actor,
		filter?: { waiting?: boolean | undefined; page?: number | undefined },
	): Promise<Result<Page<Report & { interventionNumber: string | null }>>>;
	/** Let words and photos be seen by everybody, or not. */
	moderate(
		actor: Actor,
		id: string,
		decision: { textPublic: boolean; publicPhotoIds: readonly string[] },
	): Promise<Result<null>>;
	/** One that waits because it looked suspect is real: its intervention is opened. */
	accept(actor: Actor, id: string): Promise<Result<null>>;
	/** Not a report at all. Its words and photos go, nobody is told. */
	discard(actor: Actor, id: string): Promise<Result<null>>;
	/** It is about the same as another intervention: its own is cancelled when no other report stands behind it. */
	merge(actor: Actor, id: string, interventionReference: string): Promise<Result<null>>;
}

export interface FollowedReport extends PublicReport {
	id: string;
	token: string;
	/** News are sent. */
	following: boolean;
	/** An address waits for its confirmation. */
	unconfirmed: boolean;
	held: boolean;
	/** What happened, oldest first, in plain words. */
	steps: { status: ReportStatus; at: Date }[];
	/** When it is planned for, if it is. */
	plannedOn: string | null;
	/** At the end, what the agents showed. */
	closingPhotos: Photo[];
}

export interface PhotoContent {
	content: Readable;
	contentType: 'image/webp';
	sizeBytes: number;
	public: boolean;
}

export interface PhotoOwner {
	subjectKind: 'intervention' | 'report' | 'round_stop';
	subjectId: string;
	/** Person id; null: without an account. */
	sentBy: string | null;
	public?: boolean | undefined;
}

/** A cleaned photo whose file is kept, for an hour unless it is attached to something. */
export interface PreparedPhoto {
	id: string;
	width: number;
	height: number;
	sizeBytes: number;
}

/** Photos of any part of the room: WebP without where they were taken and by what. */
export interface Photos {
	/**
	 * Clean a photo and keep its file, before the transaction that says what it is of; at most 10 MB as sent.
	 * @param id made by the sender: kept once
	 */
	prepare(content: Uint8Array, id?: string): Promise<Result<PreparedPhoto>>;
	attach(trx: AnyTransaction, photo: PreparedPhoto, to: PhotoOwner): Promise<Result<Photo>>;
	/** An agent adds one to what is there already. */
	add(
		actor: Actor,
		content: Uint8Array,
		to: Pick<PhotoOwner, 'subjectKind' | 'subjectId'>,
	): Promise<Result<Photo>>;
	/** Both at once. The transaction waits while the photo is cleaned: for few at a time. */
	keep(
		trx: AnyTransaction,
		photo: PhotoOwner & { id?: string | undefined; content: Uint8Array },
	): Promise<Result<Photo>>;
	of(subjectKind: 'intervention' | 'report' | 'round_stop', subjectId: string): Promise<Photo[]>;
	/** Public ones for everybody, the others for agents; null otherwise. */
	read(actor: Actor, id: string): Promise<PhotoContent | null>;
	/** Everybody may see it, or no longer. */
	show(actor: Actor, id: string, shown: boolean): Promise<Result<null>>;
}

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

export interface PlannedDay {
	day: string;
	agents: {
		agent: Agent;
		/** Null: does not work that day. */
		hours: DayHours | null;
		stops: InterventionSummary[];
	}[];
	/** Open, not in anybody's day. */
	unplanned: InterventionSummary[];
}

export interface PlanOutcome {
	planned: number;
	/** Who found no place, and why. */
	left: { intervention: InterventionSummary; reason: LeftReason; detail: string | null }[];
	meters: number;
	/** The same visits in order of arrival. */
	baselineMeters: number;
	provider: string;
}

export type LeftReason = 'no_agent' | 'skills' | 'service' | 'no_time' | 'unreachable';

export interface DayPlanning {
	day(actor: Actor, day: string): Promise<Result<PlannedDay>>;
	/** Order the day of these agents, with what is planned there and what is due; pinned ones stay. */
	plan(
		actor: Actor,
		day: string,
		options: { agentIds?: readonly string[] | undefined; withUnplanned: boolean },
	): Promise<Result<PlanOutcome>>;
	/** Put one into somebody's day at a turn, or out of it; the hours after it are computed again. */
	place(
		actor: Actor,
		interventionId: string,
		to: { day: string; agentId: string; turn: number } | null,
	): Promise<Result<null>>;
}
