import type { Actor, Result } from '@parvis/platform';
import type { LawFinding } from './rules/law.ts';
import type { LevelReason } from './rules/level.ts';
import type { LightProfile, LightUsage, NightLevels } from './rules/profile.ts';

export type { LawFinding } from './rules/law.ts';
export type { LevelReason } from './rules/level.ts';
export type {
	LightProfile,
	LightUsage,
	NightLevels,
	NightPlan,
	PresenceSettings,
	SunMoment,
} from './rules/profile.ts';

export interface LightingImportReport {
	dryRun: boolean;
	/** Cabinets, segments, luminaires and sensors that were new, differed, or stood so already. */
	created: number;
	updated: number;
	unchanged: number;
	/** Nothing of a refused row is written; `row` counts from 1 within its list. */
	refused: { list: string; row: number; error: string; detail?: Record<string, string | number> }[];
	/** What article 3 of the arrêté says of the luminaires and segments given. */
	findings: { subject: string; finding: LawFinding }[];
}

export interface LightSegment {
	id: string;
	externalId: string;
	streetSlug: string | null;
	streetName: string;
	streetClass: string;
	usage: LightUsage;
	coordinates: [number, number][];
	lengthMeters: number;
	luminaireCount: number;
	watts: number;
	/** Its own, or the one that serves its usage and class; null: full night. */
	profileId: string | null;
	/** It names that profile itself. */
	ownProfile: boolean;
	/** Mean of what its lamps last reported; null: nothing was heard yet. */
	level: number | null;
	desiredLevel: number | null;
	/** Why most of its lamps are at that level. */
	reason: LevelReason | null;
	faultCount: number;
}

export type LuminaireStatus = 'never_heard' | 'follows' | 'differs' | 'failed';

export interface Luminaire {
	id: string;
	externalId: string;
	segmentId: string;
	streetName: string;
	cabinetName: string | null;
	address: string | null;
	longitude: number;
	latitude: number;
	watts: number;
	dimmable: boolean;
	safeLevel: number;
	colourKelvin: number | null;
	simulated: boolean;
	status: LuminaireStatus;
	desiredLevel: number | null;
	reason: LevelReason | null;
	reportedLevel: number | null;
	reportedWatts: number | null;
	lastHeardAt: Date | null;
	fault: string | null;
}

export interface LightCommand {
	id: string;
	levelPercent: number;
	reason: LevelReason;
	publishedAt: Date;
	acknowledgedAt: Date | null;
	attempts: number;
}

export interface LuminaireDetail extends Luminaire {
	/** Newest first, of the last seven days. */
	commands: LightCommand[];
	faults: LightFault[];
	findings: LawFinding[];
}

export interface LightFault {
	id: string;
	kind: 'no_answer' | 'reported' | 'cabinet';
	/** Name of the lamp or cabinet. */
	subject: string;
	luminaireId: string | null;
	streetName: string | null;
	detail: string | null;
	openedAt: Date;
	closedAt: Date | null;
	interventionId: string | null;
}

export interface LightProfileSummary extends LightProfile {
	streetClasses: string[];
	version: number;
	segmentCount: number;
	luminaireCount: number;
	updatedAt: Date;
}

export interface LightProfileInput {
	name: string;
	usage: LightUsage;
	streetClasses: string[];
	plans: LightProfile['plans'];
	presence: LightProfile['presence'];
	activity: LightProfile['activity'];
	decision: string | null;
}

export interface LightProfiles {
	list(actor: Actor): Promise<Result<LightProfileSummary[]>>;
	get(actor: Actor, id: string): Promise<Result<LightProfileSummary>>;
	/** Refused with the article where the arrêté forbids it; warnings do not refuse. @returns its id */
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; findings: LawFinding[] }>>;
	/** @param version the one that was edited: refused when somebody changed it since */
	change(
		actor: Actor,
		id: string,
		version: number,
		input: unknown,
	): Promise<Result<{ findings: LawFinding[] }>>;
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** What a profile would do through a night and what the law says of it, saved or not. */
	preview(input: unknown, night: string): Promise<Result<{ levels: NightLevels; findings: LawFinding[] }>>;
	/** Let a segment follow a profile of its own; null: the one of its class. */
	assign(actor: Actor, segmentIds: readonly string[], profileId: string | null): Promise<Result<null>>;
}

export interface LightOverride {
	id: string;
	kind: 'event' | 'emergency' | 'test';
	label: string;
	level: number;
	startsAt: Date;
	endsAt: Date;
	decision: string | null;
	segmentIds: string[];
	luminaireIds: string[];
	streets: string[];
	createdBy: string;
	cancelledAt: Date | null;
	state: 'coming' | 'now' | 'over' | 'cancelled';
}

export interface LightOverrides {
	/** Those now and to come first, then of the last 30 days. */
	list(actor: Actor): Promise<Result<LightOverride[]>>;
	/**
	 * Hold an area at a level until a time. An event outside of the hours of article 2 needs the decision that allows it;
	 * an emergency does not; a test lasts fifteen minutes at most.
	 */
	create(actor: Actor, input: unknown): Promise<Result<{ id: string }>>;
	cancel(actor: Actor, id: string): Promise<Result<null>>;
}

