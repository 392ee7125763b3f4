import type { Actor, Result } from '@parvis/platform';
import type { ImportField, ImportSystem } from './rules/fields.ts';
import type { DateOrder } from './rules/values.ts';

export type { ImportField, ImportSystem };

/** A line that was not taken, and why: a message key with what fills its blanks. */
export interface ImportFault {
	/** Line of the file, or the item's number from a service. */
	line: number;
	error: string;
	detail?: Record<string, string | number>;
}

export interface ImportReport {
	dryRun: boolean;
	system: ImportSystem;
	rows: number;
	created: number;
	changed: number;
	unchanged: number;
	refused: number;
	/** Lines whose status Parvis knows better. */
	kept: number;
	/** Devices that the file says are gone or with somebody else, without a wipe since their last user. */
	unwiped: number;
	newModels: number;
	newHolders: number;
	/** How ambiguous days such as 04/05/2026 were read. */
	dateOrder: DateOrder;
	/** Words for categories and statuses that nobody knows, with the lines that wait for them. */
	unknownWords: { kind: 'category' | 'status'; word: string; lines: number }[];
	/** At most 500 of each. Empty once the report is old. */
	lists: {
		created: { line: number; tag: string | null; serial: string | null; model: string }[];
		changed: {
			line: number;
			deviceId: string;
			tag: string;
			changes: { field: string; from: string | null; to: string | null }[];
		}[];
		kept: { line: number; deviceId: string; tag: string; status: string; said: string }[];
		unwiped: { line: number; deviceId: string; tag: string; isGone: boolean }[];
		refused: ImportFault[];
		models: string[];
	};
}

export type ImportRunStatus = 'mapping' | 'checking' | 'checked' | 'applying' | 'applied' | 'failed';

export interface ImportRun {
	id: string;
	source: 'file' | 'glpi';
	system: ImportSystem;
	fileName: string;
	status: ImportRunStatus;
	progressPercent: number;
	report: ImportReport | null;
	/** Message key of why it failed. */
	error: string | null;
	/** Its file is still there, so that it can be mapped, checked and applied. */
	hasFile: boolean;
	createdAt: Date;
	finishedAt: Date | null;
}

/** The columns of a run's file, for drawing which means what. */
export interface ImportColumns {
	run: ImportRun;
	headings: string[];
	/** Up to three values of each column. */
	samples: Record<string, string[]>;
	mapping: Record<string, ImportField>;
	/** The mapping was drawn before, for a file with these headings. */
	remembered: boolean;
}

export interface GlpiConnection {
	/** Address of `apirest.php`. */
	url: string;
	hasAppToken: boolean;
	nightly: boolean;
	version: number;
	updatedAt: Date;
}

export interface GlpiInput {
	url: string;
	/** Empty: as it was. */
	appToken?: string | undefined;
	/** Empty: as it was; needed the first time. */
	userToken?: string | undefined;
	nightly: boolean;
}

/** Imports from GLPI, Snipe-IT and others, and the export. For the IT officer. */
export interface Exchange {
	fields: readonly ImportField[];
	systems: readonly ImportSystem[];
	/** Most bytes of a file. */
	mostBytes: number;
	/**
	 * Import a file at once: for the command line and the API.
	 * @returns refusals: `equipment.import_unreadable { line }`, `equipment.import_empty`, `equipment.import_too_many`,
	 * `equipment.import_unmapped` where no column says what a device is
	 */
	importFile(
		actor: Actor,
		bytes: Uint8Array,
		options: { dryRun: boolean; system?: string | undefined; fileName?: string | undefined },
	): Promise<Result<ImportReport>>;
	runs: {
		/** Newest first, 20. */
		list(actor: Actor): Promise<Result<ImportRun[]>>;
		get(actor: Actor, id: string): Promise<Result<ImportRun>>;
		/** Keep a file and check it, or wait for its mapping where its headings are unknown. Large files are checked by a job. */
		upload(
			actor: Actor,
			file: { name: string; bytes: Uint8Array },
			system?: string,
		): Promise<Result<ImportRun>>;
		columns(actor: Actor, id: string): Promise<Result<ImportColumns>>;
		/** Draw which column means what, remember it, and check again. */
		map(actor: Actor, id: string, mapping: Record<string, string>): Promise<Result<ImportRun>>;
		/** Say what unknown words mean, remember it, and check again. */
		setWords(
			actor: Actor,
			id: string,
			words: readonly { kind: string; word: string; value: string }[],
		): Promise<Result<ImportRun>>;
		/** Do what the last check said, on what is in the inventory now. */
		apply(actor: Actor, id: string): Promise<Result<ImportRun>>;
	};
	words: {
		list(actor: Actor): Promise<Result<{ kind: 'category' | 'status'; word: string; value: string }[]>>;
		/** An empty value forgets the word. */
		save(
			actor: Actor,
			words: readonly { kind: string; word: string; value: string }[],
		): Promise<Result<null>>;
		statusValues: readonly string[];
	};
	glpi: {
		connection(actor: Actor): Promise<Result<GlpiConnection | null>>;
		save(actor: Actor, input: GlpiInput): Promise<Result<GlpiConnection>>;
		remove(actor: Actor): Promise<Result<null>>;
		/** Ask it for everything and import it; by a job. */
		run(actor: Actor, options: { dryRun: boolean }): Promise<Result<ImportRun>>;
	};
	/** All devices as CSV that imports unchanged, in pieces. Null for whoever may not. */
	exportCsv(actor: Actor): AsyncIterable<string> | null;
	/** The same as one JSON object a device. */
	exportJson(actor: Actor): AsyncIterable<Record<string, string | number | null>> | null;
}
