import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { createCodecRuntime, type Decoded, type Uplink } from './runtime.ts';

const runtime = createCodecRuntime({ workers: 1 });
afterAll(() => runtime.close());

let codecs = 0;
const at = new Date('2026-03-29T01:30:00.000Z');
const uplink = (bytes: number[] = [1, 2, 3], fPort: number | null = 1): Uplink => ({
	bytes: Uint8Array.from(bytes),
	fPort,
	recvTime: at,
});

/** Each source under an id of its own, so that no test meets another's quarantine. */
async function decode(source: string, given: Uplink = uplink(), on = runtime): Promise<Decoded> {
	codecs += 1;
	const [decoded] = await on.decode({ id: `codec ${codecs}`, source }, [given]);
	if (!decoded) throw new Error('no outcome');
	return decoded;
}

const data = async (source: string, given?: Uplink) => {
	const decoded = await decode(source, given);
	if (!decoded.ok) throw new Error(`${decoded.reason}: ${decoded.errors.join()}`);
	return decoded.data;
};

const answering = (expression: string) =>
	`function decodeUplink(input) { return { data: { v: ${expression} } }; }`;

describe('forms in which vendors publish codecs', () => {
	const returning = 'return { data: { first: input.bytes[0], port: input.fPort } };';
	test.each([
		['function', `function decodeUplink(input) { ${returning} }`],
		['var', `var decodeUplink = function (input) { ${returning} };`],
		['const arrow', `const decodeUplink = (input) => { ${returning} }`],
		['let, strict', `'use strict';\nlet decodeUplink = function (input) { ${returning} } // end`],
		['exports', `exports.decodeUplink = function (input) { ${returning} }`],
		['module.exports', `module.exports = { decodeUplink(input) { ${returning} } }`],
		[
			'both',
			`function decodeUplink(input) { ${returning} } if (typeof module !== 'undefined') module.exports = { decodeUplink };`,
		],
		['export', `export function decodeUplink(input) { ${returning} }\nexport const other = 1;`],
		['export list', `const decodeUplink = (input) => { ${returning} };\nexport { decodeUplink };`],
		['export default', `export default { decodeUplink(input) { ${returning} } }`],
		[
			'bundle',
			`!function (root, make) { typeof module === 'object' ? module.exports = make() : root.x = make(); }(this, function () { return { decodeUplink: function (input) { ${returning} } }; });`,
		],
		['this', `this.decodeUplink = function (input) { ${returning} }`],
		['legacy Decoder', 'function Decoder(bytes, port) { return { first: bytes[0], port: port }; }'],
		[
			'legacy Decode',
			'function Decode(fPort, bytes, variables) { return { first: bytes[0], port: fPort }; }',
		],
	])('%s', async (_, source) => {
		expect(await data(source, uplink([7, 8], 85))).toEqual({ first: 7, port: 85 });
	});

	test('a missing port is undefined; bytes are a true array; variables are there', async () => {
		const source = `function decodeUplink(i) { return { data: { port: typeof i.fPort, array: Array.isArray(i.bytes), sum: i.bytes.reduce((a, b) => a + b, 0), v: i.variables.k } }; }`;
		expect(await data(source, { ...uplink([1, 2], null), variables: { k: 'x' } })).toEqual({
			port: 'undefined',
			array: true,
			sum: 3,
			v: 'x',
		});
	});

	test.each([
		['Buffer.from(input.bytes).readInt16BE(1)', 515],
		['Buffer.from(input.bytes).toString("hex")', '010203'],
		['Buffer.from("AQID", "base64").readUInt8(2)', 3],
		['Buffer.from("é€😀").toString("latin1").length', 9],
		['Buffer.from([0xc3, 0xa9]).toString()', 'é'],
		['Buffer.from([0x41, 0x20, 0, 0]).readFloatBE(0)', 10],
		['Buffer.from([0xff, 0xff, 0x7f]).readIntLE(0, 3)', 8388607],
		['Buffer.concat([Buffer.from([1]), Buffer.alloc(2, 9)]).toString("hex")', '010909'],
		['Buffer.from(input.bytes).slice(1).length', 2],
		['input.bytes.readUInt16LE(0)', 513],
		['input.bytes.toString("hex") + Array.isArray(input.bytes)', '010203true'],
		['input.bytes.toString()', '1,2,3'],
		['new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac, 0xff]))', '€\ufffd'],
		['new TextEncoder().encode("é").length', 2],
		['btoa(atob("AP8B")) + atob("SGk=")', 'AP8BHi'],
		['(console.log("x"), console.error("y"), 1)', 1],
		['new DataView(new Uint8Array(input.bytes).buffer).getUint16(1)', 515],
		['(0.1 + 0.2)', 0.30000000000000004],
		['[NaN, undefined, Infinity]', [null, null, null]],
		['new Date(0)', '1970-01-01T00:00:00.000Z'],
	])('%s', async (expression, expected) => {
		expect(await data(answering(expression))).toEqual({ v: expected });
	});

	test('file variables are as written for each uplink', async () => {
		const source =
			'var cursor = 0; const seen = []; count = 0; function decodeUplink(i) { seen.push(1); return { data: { at: ++cursor, seen: seen.length, count: ++count } }; }';
		const outcomes = await runtime.decode({ id: 'cursor', source }, [uplink(), uplink(), uplink()]);
		for (const outcome of outcomes)
			expect(outcome).toEqual({ ok: true, data: { at: 1, seen: 1, count: 1 }, warnings: [] });
	});

	test('errors win over data; warnings are kept; one sentence is as good as a list', async () => {
		expect(await decode('function decodeUplink() { return { data: {}, errors: ["bad", "port"] }; }')).toEqual(
			{
				ok: false,
				reason: 'codec_error',
				errors: ['bad', 'port'],
			},
		);
		expect(
			await decode('function decodeUplink() { return { data: { a: 1 }, errors: [], warnings: "low" }; }'),
		).toEqual({
			ok: true,
			data: { a: 1 },
			warnings: ['low'],
		});
		expect(await decode('function decodeUplink() { throw new Error("short payload"); }')).toEqual({
			ok: false,
			reason: 'codec_error',
			errors: ['short payload'],
		});
	});

	test('order is kept among many uplinks', async () => {
		const many = Array.from({ length: 2000 }, (_, index) => uplink([index >> 8, index & 255]));
		const source = 'function decodeUplink(i) { return { data: { n: i.bytes[0] * 256 + i.bytes[1] } }; }';
		const decoded = await runtime.decode({ id: 'order', source }, many);
		expect(decoded.map((one) => one.ok && one.data.n)).toEqual(many.map((_, index) => index));
	});
});