export interface LightingDay {
	day: string;
	kilowattHours: number;
	baselineKilowattHours: number;
	measured: boolean;
	simulated: boolean;
}

export interface LightingEffect {
	/** Reports by residents to the lighting service. */
	complaints: number;
	days: LightingDay[];
	kilowattHours: number;
	baselineKilowattHours: number;
	/** From 0 to 1; null while no energy is known. */
	savedShare: number | null;
	simulated: boolean;
	streets: { streetName: string; kilowattHours: number; baselineKilowattHours: number }[];
}

export interface LightingOverview {
	luminaires: number;
	follows: number;
	differs: number;
	failed: number;
	neverHeard: number;
	openFaults: number;
	/** Last time that the controlling process wrote anything; null: nothing controls. */
	controlledAt: Date | null;
	watts: number;
	simulated: boolean;
}

/** What everybody may read of a street's light. */
export interface PublicStreet {
	streetSlug: string | null;
	streetName: string;
	usage: LightUsage;
	coordinates: [number, number][][];
	luminaireCount: number;
	/** This night. */
	levels: { at: Date; level: number }[];
	/** It goes down from here to there this night; null: it does not. */
	dims: { from: Date; to: Date; lowest: number } | null;
	profileName: string | null;
	presence: boolean;
	decision: string | null;
	events: { label: string; startsAt: Date; endsAt: Date; level: number }[];
	/** Of the last 30 days; null before any day is counted. */
	savedKilowattHours: number | null;
}

/** A gateway of another maker, with the cabinets whose lamps it speaks for. */
export interface LightGateway {
	id: string;
	name: string;
	url: string;
	apiVersion: string;
	/** Function that lights in each device; empty: whole devices are addressed. */
	lampFunction: string;
	/** It asks for a token of its own, which is not shown again. */
	sendsToken: boolean;
	/** It takes set-points now. */
	reached: boolean;
	answeredAt: Date | null;
	/** Of its last report. */
	heardAt: Date | null;
	/** `status_…`, `secret_lost`, or why nothing came back (`timeout`, `unreachable`, …). */
	problem: string | null;
	problemAt: Date | null;
	cabinets: { id: string; name: string }[];
	luminaireCount: number;
	/** Luminaires that did not yet acknowledge their last set-point. */
	waiting: number;
}

export interface LightGateways {
	list(actor: Actor): Promise<Result<LightGateway[]>>;
	cabinets(actor: Actor): Promise<Result<{ id: string; name: string; gatewayId: string | null }[]>>;
	/** @returns the token by which it speaks to us, shown once */
	create(actor: Actor, input: unknown): Promise<Result<{ id: string; token: string }>>;
	renewToken(actor: Actor, id: string): Promise<Result<string>>;
	/** Exactly these cabinets are its own from now on. */
	assign(actor: Actor, id: string, cabinetIds: readonly string[]): Promise<Result<null>>;
	/** Its lamps are spoken to by MQTT again. */
	remove(actor: Actor, id: string): Promise<Result<null>>;
	/** Whether this is the token of that gateway. */
	holds(id: string, token: string | null): Promise<boolean>;
	/** Take a `LogReport` of TALQ; the same one twice changes nothing more. */
	receive(id: string, report: unknown): Promise<Result<null>>;
}

export interface Lighting {
	/** Add or change cabinets, segments, luminaires and sensors by their external ids. */
	importMany(
		actor: Actor,
		input: unknown,
		options: { dryRun: boolean },
	): Promise<Result<LightingImportReport>>;
	/** Luminaires from a CSV file, or a GeoJSON collection of points. */
	importFile(actor: Actor, text: string, options: { dryRun: boolean }): Promise<Result<LightingImportReport>>;
	overview(actor: Actor): Promise<Result<LightingOverview>>;
	segments(actor: Actor): Promise<Result<LightSegment[]>>;
	segment(actor: Actor, id: string): Promise<Result<LightSegment & { luminaires: Luminaire[] }>>;
	luminaire(actor: Actor, reference: string): Promise<Result<LuminaireDetail>>;
	luminaires(
		actor: Actor,
		query: { text?: string; status?: string; page?: number },
	): Promise<Result<{ items: Luminaire[]; total: number; page: number; pageSize: number }>>;
	faults(actor: Actor, query?: { open?: boolean; limit?: number }): Promise<Result<LightFault[]>>;
	profiles: LightProfiles;
	overrides: LightOverrides;
	gateways: LightGateways;
	effect(actor: Actor, days: number): Promise<Result<LightingEffect>>;
	/** For residents: each lit street, what it does tonight and why. */
	publicStreets(): Promise<PublicStreet[]>;
	/** One street for its page; null where it has no light of ours. */
	publicStreet(slug: string): Promise<PublicStreet | null>;
	/** Live levels of segments, for agents; the first call brings all. @returns a function that ends it */
	follow(actor: Actor, listener: (segments: readonly SegmentLevel[]) => void): Result<() => void>;
}

export interface SegmentLevel {
	id: string;
	level: number | null;
	faultCount: number;
}
