import type { Words } from '@parvis/footprint';
import type { Actor, Result } from '@parvis/platform';
import type { Intervention } from '../interventions/face.ts';
import type { Round } from '../waste/face.ts';

/** What one phone sends: at most 200 actions, in the order in which they were done. */
export interface SyncRequest {
	/** Whose actions these are: nobody sends under another name. */
	personId: string;
	/** One browser's store on one phone. */
	deviceId: string;
	/** The phone's clock as it sends: what it is ahead of ours puts the actions' times right. */
	sentAt: string;
	actions: readonly unknown[];
}

/** What became of an action. `later`: nothing yet, send it again. */
export type SyncOutcome = 'accepted' | 'already' | 'conflict' | 'refused' | 'later';

/** A field of the subject as somebody else left it. */
export interface SyncChange {
	field: string;
	before: string | null;
	after: string | null;
}

export interface SyncAnswer {
	id: string;
	outcome: SyncOutcome;
	/** Why it was refused, or what went before, as a message key with what fills it. */
	error?: string | undefined;
	detail?: Record<string, string | number> | undefined;
	/** Who was first, when, and what they changed; the agent's own words are kept beside it. */
	conflict?: { by: string; at: string; changes: SyncChange[] } | undefined;
	/** What the action made: the intervention of a finding. */
	interventionId?: string | undefined;
}

export interface SyncReport {
	receivedAt: string;
	/** Seconds that the phone's clock is ahead of ours; negative: behind. */
	clockAheadSeconds: number;
	answers: SyncAnswer[];
}

/** Where a vehicle was. Degrees; metres; metres per second; degrees from north. */
export interface PositionReading {
	at: string | Date;
	longitude: number;
	latitude: number;
	accuracyMeters?: number | null | undefined;
	speedMetersPerSecond?: number | null | undefined;
	headingDegrees?: number | null | undefined;
}

/** The last known position of a round's vehicle. */
export interface VehiclePosition {
	roundId: string;
	/** ISO 8601, UTC. */
	at: string;
	longitude: number;
	latitude: number;
	accuracyMeters: number | null;
	speedMetersPerSecond: number | null;
	headingDegrees: number | null;
	simulated: boolean;
}

export interface PositionListener {
	/** The first call brings the last known of each round, later ones what came since. */
	positions(positions: readonly VehiclePosition[]): void;
	/** The process stops: say good-bye. */
	end(): void;
}

/** What an agent does on a day, whole: a phone works on it without the network. */
export interface FieldDay {
	person: { id: string; name: string };
	/** Day in the town. */
	day: string;
	/** The agent's own, and those that nobody drives yet. */
	rounds: Round[];
	interventions: Intervention[];
	/** For what is found on the way; a group has others under it and is not chosen itself. */
	categories: { code: string; name: Words; group: boolean }[];
	/** How long positions of vehicles are kept. */
	positionDays: number;
}

/** What a photo is of; a finding by the action that told of it. */
export type PhotoSubject =
	| { on: 'round'; id: string; stopId: string }
	| { on: 'intervention'; id: string }
	| { on: 'finding'; id: string };

/** The agents' phones. */
export interface Field {
	/** @param day today unless told @returns `version` changes with the content */
	day(actor: Actor, day?: string): Promise<Result<{ day: FieldDay; version: string }>>;
	/** Keep a photo once, by the id that the phone gave it. */
	keepPhoto(
		actor: Actor,
		photo: { id: string; personId: string; subject: PhotoSubject; content: Uint8Array },
	): Promise<Result<{ id: string }>>;
	/** Take in what was done in the street. One refusal does not hold up the rest, but for what follows on the same subject. */
	sync(actor: Actor, request: SyncRequest): Promise<Result<SyncReport>>;
	/**
	 * Positions of the vehicle of a running round: from its driver, or by key for the demonstration's simulated driver.
	 * @returns how many were new
	 */
	report(
		actor: Actor,
		roundId: string,
		readings: readonly PositionReading[],
	): Promise<Result<{ kept: number }>>;
	/** Last position of each vehicle heard of within the hour; empty for who may not see them. */
	positions(actor: Actor): Promise<VehiclePosition[]>;
	/** The line a round's vehicle drove, oldest first. */
	trail(actor: Actor, roundId: string): Promise<Result<VehiclePosition[]>>;
	/** @returns a function that ends it; null for who may not see positions */
	follow(actor: Actor, listener: PositionListener): Promise<(() => void) | null>;
}