describe('the only clock is recvTime', () => {
	test.each([
		['Date.now()', at.getTime()],
		['new Date().toISOString()', at.toISOString()],
		['input.recvTime.toISOString()', at.toISOString()],
		['(input.recvTime instanceof Date) + typeof Date()', 'truestring'],
		['new Date(2026, 5, 1, 12).toISOString()', '2026-06-01T12:00:00.000Z'],
		['new Date().getTimezoneOffset()', 0],
		['new (class extends Date {})().getTime()', at.getTime()],
		['new Date().constructor.now()', at.getTime()],
		['typeof performance + typeof Temporal + typeof Intl', 'undefinedundefinedundefined'],
		['Date.UTC(2026, 0, 1) + Date.parse("2026-01-01T00:00:00Z")', 2 * Date.UTC(2026, 0, 1)],
	])('%s', async (expression, expected) => {
		expect(await data(answering(expression))).toEqual({ v: expected });
	});

	test('chance repeats itself', async () => {
		const source = answering('[Math.random(), Math.random()]');
		const [first, second] = [await data(source), await data(source)];
		expect(first).toEqual(second);
		expect(new Set(first.v as number[]).size).toBe(2);
	});
});

describe('nothing outside can be reached', () => {
	const outside =
		'require process fetch XMLHttpRequest WebSocket setTimeout Worker WebAssembly std os Deno Bun';
	test.each([
		...outside.split(' ').map((name) => `typeof ${name}`),
		'this.constructor.constructor("return typeof process")()',
		'input.constructor.constructor("return typeof require")()',
		'Object.getPrototypeOf(async () => {}).constructor("return 1") && typeof globalThis.process',
		'eval("typeof process")',
		'(0, eval)("typeof require")',
	])('%s', async (expression) => {
		expect(await data(answering(expression))).toEqual({ v: 'undefined' });
	});

	test('import() gives nothing', async () => {
		const decoded = await decode(
			'let got = "none"; function decodeUplink() { import("node:fs").then(() => { got = "fs"; }, () => {}); return { data: { got } }; }',
		);
		expect(decoded).toMatchObject({ ok: true, data: { got: 'none' } });
		expect(
			(await decode('import fs from "node:fs"; function decodeUplink() { return { data: {} }; }')).ok,
		).toBe(false);
	});

	test('a codec poisons neither others nor the host', async () => {
		await decode(
			'Object.prototype.poison = 1; Array.prototype.map = null; JSON.stringify = JSON.parse = () => "{}"; globalThis.leak = 1; Date.now = () => 0; function decodeUplink() { return { data: {} }; }',
		);
		expect(
			await data(
				answering('[typeof ({}).poison, typeof [].map, typeof leak, JSON.stringify(1), Date.now() > 0]'),
			),
		).toEqual({
			v: ['undefined', 'function', 'undefined', '1', true],
		});
		expect('poison' in {}).toBe(false);
		const own = await data(
			'function decodeUplink() { return { data: JSON.parse(\'{"__proto__":{"admin":true},"constructor":{"prototype":1},"a":1}\') }; }',
		);
		expect(Object.getPrototypeOf(own)).toBe(Object.prototype);
		expect(Object.hasOwn(own, '__proto__')).toBe(false);
		expect('admin' in Object.assign({}, own)).toBe(false);
	});
});

