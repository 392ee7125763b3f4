import type { Actor, Result } from '@parvis/platform';
import type { Condition, DeviceStatus } from '../../kinds.ts';
import type { HolderName } from '../face.ts';

export type AuditScope = 'all' | 'service' | 'site';

export interface AuditSummary {
	id: string;
	title: string;
	scope: AuditScope;
	/** The service or the site. */
	scopeValue: string | null;
	startedAt: Date;
	closedAt: Date | null;
	/** Devices that should be there. */
	expected: number;
	/** Of those, seen. */
	seen: number;
	misplaced: number;
	unknown: number;
}

/** A device as an audit shows it. */
export interface AuditedDevice {
	id: string;
	tag: string;
	model: string;
	status: DeviceStatus;
	service: string | null;
	site: string | null;
	holder: HolderName | null;
	condition: Condition | null;
	version: number;
}

export interface Scan {
	/** `already_seen`: somebody scanned it before; a condition or battery said now counts all the same. */
	outcome: 'expected' | 'misplaced' | 'unknown' | 'already_seen';
	tag: string;
	/** Null: no device has that tag. */
	device: AuditedDevice | null;
	/** When it was scanned first in this audit. */
	firstAt: Date;
	expected: number;
	seen: number;
}

export interface AuditReport extends AuditSummary {
	missing: readonly AuditedDevice[];
	seenDevices: readonly AuditedDevice[];
	misplacedDevices: readonly AuditedDevice[];
	unknownTags: readonly { tag: string; at: Date }[];
}

/** Going round with a phone to see what is really there; several people at once. Scanning is for agents, the rest for managers. */
export interface Audits {
	list(actor: Actor): Promise<Result<AuditSummary[]>>;
	get(actor: Actor, id: string): Promise<Result<AuditSummary>>;
	/** What should be there is noted now: later moves do not change it. */
	start(actor: Actor, input: unknown): Promise<Result<AuditSummary>>;
	/**
	 * A label read or typed: tag, the label's address, or serial. Harmless when repeated.
	 * @returns refusal `equipment.audit_closed`
	 */
	scan(actor: Actor, id: string, input: unknown): Promise<Result<Scan>>;
	report(actor: Actor, id: string): Promise<Result<AuditReport>>;
	/** Those of the audit that nobody saw, all or some, become `missing`. @returns how many */
	markMissing(actor: Actor, id: string, deviceIds: readonly string[] | 'all'): Promise<Result<number>>;
	/** Misplaced devices belong where they were seen: the audit's service or site. @returns how many */
	moveHere(actor: Actor, id: string, deviceIds: readonly string[] | 'all'): Promise<Result<number>>;
	close(actor: Actor, id: string): Promise<Result<AuditSummary>>;
}
