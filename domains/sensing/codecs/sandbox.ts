import {
	newQuickJSWASMModule,
	type QuickJSContext,
	type QuickJSHandle,
	type QuickJSRuntime,
	type QuickJSWASMModule,
	RELEASE_SYNC,
} from 'quickjs-emscripten';
import { factorySource, prelude, readsLikeBuffer, withoutExports } from './prelude.ts';
import type { Failure, FailureReason, Limits, Outcome } from './protocol.ts';

/** One payload, its bytes as a JSON array; `fPort` is -1 when there is none. */
export interface Payload {
	bytesJson: string;
	fPort: number;
	milliseconds: number;
	variablesJson: string;
}

/** One codec's own QuickJS runtime, compiled and ready. */
export interface Sandbox {
	/** Never throws for what a codec does; `spoilt` tells when it must be thrown away afterwards. */
	run(payload: Payload): Outcome;
	spoilt(): boolean;
	dispose(): void;
}

/** How often the heap of a context is looked at: counting it walks all of it. */
const decodesBetweenCounts = 1000;

export async function openSandboxes(limits: Limits): Promise<(source: string) => Sandbox | Failure> {
	const quickjs = await newQuickJSWASMModule(RELEASE_SYNC);
	return (source) => openSandbox(quickjs, limits, source);
}

function openSandbox(quickjs: QuickJSWASMModule, limits: Limits, source: string): Sandbox | Failure {
	const runtime = quickjs.newRuntime();
	runtime.setMemoryLimit(limits.memoryLimitBytes);
	runtime.setMaxStackSize(limits.stackLimitBytes);
	const deadline = watchTime(runtime);
	const context = runtime.newContext();
	const dispose = () => {
		context.dispose();
		runtime.dispose();
	};
	deadline.set(limits.loadLimitMs);
	const compiled = compile(context, source);
	if ('reason' in compiled) {
		dispose();
		return deadline.passed() ? failure('timeout', 'compiling takes too long') : compiled;
	}
	const run = compiled.run;
	let spoilt = false;
	let decodes = 0;

	const call = (payload: Payload, limitMs: number): Outcome => {
		deadline.set(limitMs);
		const given = [
			context.newString(payload.bytesJson),
			context.newNumber(payload.fPort),
			context.newNumber(payload.milliseconds),
			context.newString(payload.variablesJson),
		];
		const answered = context.callFunction(run, context.undefined, given);
		for (const handle of given) handle.dispose();
		if (answered.error) {
			// The wrapper catches all that can be caught: only an interruption or an empty heap comes here.
			answered.error.dispose();
			spoilt = true;
			return deadline.passed()
				? failure('timeout', `more than ${limitMs} ms`)
				: failure('memory', `more than ${limits.memoryLimitBytes} bytes`);
		}
		if (tooLong(context, answered.value, limits.outputLimitChars)) {
			answered.value.dispose();
			spoilt = true;
			return failure('invalid_output', `the answer is longer than ${limits.outputLimitChars} characters`);
		}
		const text = context.getString(answered.value);
		answered.value.dispose();
		const outcome = readAnswer(text);
		if (outcome.reason !== undefined && outcome.reason !== 'codec_error') spoilt = true;
		return outcome;
	};

	const tried = call(
		{ bytesJson: '[]', fPort: -1, milliseconds: Number.NaN, variablesJson: '' },
		limits.loadLimitMs,
	);
	if (tried.reason !== undefined || tried.output === 'none') {
		run.dispose();
		dispose();
		if (tried.reason === undefined) return failure('no_decoder', 'the codec has no function decodeUplink');
		return tried.reason === 'codec_error' ? failure('invalid_codec', tried.message) : tried;
	}
	return {
		run(payload) {
			const outcome = call(payload, limits.timeLimitMs);
			decodes += 1;
			if (decodes % decodesBetweenCounts === 0 && heapBytes(runtime, context) > limits.memoryLimitBytes / 4)
				spoilt = true;
			return outcome;
		},
		spoilt: () => spoilt,
		dispose() {
			run.dispose();
			dispose();
		},
	};
}

function compile(context: QuickJSContext, source: string): { run: QuickJSHandle } | Failure {
	const start = context.unwrapResult(context.evalCode(prelude, 'prelude.js'));
	let factory = context.evalCode(factorySource(source), 'codec.js');
	let wantsModule = /\b(?:exports|module)\b/.test(source);
	if (factory.error && /^[ \t]*export\b/m.test(source)) {
		factory.error.dispose();
		wantsModule = true;
		factory = context.evalCode(factorySource(withoutExports(source)), 'codec.js');
	}
	if (factory.error) {
		start.dispose();
		return failure('invalid_codec', describe(context, factory.error));
	}
	const flags = [readsLikeBuffer(source), wantsModule].map((flag) => (flag ? context.true : context.false));
	const run = context.unwrapResult(context.callFunction(start, context.undefined, factory.value, ...flags));
	start.dispose();
	factory.value.dispose();
	return { run };
}

/** The handler QuickJS asks every few thousand steps whether to go on. */
function watchTime(runtime: QuickJSRuntime) {
	let until = 0;
	let processorUntil: number | null = null;
	let limit = 0;
	let passed = false;
	runtime.setInterruptHandler(() => {
		// On a crowded machine the clock runs while the codec waits: only processor time is held against it.
		// Most payloads end before the first question, so the counter is read no sooner.
		processorUntil ??= threadMilliseconds() + limit;
		if (performance.now() < until) return false;
		const left = processorUntil - threadMilliseconds();
		if (left > 0) {
			until = performance.now() + left;
			return false;
		}
		passed = true;
		return true;
	});
	return {
		set(limitMs: number) {
			limit = limitMs;
			passed = false;
			processorUntil = null;
			until = performance.now() + limitMs;
		},
		passed: () => passed,
	};
}

function threadMilliseconds(): number {
	const { user, system } = process.threadCpuUsage();
	return (user + system) / 1000;
}

function tooLong(context: QuickJSContext, value: QuickJSHandle, limit: number): boolean {
	const length = context.getProp(value, 'length');
	const chars = context.getNumber(length);
	length.dispose();
	return chars > limit;
}

function heapBytes(runtime: QuickJSRuntime, context: QuickJSContext): number {
	const usage = runtime.computeMemoryUsage();
	const size = context.getProp(usage, 'memory_used_size');
	const bytes = context.getNumber(size);
	size.dispose();
	usage.dispose();
	return bytes;
}

function readAnswer(text: string): Outcome {
	const rest = text.slice(1);
	if (text[0] === 'R') return { output: rest };
	if (text[0] === 'I') return failure(reasonOf(rest) ?? 'invalid_output', rest);
	return failure(reasonOf(rest) ?? 'codec_error', rest);
}

function reasonOf(message: string): FailureReason | null {
	if (message === 'out of memory') return 'memory';
	if (message === 'stack overflow' || message.startsWith('Maximum call stack')) return 'stack';
	return null;
}

/** The syntax error with its line; the codec has not run yet, so nothing of its own is called here. */
function describe(context: QuickJSContext, error: QuickJSHandle): string {
	const dumped: unknown = context.dump(error);
	error.dispose();
	if (typeof dumped !== 'object' || dumped === null || !('message' in dumped)) return String(dumped);
	const line = 'stack' in dumped ? /codec\.js:(\d+)/.exec(String(dumped.stack))?.[1] : undefined;
	return line ? `${dumped.message} (line ${line})` : String(dumped.message);
}

export function failure(reason: FailureReason, message: string): Failure {
	return { reason, message };
}