describe('answers that are none', () => {
	test.each([
		['a number', 'return 42;'],
		['null', 'return null;'],
		['nothing', ''],
		['a list', 'return [1];'],
		['a string', 'return "x";'],
		['data that is a list', 'return { data: [1] };'],
		['no data', 'return {};'],
		['a cycle', 'const o = {}; o.o = o; return { data: o };'],
		['a BigInt', 'return { data: { v: 1n } };'],
		['a symbol', 'return Symbol("x");'],
		['a function', 'return () => 1;'],
		['a promise', 'return Promise.resolve({ data: {} });'],
		['a throwing getter', 'return { get data() { throw new Error("no"); } };'],
		['a throwing Proxy', 'return new Proxy({}, { ownKeys() { throw null; }, get() { throw null; } });'],
		['toJSON of its own', 'return { toJSON() { return "R{}"; } };'],
		['a long string', 'return { data: { v: "x".repeat(100000) } };'],
		['a long list', 'return { data: { v: new Array(50000).fill(1) } };'],
	])('%s', async (_, body) => {
		expect(await decode(`function decodeUplink(input) { ${body} }`)).toMatchObject({
			ok: false,
			reason: 'invalid_output',
		});
	});

	test('an async codec', async () => {
		expect(await decode('async function decodeUplink() { return { data: {} }; }')).toMatchObject({
			reason: 'invalid_output',
		});
	});

	test.each([
		['null', 'throw null;'],
		['a symbol', 'throw Symbol("x");'],
		['a hostile error', 'throw { get message() { throw this; }, toString() { throw this; } };'],
		['a frozen proxy', 'throw new Proxy(function () {}, { get() { throw 1; } });'],
	])('thrown %s', async (_, body) => {
		expect(await decode(`function decodeUplink() { ${body} }`)).toMatchObject({
			ok: false,
			reason: 'codec_error',
		});
	});
});

describe('check, on upload', () => {
	test('accepts a codec', async () => {
		expect(await runtime.check(answering('1'))).toEqual({ ok: true, value: null });
	});
	test('names the line of a mistake', async () => {
		const checked = await runtime.check('function decodeUplink(input) {\n  return { data: {} ;\n}');
		expect(checked).toMatchObject({ ok: false, error: 'sensing.codec_invalid' });
		expect(checked.ok ? '' : checked.detail?.message).toMatch(/line 2/);
	});
	test('needs a decoder', async () => {
		expect(await runtime.check('var a = 1;')).toMatchObject({ ok: false, error: 'sensing.codec_no_decoder' });
		expect(await decode('var a = 1;')).toMatchObject({ ok: false, reason: 'no_decoder' });
	});
	test.each([
		['endless', 'while (true) {}'],
		['throwing', 'throw new Error("no")'],
		['requiring', 'const fs = require("fs"); function decodeUplink() {}'],
		['empty heap', 'var a = []; while (true) a.push(new Array(1000).fill(1));'],
	])('refuses an %s codec', async (_, source) => {
		expect(await runtime.check(source)).toMatchObject({ ok: false, error: 'sensing.codec_invalid' });
	});
});

test('any payload gives an outcome', async () => {
	const source = `function decodeUplink(input) {
		var b = input.bytes, d = {};
		for (var i = 0; i < b.length; ) {
			var channel = b[i++], type = b[i++];
			if (type === 0x67) { d.temperature = ((b[i] | (b[i + 1] << 8)) << 16 >> 16) / 10; i += 2; }
			else if (type === 0x75) { d.battery = b[i++]; }
			else if (type === 0) throw new Error('unknown ' + channel);
			else d['c' + channel] = Buffer.from(b).readUInt16BE(i);
		}
		return { data: d };
	}`;
	await fc.assert(
		fc.asyncProperty(
			fc.array(fc.uint8Array({ maxLength: 250 }), { maxLength: 50 }),
			fc.option(fc.nat(255)),
			async (payloads, fPort) => {
				const outcomes = await runtime.decode(
					{ id: 'fuzzed', source },
					payloads.map((bytes) => ({ bytes, fPort, recvTime: at })),
				);
				expect(outcomes.length).toBe(payloads.length);
				for (const outcome of outcomes) expect(outcome.ok || outcome.reason === 'codec_error').toBe(true);
			},
		),
		{ numRuns: 60 },
	);
});
