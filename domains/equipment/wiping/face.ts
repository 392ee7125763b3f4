import type { Actor, AnyTransaction, Result } from '@parvis/platform';
import type { Category, Words } from '../kinds.ts';
import type { DeviceUser } from './rules/last-user.ts';
import type { Medium, Method, Technique } from './rules/techniques.ts';

export type { DeviceUser } from './rules/last-user.ts';
export type { Medium, Method, Technique } from './rules/techniques.ts';

export type WipeResult = 'done' | 'failed' | 'impossible';
/** Which storage of a device: its own, a second one, a card left in it. */
export type Slot = 'main' | 'second' | 'card';
/**
 * Where a wipe stands. Good ones are `verified` by a second person, and `accepted`: not in the sample, while all samples of
 * the same operator, tool and day are verified. `waiting`: for those samples. `reopened`: put in doubt by a failed sample.
 * `withdrawn`: its certificate was revoked by hand.
 */
export type Standing =
	| 'verified'
	| 'accepted'
	| 'to_verify'
	| 'waiting'
	| 'reopened'
	| 'refuted'
	| 'withdrawn'
	| 'failed'
	| 'impossible';
export type VerificationMeans =
	| 'read_back'
	| 'starts_as_new'
	| 'recovery_attempt'
	| 'remains_seen'
	| 'opened';
export type RevocationReason = 'verification_failed' | 'mistaken' | 'replaced';

export interface Subject {
	kind: 'item' | 'device';
	id: string;
}

export interface WipeInput {
	slot?: Slot;
	medium: Medium;
	technique: Technique;
	encrypted?: boolean;
	sensitive?: boolean;
	/** It leaves the town; otherwise it changes hands in it. True when not said. */
	leaving?: boolean;
	tool?: string;
	toolVersion?: string;
	result: WipeResult;
	startedAt: Date;
	endedAt: Date;
	serial?: string | null;
	imei?: string | null;
	note?: string | null;
	/** Text of a report of nwipe (JSON): tool, version, times and result then come from it. */
	report?: string | null;
}

export interface WipeRecorded {
	id: string;
	method: Method | null;
	standing: Standing;
	/** The certificate that was issued at once, where nothing was to be waited for. */
	certificate: string | null;
}

export interface VerificationInput {
	passed: boolean;
	means: VerificationMeans;
	note?: string | null;
}

export interface VerificationOutcome {
	/** Numbers of certificates issued, since the batch is now good. */
	issued: readonly string[];
	/** Wipes put in doubt by a failure, this one not counted. */
	reopened: number;
	/** Numbers of certificates revoked. */
	revoked: readonly string[];
	/** Things of the reopened that have left already. */
	gone: number;
}

/** What waits to be wiped, or is being wiped. */
export interface WorkItem {
	subject: Subject;
	/** What its label or receipt says. */
	reference: string;
	category: Category;
	name: string | null;
	serial: string | null;
	lot: string | null;
	simulated: boolean;
	/** Null: nothing recorded yet. The worst of its storages. */
	standing: Standing | null;
}

export interface SubjectView {
	item: WorkItem;
	wipes: readonly Wipe[];
	certificates: readonly Certificate[];
	/** It is here and can hold data. */
	mayRecord: boolean;
	/** What the actor used last, for the form. */
	lastTool: { tool: string; toolVersion: string } | null;
}

export interface Wipe {
	id: string;
	subject: Subject;
	reference: string;
	category: Category;
	slot: Slot;
	medium: Medium;
	technique: Technique;
	method: Method | null;
	asked: Method;
	encrypted: boolean;
	sensitive: boolean;
	leaving: boolean;
	result: WipeResult;
	tool: string;
	toolVersion: string;
	operatorId: string | null;
	startedAt: Date;
	endedAt: Date;
	recordedAt: Date;
	serial: string | null;
	imei: string | null;
	mediumSerial: string | null;
	note: string | null;
	sampled: boolean;
	standing: Standing;
	simulated: boolean;
	/** Whether it left the town before it was put in doubt. */
	gone: boolean;
}

export interface Page<T> {
	items: readonly T[];
	total: number;
	page: number;
	pageSize: number;
}

export interface Certificate {
	id: string;
	number: string;
	kind: 'device' | 'lot';
	reference: string;
	issuedAt: Date;
	simulated: boolean;
	revokedAt: Date | null;
	revokedWhy: RevocationReason | null;
	revokedNote: string | null;
}

export interface CertifiedMedium {
	slot: Slot;
	medium: Medium;
	technique: Technique;
	/** `none`: it has no storage, or it was taken out. */
	method: Method | 'none';
	tool: string;
	endedOn: string;
	verified: 'itself' | 'by_sample';
}

export interface CertifiedDevice {
	reference: string;
	category: Category;
	model: string | null;
	/** Last characters only. */
	serial: string | null;
	media: readonly CertifiedMedium[];
}

