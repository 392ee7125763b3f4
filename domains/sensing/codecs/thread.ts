import { Worker } from 'node:worker_threads';
import type { Limits, Outcome, RunReply, RunRequest, WorkerData } from './protocol.ts';
import { slot } from './protocol.ts';
import type { Batch } from './queue.ts';

/** How the pool learns what became of the work it gave. */
export interface ThreadEvents {
	/** The thread can take work. */
	idle(): void;
	/** Outcomes of the first uplinks of a batch, in order; the others had no turn yet. */
	done(batch: Batch, outcomes: Outcome[]): void;
	/** Not begun, or begun beside the one to blame: to be tried again. */
	again(batch: Batch): void;
	/** The payload in hand when the thread hung or died. */
	guilty(batch: Batch, index: number, message: string): void;
	/** The thread could not even start, several times in a row. */
	broken(error: Error): void;
}

const mostFailedStarts = 3;

/**
 * A worker thread with its watchdog. What QuickJS cannot interrupt (a native loop, a crash of the engine) is
 * ended from outside: the thread is terminated, a new one takes its place, and only the payload in hand pays.
 *
 * @param hardLimitMs wall time without progress after which the thread is ended
 */
export function createThread(limits: Limits, hardLimitMs: number, events: ThreadEvents) {
	let worker: Worker | null = null;
	let progress = new Int32Array(new SharedArrayBuffer(4 * slot.count));
	let inHand: Batch[] | null = null;
	let known = new Set<string>();
	let ready = false;
	let closing = false;
	let restarts = 0;
	let failedStarts = 0;
	let ended = { made: 0, discarded: 0 };
	let watchdog: NodeJS.Timeout | undefined;
	start();

	function start(): void {
		const shared = new SharedArrayBuffer(4 * slot.count);
		progress = new Int32Array(shared);
		Atomics.store(progress, slot.run, -1);
		known = new Set();
		ready = false;
		const workerData: WorkerData = { limits, progress: shared };
		const started = new Worker(new URL('./worker.ts', import.meta.url), {
			workerData,
			env: {},
			execArgv: [],
			resourceLimits: { stackSizeMb: 8, maxOldGenerationSizeMb: 256 },
		});
		worker = started;
		started.unref();
		let cause: Error | null = null;
		started.on('message', (message: 'ready' | RunReply[]) => {
			if (worker !== started) return;
			if (message === 'ready') {
				ready = true;
				failedStarts = 0;
				events.idle();
			} else receive(message);
		});
		started.on('error', (error: Error) => {
			cause = error;
		});
		started.on('exit', () => {
			if (worker === started) died(cause ?? new Error('the thread ended'));
		});
	}

	function receive(replies: RunReply[]): void {
		clearInterval(watchdog);
		const batches = inHand ?? [];
		inHand = null;
		worker?.unref();
		for (const [index, batch] of batches.entries()) {
			const reply = replies[index];
			if (reply?.state === 'done') {
				const outcomes = parseOutcomes(reply.text);
				events.done(batch, outcomes);
				if (!batch.check) events.again({ ...batch, uplinks: batch.uplinks.slice(outcomes.length) });
			} else {
				known.delete(batch.codecId);
				events.again(batch);
			}
		}
		events.idle();
	}

	function died(error: Error): void {
		clearInterval(watchdog);
		const batches = inHand ?? [];
		const guilty = Atomics.load(progress, slot.run);
		const index = Atomics.load(progress, slot.payload);
		const wasReady = ready;
		inHand = null;
		worker = null;
		ready = false;
		ended = {
			made: ended.made + Atomics.load(progress, slot.made),
			discarded: ended.discarded + Atomics.load(progress, slot.discarded),
		};
		if (closing) return;
		for (const [position, batch] of batches.entries()) {
			if (position === guilty) events.guilty(batch, index, error.message);
			else events.again(batch);
		}
		restarts += 1;
		if (!wasReady) failedStarts += 1;
		if (failedStarts >= mostFailedStarts) events.broken(error);
		else start();
	}

	function watch(): void {
		let seen = Atomics.load(progress, slot.begun);
		let since = performance.now();
		watchdog = setInterval(() => {
			const begun = Atomics.load(progress, slot.begun);
			if (begun !== seen) {
				seen = begun;
				since = performance.now();
			} else if (performance.now() - since > hardLimitMs) {
				clearInterval(watchdog);
				const stuck = worker;
				died(new Error(`no answer after ${hardLimitMs} ms`));
				void stuck?.terminate();
			}
		}, hardLimitMs / 4);
	}

	return {
		free: () => ready && inHand === null && !closing,
		give(batches: Batch[]): void {
			if (!worker) throw new Error('the thread is closed');
			inHand = batches;
			worker.ref();
			const runs = batches.map((batch) => pack(batch, !known.has(batch.codecId)));
			for (const batch of batches) if (!batch.check) known.add(batch.codecId);
			watch();
			worker.postMessage(
				runs,
				runs.map((run) => run.bytes.buffer as ArrayBuffer),
			);
		},
		statistics: () => ({
			contexts: Atomics.load(progress, slot.contexts),
			contextsMade: ended.made + Atomics.load(progress, slot.made),
			contextsDiscarded: ended.discarded + Atomics.load(progress, slot.discarded),
			restarts,
		}),
		/** Ends the thread; what it had in hand is returned. */
		async close(): Promise<Batch[]> {
			closing = true;
			clearInterval(watchdog);
			const left = inHand ?? [];
			inHand = null;
			await worker?.terminate();
			return left;
		},
	};
}

export type Thread = ReturnType<typeof createThread>;

function pack(batch: Batch, withSource: boolean): RunRequest {
	const { uplinks } = batch;
	let total = 0;
	for (const uplink of uplinks) total += uplink.bytes.length;
	const bytes = new Uint8Array(total);
	const ends: number[] = [];
	let at = 0;
	for (const uplink of uplinks) {
		bytes.set(uplink.bytes, at);
		at += uplink.bytes.length;
		ends.push(at);
	}
	return {
		codecId: batch.codecId,
		source: withSource ? batch.source : null,
		check: batch.check,
		bytes,
		ends,
		fPorts: uplinks.map((uplink) => uplink.fPort),
		times: uplinks.map((uplink) => uplink.milliseconds),
		variables: uplinks.some((uplink) => uplink.variablesJson !== null)
			? uplinks.map((uplink) => uplink.variablesJson)
			: null,
	};
}

/** Own keys named `__proto__` are dropped: whoever copies the object further must not be surprised. */
function parseOutcomes(text: string): Outcome[] {
	return text.includes('"__proto__"')
		? JSON.parse(text, (key, value) => (key === '__proto__' ? undefined : value))
		: JSON.parse(text);
}
