import { randomUUID } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { ok, type Result, refuse } from '@parvis/platform';
import type { Failure, FailureReason, Limits, Outcome } from './protocol.ts';
import { createQuarantine } from './quarantine.ts';
import { type Batch, createFairQueue, type Waiting } from './queue.ts';
import { createThread, type Thread } from './thread.ts';

export type { FailureReason, Outcome } from './protocol.ts';

/** What a device sent. `fPort` null when the network did not say; `recvTime` is the codec's only clock. */
export interface Uplink {
	bytes: Uint8Array;
	fPort: number | null;
	recvTime: Date;
	/** The device's variables, as ChirpStack gives them to codecs. */
	variables?: Record<string, unknown>;
}

/** `id` stands for `source`: a hash of it, or the id of its version. */
export interface Codec {
	id: string;
	source: string;
}

export type Decoded =
	| { ok: true; data: Record<string, unknown>; warnings: string[] }
	| { ok: false; reason: FailureReason; errors: string[] };

export interface CodecRuntimeOptions extends Partial<Limits> {
	/** Threads; one fewer than the processors, from 1 to 4, when absent. */
	workers?: number;
	/** Wall time without progress after which a thread is ended from outside, milliseconds. */
	hardLimitMs?: number;
}

export interface CodecRuntime {
	/** Measures of each uplink, in the order given. Never rejects for what a codec does. */
	decode(codec: Codec, uplinks: readonly Uplink[]): Promise<Decoded[]>;
	/** The codec's whole answers (`{ data, errors, warnings }`), in the order given. */
	run(codec: Codec, uplinks: readonly Uplink[]): Promise<Outcome[]>;
	/** Can this be used as a codec? Refusals: `sensing.codec_invalid` {message}, `sensing.codec_no_decoder`. */
	check(source: string): Promise<Result<null>>;
	statistics(): CodecStatistics;
	/** Ends the threads; what still waits fails with `closed`. */
	close(): Promise<void>;
}

export interface CodecStatistics {
	decoded: number;
	failed: Partial<Record<FailureReason, number>>;
	waiting: number;
	quarantined: number;
	/** Contexts kept now, made and thrown away since the start; threads ended by the watchdog. */
	contexts: number;
	contextsMade: number;
	contextsDiscarded: number;
	restarts: number;
}

const defaultLimits: Limits = {
	timeLimitMs: 50,
	loadLimitMs: 500,
	turnMs: 20,
	memoryLimitBytes: 32 * 1024 * 1024,
	stackLimitBytes: 256 * 1024,
	outputLimitChars: 64 * 1024,
	maxContexts: 100,
};

const uplinksPerMessage = 512;
const uplinksPerTurn = 128;

