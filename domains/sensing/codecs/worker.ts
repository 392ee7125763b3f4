import { parentPort, workerData } from 'node:worker_threads';
import type { Failure, Outcome, RunReply, RunRequest, WorkerData } from './protocol.ts';
import { slot } from './protocol.ts';
import { openSandboxes, type Payload, type Sandbox } from './sandbox.ts';

// QuickJS asks the host for the zone: codecs live in UTC whatever the machine's. This realm is the thread's own.
Date.prototype.getTimezoneOffset = () => 0;

if (!parentPort) throw new Error('worker.ts runs in a worker thread');
const port = parentPort;
const { limits, progress: shared } = workerData as WorkerData;
const progress = new Int32Array(shared);
const open = await openSandboxes(limits);

/** By codec, the one used last at the end; a codec that cannot be loaded stays as its refusal. */
const kept = new Map<string, Sandbox | Failure>();
const sources = new Map<string, string>();

port.on('message', async (runs: RunRequest[]) => {
	const replies: RunReply[] = [];
	for (const [index, run] of runs.entries()) {
		Atomics.store(progress, slot.run, index);
		replies.push(await answer(run));
	}
	Atomics.store(progress, slot.run, -1);
	port.postMessage(replies);
});
port.postMessage('ready');

async function answer(run: RunRequest): Promise<RunReply> {
	if (run.source !== null) sources.set(run.codecId, run.source);
	const source = sources.get(run.codecId);
	if (source === undefined) return { state: 'unknown_codec' };
	begin(0);
	if (run.check) {
		const opened = await open(source);
		sources.delete(run.codecId);
		return { state: 'done', text: `[${isSandbox(opened) ? '{"output":null}' : JSON.stringify(opened)}]` };
	}
	const outcomes: string[] = [];
	const turnEnds = performance.now() + limits.turnMs;
	let from = 0;
	for (const [index, end] of run.ends.entries()) {
		begin(index);
		const outcome = await decode(run.codecId, source, {
			bytesJson: `[${run.bytes.subarray(from, end).join()}]`,
			fPort: run.fPorts[index] ?? -1,
			milliseconds: run.times[index] ?? 0,
			variablesJson: run.variables?.[index] ?? '',
		});
		from = end;
		outcomes.push(outcome.reason === undefined ? `{"output":${outcome.output}}` : JSON.stringify(outcome));
		if (performance.now() > turnEnds) break;
	}
	return { state: 'done', text: `[${outcomes.join()}]` };
}

async function decode(codecId: string, source: string, payload: Payload): Promise<Outcome> {
	let sandbox = kept.get(codecId);
	if (sandbox === undefined) {
		sandbox = await open(source);
		Atomics.add(progress, slot.made, 1);
	}
	kept.delete(codecId);
	kept.set(codecId, sandbox);
	while (kept.size > limits.maxContexts) {
		const oldest = kept.keys().next().value;
		if (oldest === undefined) break;
		discard(oldest);
		sources.delete(oldest);
	}
	if (!isSandbox(sandbox)) {
		// A codec too slow or too large to load may have met a bad moment: the next uplink tries again.
		if (sandbox.reason === 'timeout' || sandbox.reason === 'memory') kept.delete(codecId);
		Atomics.store(progress, slot.contexts, kept.size);
		return sandbox;
	}
	const outcome = sandbox.run(payload);
	if (sandbox.spoilt()) discard(codecId);
	Atomics.store(progress, slot.contexts, kept.size);
	return outcome;
}

function discard(codecId: string): void {
	const sandbox = kept.get(codecId);
	kept.delete(codecId);
	if (sandbox && isSandbox(sandbox)) Atomics.add(progress, slot.discarded, 1);
}

/** Tells the watchdog that a payload starts. */
function begin(payload: number): void {
	Atomics.store(progress, slot.payload, payload);
	Atomics.add(progress, slot.begun, 1);
}

function isSandbox(opened: Sandbox | Failure): opened is Sandbox {
	return 'run' in opened;
}
