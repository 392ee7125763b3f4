/** Why a payload gave no measures. The first four count against the codec (see quarantine.ts). */
export type FailureReason =
	| 'timeout'
	| 'memory'
	| 'stack'
	| 'crash'
	| 'codec_error'
	| 'invalid_output'
	| 'invalid_codec'
	| 'no_decoder'
	| 'quarantined'
	| 'closed';

/** What one payload came to: the codec's whole answer as plain JSON values, or why there is none. */
export type Outcome = { output: unknown; reason?: undefined } | Failure;

export interface Failure {
	output?: undefined;
	reason: FailureReason;
	/** For people: the codec's own words, or what was exceeded. */
	message: string;
}

/** Some payloads of one codec, packed so that crossing to the thread is one copy. */
export interface RunRequest {
	codecId: string;
	/** Null when this thread was given it before. */
	source: string | null;
	/** Only compile the codec and look for its decoder. */
	check: boolean;
	/** All payloads one after another; payload `i` ends before `ends[i]`. */
	bytes: Uint8Array;
	ends: number[];
	/** -1 where the uplink has no port. */
	fPorts: number[];
	/** Milliseconds since 1970, UTC. */
	times: number[];
	/** JSON of the variables of each uplink, or null when none has any. */
	variables: (string | null)[] | null;
}

/** `text` is the JSON of the outcomes done, in order; fewer than asked when the run used up its turn. */
export type RunReply = { state: 'done'; text: string } | { state: 'unknown_codec' };

export interface Limits {
	/** Processor time for one payload, milliseconds. */
	timeLimitMs: number;
	/** Processor time to compile a codec, milliseconds. */
	loadLimitMs: number;
	/** Wall time one codec may hold a thread before the others have their turn, milliseconds. */
	turnMs: number;
	/** All memory of one codec and its engine, bytes; 16 MiB at least, in steps of 64 KiB. */
	memoryLimitBytes: number;
	/** Stack of one codec, bytes. */
	stackLimitBytes: number;
	/** Longest answer, in characters of JSON. */
	outputLimitChars: number;
	/** Contexts kept by each thread. */
	maxContexts: number;
}

export interface WorkerData {
	limits: Limits;
	/** Int32: [payloads begun, run in hand, payload in hand, contexts kept, contexts made, contexts discarded]. */
	progress: SharedArrayBuffer;
}

export const slot = { begun: 0, run: 1, payload: 2, contexts: 3, made: 4, discarded: 5, count: 6 } as const;