/** Runs vendors' payload codecs (LoRa Alliance TS013) in sandboxes on threads of their own. */
export function createCodecRuntime(options: CodecRuntimeOptions = {}): CodecRuntime {
	const {
		workers = Math.min(Math.max(availableParallelism() - 1, 1), 4),
		hardLimitMs = 1000,
		...given
	} = options;
	const limits = { ...defaultLimits, ...given };
	const queue = createFairQueue(uplinksPerTurn);
	const quarantine = createQuarantine(() => performance.now());
	const busy = new Set<string>();
	const failed: Partial<Record<FailureReason, number>> = {};
	let decoded = 0;
	let threads: Thread[] | null = null;
	let refusal: Failure | null = null;

	function settle(batch: Batch, uplink: Waiting, outcome: Outcome): void {
		if (!batch.check) {
			if (outcome.reason === undefined) decoded += 1;
			else failed[outcome.reason] = (failed[outcome.reason] ?? 0) + 1;
			if (outcome.reason !== 'quarantined') quarantine.note(batch.codecId, outcome.reason);
		}
		uplink.settle(outcome);
	}

	function refuseAll(batches: Batch[], outcome: Outcome): void {
		for (const batch of batches) for (const uplink of batch.uplinks) settle(batch, uplink, outcome);
	}

	function startThreads(): Thread[] {
		const started: Thread[] = [];
		for (let index = 0; index < workers; index += 1) {
			let held: Batch[] = [];
			const release = (batch: Batch) => busy.delete(batch.codecId);
			const thread = createThread(limits, hardLimitMs, {
				idle: () => {
					for (const batch of held) release(batch);
					held = [];
					dispatch();
				},
				done(batch, outcomes) {
					for (const [position, outcome] of outcomes.entries()) {
						const uplink = batch.uplinks[position];
						if (uplink) settle(batch, uplink, outcome);
					}
				},
				again: (batch) => queue.putBack(batch),
				guilty(batch, position, message) {
					const uplink = batch.uplinks[position];
					if (uplink) settle(batch, uplink, { reason: 'crash', message });
					queue.putBack({ ...batch, uplinks: batch.uplinks.filter((other) => other !== uplink) });
				},
				broken(error) {
					refusal = { reason: 'closed', message: `the codec thread does not start: ${error.message}` };
					refuseAll(queue.take(Number.POSITIVE_INFINITY, new Set()), refusal);
				},
			});
			started.push({
				...thread,
				give(batches) {
					held = batches;
					for (const batch of batches) busy.add(batch.codecId);
					thread.give(batches);
				},
			});
		}
		return started;
	}

	function dispatch(): void {
		for (const thread of threads ?? []) {
			while (queue.length() > 0 && thread.free()) {
				const batches = queue.take(uplinksPerMessage, busy);
				if (batches.length === 0) return;
				const refused = batches.filter((batch) => !batch.check && quarantine.holds(batch.codecId));
				refuseAll(refused, {
					reason: 'quarantined',
					message: 'set aside for misbehaving; it will be tried again',
				});
				const admitted = batches.filter((batch) => !refused.includes(batch));
				if (admitted.length > 0) thread.give(admitted);
			}
		}
	}

	function enqueue(
		codecId: string,
		source: string,
		check: boolean,
		uplinks: readonly Uplink[],
	): Promise<Outcome[]> {
		if (refusal) return Promise.resolve(uplinks.map(() => refusal ?? { output: null }));
		if (uplinks.length === 0) return Promise.resolve([]);
		threads ??= startThreads();
		return new Promise((resolve) => {
			const outcomes: Outcome[] = new Array(uplinks.length);
			let left = uplinks.length;
			queue.add({
				codecId,
				source,
				check,
				uplinks: uplinks.map((uplink, index) => ({
					bytes: uplink.bytes,
					fPort: uplink.fPort ?? -1,
					milliseconds: instant(uplink.recvTime),
					variablesJson: uplink.variables ? JSON.stringify(uplink.variables) : null,
					settle(outcome) {
						outcomes[index] = outcome;
						left -= 1;
						if (left === 0) resolve(outcomes);
					},
				})),
			});
			dispatch();
		});
	}

	const nothing: Uplink = { bytes: new Uint8Array(), fPort: null, recvTime: new Date(0) };
	return {
		run: (codec, uplinks) => enqueue(codec.id, codec.source, false, uplinks),
		async decode(codec, uplinks) {
			return (await enqueue(codec.id, codec.source, false, uplinks)).map(readOutcome);
		},
		async check(source) {
			const [outcome] = await enqueue(`check ${randomUUID()}`, source, true, [nothing]);
			if (outcome?.reason === undefined) return ok(null);
			if (outcome.reason === 'no_decoder') return refuse('sensing.codec_no_decoder');
			return refuse('sensing.codec_invalid', { message: outcome.message });
		},
		statistics() {
			const each = (threads ?? []).map((thread) => thread.statistics());
			const sum = (key: keyof ReturnType<Thread['statistics']>) =>
				each.reduce((total, statistics) => total + statistics[key], 0);
			return {
				decoded,
				failed: { ...failed },
				waiting: queue.length(),
				quarantined: quarantine.count(),
				contexts: sum('contexts'),
				contextsMade: sum('contextsMade'),
				contextsDiscarded: sum('contextsDiscarded'),
				restarts: sum('restarts'),
			};
		},
		async close() {
			refusal = { reason: 'closed', message: 'the codec runtime is closed' };
			refuseAll(queue.take(Number.POSITIVE_INFINITY, new Set()), refusal);
			const left = await Promise.all((threads ?? []).map((thread) => thread.close()));
			refuseAll(left.flat(), refusal);
		},
	};
}

/** A date that is none would leave the codec without a clock: it then lives in 1970. */
function instant(recvTime: Date): number {
	const milliseconds = recvTime.getTime();
	return Number.isNaN(milliseconds) ? 0 : milliseconds;
}

/** TS013: `errors` that are not empty make the uplink undecoded, whatever `data` says. */
function readOutcome(outcome: Outcome): Decoded {
	if (outcome.reason !== undefined) return { ok: false, reason: outcome.reason, errors: [outcome.message] };
	const answer = outcome.output as { data?: unknown; errors?: unknown; error?: unknown; warnings?: unknown };
	const errors = [...sentences(answer.errors), ...sentences(answer.error)];
	if (errors.length > 0) return { ok: false, reason: 'codec_error', errors };
	const { data } = answer;
	if (typeof data !== 'object' || data === null || Array.isArray(data))
		return { ok: false, reason: 'invalid_output', errors: ['the answer has no object "data"'] };
	return { ok: true, data: data as Record<string, unknown>, warnings: sentences(answer.warnings) };
}

/** Vendors give a list of sentences, one sentence, or objects that hold one. */
function sentences(given: unknown): string[] {
	if (given === undefined || given === null || given === '') return [];
	if (Array.isArray(given)) return given.flatMap(sentences);
	return [typeof given === 'string' ? given : JSON.stringify(given)];
}