/** What anybody sees of a certificate. */
export interface PublicCertificate {
	number: string;
	kind: 'device' | 'lot';
	state: 'valid' | 'revoked' | 'partly_revoked';
	issuedOn: string;
	simulated: boolean;
	revokedOn: string | null;
	revokedWhy: RevocationReason | null;
	revokedNote: string | null;
	device: CertifiedDevice | null;
	/** Of a lot: its number and the certificates in it. */
	lot: { number: string; certificates: readonly { number: string; revoked: boolean }[] } | null;
	/** Hexadecimal. */
	pdfSha256: string;
	keyId: string;
}

export interface SignedCertificate {
	/** The signed bytes, as text (UTF-8). */
	payload: string;
	/** Base64. */
	signature: string;
	keyId: string;
}

export interface SigningKey {
	id: string;
	since: Date;
	/** SubjectPublicKeyInfo, PEM. */
	pem: string;
}

export interface DrawDay {
	day: string;
	/** SHA-256 of the seed, hexadecimal. */
	commitment: string;
	/** Hexadecimal; null while the day lasts. */
	seed: string | null;
	wipes: number;
	samples: number;
}

export interface GivenPdf {
	name: string;
	bytes: Buffer;
}

/** Data wiping and its certificates. */
export interface Wiping {
	/**
	 * Of these collected items, those that may not be handed over yet: they can hold data and none was wiped and verified.
	 * Inside a transaction what it says stays true until the end.
	 */
	notWiped(itemIds: readonly string[], trx?: AnyTransaction): Promise<readonly string[]>;
	/** Whether a device of the inventory may leave; refused as `equipment.wipe_missing`. */
	deviceMayLeave(deviceId: string, trx?: AnyTransaction): Promise<Result<null>>;
	/**
	 * Whether it may go to another holder in the town: cleared since the last one had it; refused as
	 * `equipment.wipe_missing_in_town`. The last one may always have it back.
	 * @param to who would get it; somebody else than the last unless told
	 */
	deviceMayChangeHands(deviceId: string, to?: DeviceUser | null, trx?: AnyTransaction): Promise<Result<null>>;

	/** Items and devices that wait, oldest first. */
	waiting(actor: Actor, query?: { search?: string; page?: number }): Promise<Result<Page<WorkItem>>>;
	/** A thing by what its label or receipt says, whether it waits or not. */
	find(actor: Actor, reference: string): Promise<Result<Subject | null>>;
	/** One thing with its wipes and certificates. */
	subject(actor: Actor, subject: Subject): Promise<Result<SubjectView>>;
	/** Say that a storage was wiped, or could not be. Only a person: somebody else must be able to verify. */
	record(actor: Actor, subject: Subject, input: unknown): Promise<Result<WipeRecorded>>;
	/** What is in the sample or put in doubt, with whether the actor may verify it. */
	/** At most 500, those to verify first. */
	samples(actor: Actor): Promise<Result<readonly (Wipe & { mayVerify: boolean })[]>>;
	verify(actor: Actor, wipeId: string, input: unknown): Promise<Result<VerificationOutcome>>;
	settings(actor: Actor): Promise<Result<{ samplePercent: number }>>;
	saveSettings(actor: Actor, input: unknown): Promise<Result<null>>;

	certificates: {
		list(
			actor: Actor,
			query?: { search?: string; page?: number; revoked?: boolean },
		): Promise<Result<Page<Certificate>>>;
		/** Lots whose things are all certified and that have no certificate of their own. */
		lotsReady(actor: Actor): Promise<Result<readonly { id: string; number: string; items: number }[]>>;
		issueLot(actor: Actor, lotId: string): Promise<Result<{ number: string }>>;
		revoke(actor: Actor, number: string, input: unknown): Promise<Result<null>>;
		/** The file with full serial numbers: for the town and who holds the device, hence not public. */
		pdf(actor: Actor, number: string): Promise<Result<GivenPdf>>;
		/** The signed bytes, to check without this program. */
		signed(actor: Actor, number: string): Promise<Result<SignedCertificate>>;
		/**
		 * For anybody; refused as `equipment.certificate_mistyped` (its check characters do not fit), `certificate_unknown`, or
		 * `platform.too_many_requests`.
		 * @param address of the visitor, whose look-ups are counted; null for what the program itself asks
		 */
		look(number: string, address: string | null): Promise<Result<PublicCertificate>>;
		/** Keys to check signatures with, newest first. */
		keys(): Promise<readonly SigningKey[]>;
		/** How the samples of the last days were drawn, newest first. */
		draws(): Promise<readonly DrawDay[]>;
	};
	/** What the program knows of media and techniques. */
	rules: {
		media: readonly Medium[];
		techniques: readonly Technique[];
		table: readonly { technique: Technique; medium: Medium; method: Method; needsEncryption: boolean }[];
		askedMethod(of: { leaving: boolean; sensitive: boolean }): Method;
		usual(category: Category): { medium: Medium; technique: Technique };
	};
	words: {
		medium: Record<Medium, Words>;
		technique: Record<Technique, Words>;
		method: Record<Method | 'none', Words>;
		category: Record<Category, Words>;
		slot: Record<Slot, Words>;
	};
}
