import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
	newQuickJSWASMModule,
	newVariant,
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

/** One codec's own QuickJS, compiled and ready. To be rid of it, forget it. */
export interface Sandbox {
	/** Never throws for what a codec does; `spoilt` tells when it must be thrown away afterwards. */
	run(payload: Payload): Outcome;
	spoilt(): boolean;
}

/** The part of WebAssembly used here; its types come with browsers' only. */
interface WasmApi {
	compile(bytes: Uint8Array): Promise<object>;
	Memory: new (pages: { initial: number; maximum: number }) => WasmMemory;
}
interface WasmMemory {
	readonly buffer: ArrayBuffer;
}
const wasmApi = Reflect.get(globalThis, 'WebAssembly') as WasmApi;

const pageBytes = 65536;
/** What the engine's build starts with. */
const leastPages = 256;

const deepestNesting = 64;

/**
 * Each codec lives in a WebAssembly instance of its own: QuickJS' memory limit does not see large blocks in
 * this build (its allocator cannot tell their size), whereas an instance's memory has an end nobody passes.
 */
export async function openSandboxes(limits: Limits): Promise<(source: string) => Promise<Sandbox | Failure>> {
	const wasm = createRequire(import.meta.resolve('quickjs-emscripten')).resolve(
		'@jitl/quickjs-wasmfile-release-sync',
	);
	const wasmModule = await wasmApi.compile(await readFile(join(dirname(wasm), 'emscripten-module.wasm')));
	const maximum = Math.max(leastPages, Math.ceil(limits.memoryLimitBytes / pageBytes));
	return async (source) => {
		const wasmMemory = new wasmApi.Memory({ initial: leastPages, maximum });
		const quickjs = await newQuickJSWASMModule(newVariant(RELEASE_SYNC, { wasmModule, wasmMemory }));
		return openSandbox(quickjs, wasmMemory, limits, source);
	};
}

function openSandbox(
	quickjs: QuickJSWASMModule,
	memory: WasmMemory,
	limits: Limits,
	source: string,
): Sandbox | Failure {
	const runtime = quickjs.newRuntime();
	runtime.setMaxStackSize(limits.stackLimitBytes);
	const deadline = watchTime(runtime);
	const context = runtime.newContext();
	deadline.set(limits.loadLimitMs);
	const compiled = compile(context, source);
	if ('reason' in compiled) {
		return deadline.passed() ? failure('timeout', 'compiling takes too long') : compiled;
	}
	const run = compiled.run;
	let spoilt = false;
	// A codec that hoards gets a new context well before its memory ends.
	const hoard = (leastPages * pageBytes + limits.memoryLimitBytes) / 2;

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
		if (deadline.passed()) {
			spoilt = true;
			return failure('timeout', `more than ${limitMs} ms`);
		}
		const outcome = readAnswer(text);
		if (outcome.reason !== undefined && outcome.reason !== 'codec_error') spoilt = true;
		return outcome;
	};

	/** The engine itself may fall (a trap, a stack the host ends): its instance is lost, and only that. */
	const guarded = (payload: Payload): Outcome => {
		try {
			return call(payload, limits.timeLimitMs);
		} catch (error) {
			spoilt = true;
			return failure('crash', error instanceof Error ? error.message : String(error));
		}
	};

	const tried = call(
		{ bytesJson: '[]', fPort: -1, milliseconds: Number.NaN, variablesJson: '' },
		limits.loadLimitMs,
	);
	if (tried.reason !== undefined || tried.output === 'none') {
		if (tried.reason === undefined) return failure('no_decoder', 'the codec has no function decodeUplink');
		return tried.reason === 'codec_error' ? failure('invalid_codec', tried.message) : tried;
	}
	return {
		run(payload) {
			const outcome = guarded(payload);
			if (memory.buffer.byteLength > hoard) spoilt = true;
			return outcome;
		},
		spoilt: () => spoilt,
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

/** Gives each payload its processor time: QuickJS asks every few thousand steps whether to go on. */
function watchTime(runtime: QuickJSRuntime) {
	let until = 0;
	let processorUntil = 0;
	let passed = false;
	const check = (): boolean => {
		const now = performance.now();
		if (now < until) return passed;
		// On a crowded machine the clock runs while the codec waits: only processor time is held against it.
		const left = processorUntil - threadMilliseconds();
		if (left > 0) until = now + left;
		else passed = true;
		return passed;
	};
	runtime.setInterruptHandler(check);
	return {
		set(limitMs: number) {
			passed = false;
			processorUntil = threadMilliseconds() + limitMs;
			until = performance.now() + limitMs;
		},
		/** Also true after a native function that asked nobody took too long. */
		passed: check,
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

function readAnswer(text: string): Outcome {
	const rest = text.slice(1);
	if (text[0] === 'R')
		return nestsTooDeep(rest)
			? failure('invalid_output', `the answer nests deeper than ${deepestNesting} levels`)
			: { output: rest };
	if (text[0] === 'I') return failure(reasonOf(rest) ?? 'invalid_output', rest);
	return failure(reasonOf(rest) ?? 'codec_error', rest);
}

/** Whoever walks the answer later does so by recursion: a few thousand levels would end the process. */
function nestsTooDeep(json: string): boolean {
	let depth = 0;
	let inString = false;
	for (let index = 0; index < json.length; index += 1) {
		const code = json.charCodeAt(index);
		if (code === 0x22) inString = !inString;
		else if (inString) {
			if (code === 0x5c) index += 1;
		} else if (code === 0x7b || code === 0x5b) {
			depth += 1;
			if (depth > deepestNesting) return true;
		} else if (code === 0x7d || code === 0x5d) depth -= 1;
	}
	return false;
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
