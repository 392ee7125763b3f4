/**
 * What a codec finds around it, as JavaScript for the sandbox. Vendors write for several network servers,
 * so beside the language itself there are `Buffer`, `TextDecoder`, `atob`, a silent `console` and CommonJS'
 * `module`; there is no clock but the uplink's, no chance but a repeatable one, no `require`, no network.
 *
 * The script's value is `start(factory, decoderName)`: given the compiled codec it returns the function that
 * the host calls for each payload with `(bytesJson, fPort, milliseconds, variablesJson)` and that answers
 * `R<json>`, `E<message>` (the codec threw) or `I<message>` (the answer is no JSON object).
 */
export const prelude = `(function () {
	'use strict';
	const RealDate = Date, parse = JSON.parse, stringify = JSON.stringify, text = String, construct = Reflect.construct;
	const isArray = Array.isArray, setPrototype = Object.setPrototypeOf;
	const global = globalThis;
	let now = 0, seed = 0;
	const give = (name, value) =>
		Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: false });

	function ClockedDate(...parts) {
		if (!new.target) return new RealDate(now).toString();
		return construct(RealDate, parts.length === 0 ? [now] : parts, new.target);
	}
	Object.defineProperty(ClockedDate, 'name', { value: 'Date' });
	ClockedDate.prototype = RealDate.prototype;
	ClockedDate.now = () => now;
	ClockedDate.parse = RealDate.parse;
	ClockedDate.UTC = RealDate.UTC;
	Object.defineProperty(RealDate.prototype, 'constructor', { value: ClockedDate, writable: true, configurable: true });
	give('Date', ClockedDate);

	Math.random = () => {
		seed = (seed + 0x6d2b79f5) | 0;
		let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};

	const silent = () => {};
	give('console', { log: silent, info: silent, warn: silent, error: silent, debug: silent, trace: silent, table: silent, assert: silent });
	give('global', global);

	const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
	function toBase64(bytes) {
		let out = '';
		for (let i = 0; i < bytes.length; i += 3) {
			const b = bytes[i + 1], c = bytes[i + 2];
			const bits = (bytes[i] << 16) | ((b || 0) << 8) | (c || 0);
			out += alphabet[bits >> 18] + alphabet[(bits >> 12) & 63]
				+ (b === undefined ? '=' : alphabet[(bits >> 6) & 63]) + (c === undefined ? '=' : alphabet[bits & 63]);
		}
		return out;
	}
	function fromBase64(given) {
		const out = [];
		let bits = 0, held = 0;
		for (const letter of text(given)) {
			const value = alphabet.indexOf(letter === '-' ? '+' : letter === '_' ? '/' : letter);
			if (letter === '=') break;
			if (value < 0) continue;
			bits = ((bits << 6) | value) & 0xffffff;
			held += 6;
			if (held >= 8) {
				held -= 8;
				out.push((bits >> held) & 255);
			}
		}
		return out;
	}
	function toUtf8(given) {
		const coded = encodeURIComponent(text(given).toWellFormed()), out = [];
		for (let i = 0; i < coded.length; i++) {
			if (coded[i] === '%') {
				out.push(parseInt(coded.slice(i + 1, i + 3), 16));
				i += 2;
			} else out.push(coded.charCodeAt(i));
		}
		return out;
	}
	function fromUtf8(bytes) {
		let out = '';
		for (let i = 0; i < bytes.length; ) {
			const first = bytes[i++];
			const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : -1;
			if (more < 0) { out += '\\ufffd'; continue; }
			let point = more === 0 ? first : first & (0x3f >> more), left = more;
			while (left > 0 && (bytes[i] & 0xc0) === 0x80) { point = (point << 6) | (bytes[i++] & 0x3f); left--; }
			const least = [0, 0x80, 0x800, 0x10000][more];
			out += left > 0 || point < least || point > 0x10ffff || (point >= 0xd800 && point < 0xe000) ? '\\ufffd' : String.fromCodePoint(point);
		}
		return out;
	}
	const latin = (bytes, mask) => { let out = ''; for (let i = 0; i < bytes.length; i++) out += String.fromCharCode(bytes[i] & mask); return out; };
	const bytesOf = (view) => ArrayBuffer.isView(view) ? new Uint8Array(view.buffer, view.byteOffset, view.byteLength) : new Uint8Array(view || 0);

	give('atob', (given) => latin(fromBase64(given), 255));
	give('btoa', (given) => toBase64(Array.from(text(given), (letter) => letter.charCodeAt(0) & 255)));
	give('TextDecoder', class TextDecoder {
		constructor(label = 'utf-8') { this.encoding = text(label).toLowerCase(); }
		decode(view) {
			const bytes = bytesOf(view);
			if (!this.encoding.startsWith('utf')) return latin(bytes, this.encoding.includes('ascii') ? 127 : 255);
			return fromUtf8(bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes);
		}
	});
	give('TextEncoder', class TextEncoder {
		get encoding() { return 'utf-8'; }
		encode(given = '') { return Uint8Array.from(toUtf8(given)); }
	});

	function encode(given, encoding) {
		switch (text(encoding || 'utf8').toLowerCase()) {
			case 'hex': {
				const out = [];
				for (let i = 0; i + 1 < given.length; i += 2) {
					const pair = given.slice(i, i + 2);
					if (!/^[0-9a-f]{2}$/i.test(pair)) break;
					out.push(parseInt(pair, 16));
				}
				return out;
			}
			case 'base64': case 'base64url': return fromBase64(given);
			case 'ascii': case 'latin1': case 'binary': return Array.from(given, (letter) => letter.charCodeAt(0) & 255);
			case 'utf16le': case 'ucs2': return Array.from({ length: given.length * 2 }, (_, i) => (given.charCodeAt(i >> 1) >> (8 * (i & 1))) & 255);
			default: return toUtf8(given);
		}
	}
	function decode(bytes, encoding) {
		switch (text(encoding || 'utf8').toLowerCase()) {
			case 'hex': { let out = ''; for (let i = 0; i < bytes.length; i++) out += (bytes[i] < 16 ? '0' : '') + bytes[i].toString(16); return out; }
			case 'base64': return toBase64(bytes);
			case 'base64url': return toBase64(bytes).replace(/\\+/g, '-').replace(/\\//g, '_').replace(/=+$/, '');
			case 'ascii': return latin(bytes, 127);
			case 'latin1': case 'binary': return latin(bytes, 255);
			case 'utf16le': case 'ucs2': { let out = ''; for (let i = 0; i + 1 < bytes.length; i += 2) out += String.fromCharCode(bytes[i] | (bytes[i + 1] << 8)); return out; }
			default: return fromUtf8(bytes);
		}
	}

	class Buffer extends Uint8Array {
		static from(given, encodingOrOffset, length) {
			if (typeof given === 'string') return Buffer.of(...encode(given, encodingOrOffset));
			if (given instanceof ArrayBuffer) return new Buffer(given, encodingOrOffset, length);
			if (given && given.type === 'Buffer' && isArray(given.data)) return Buffer.from(given.data);
			const copy = new Buffer(given.length || 0);
			for (let i = 0; i < copy.length; i++) copy[i] = given[i];
			return copy;
		}
		static alloc(size, fill, encoding) { const made = new Buffer(size); return fill === undefined ? made : made.fill(fill, 0, size, encoding); }
		static allocUnsafe(size) { return new Buffer(size); }
		static isBuffer(given) { return given instanceof Buffer; }
		static byteLength(given, encoding) { return typeof given === 'string' ? encode(given, encoding).length : given.byteLength; }
		static concat(list, total) {
			const joined = new Buffer(total === undefined ? list.reduce((sum, part) => sum + part.length, 0) : total);
			let at = 0;
			for (const part of list) for (let i = 0; i < part.length && at < joined.length; i++) joined[at++] = part[i];
			return joined;
		}
		static compare(a, b) {
			for (let i = 0; i < a.length && i < b.length; i++) if (a[i] !== b[i]) return a[i] < b[i] ? -1 : 1;
			return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
		}
		slice(start, end) { return this.subarray(start, end); }
		toString(encoding, start = 0, end = this.length) { return decode(Uint8Array.prototype.subarray.call(this, start, end), encoding); }
		toJSON() { return { type: 'Buffer', data: Array.from(this) }; }
		equals(other) { return Buffer.compare(this, other) === 0; }
		compare(other) { return Buffer.compare(this, other); }
		fill(value, start, end, encoding) {
			if (typeof value !== 'string') return super.fill(value, start, end);
			const pattern = encode(value, encoding), from = start || 0, to = end === undefined ? this.length : end;
			for (let i = from; i < to; i++) this[i] = pattern.length ? pattern[(i - from) % pattern.length] : 0;
			return this;
		}
		copy(target, at = 0, start = 0, end = this.length) {
			const part = this.subarray(start, Math.min(end, start + target.length - at));
			target.set(part, at);
			return part.length;
		}
		write(given, at = 0, length, encoding) {
			const coded = encode(given, typeof length === 'string' ? length : encoding).slice(0, this.length - at);
			this.set(coded, at);
			return coded.length;
		}
		swap16() { for (let i = 0; i + 1 < this.length; i += 2) [this[i], this[i + 1]] = [this[i + 1], this[i]]; return this; }
	}
	const readers = {};
	const inRange = (bytes, at, size) => {
		if (typeof at !== 'number' || at < 0 || at + size > bytes.length) throw new RangeError('The value of "offset" is out of range. Received ' + at);
	};
	function viewOf(bytes, at, size) {
		inRange(bytes, at, size);
		const view = new DataView(new ArrayBuffer(size));
		for (let i = 0; i < size; i++) view.setUint8(i, bytes[at + i]);
		return view;
	}
	for (const [name, getter, size] of [
		['UInt8', 'Uint8', 1], ['Int8', 'Int8', 1], ['UInt16', 'Uint16', 2], ['Int16', 'Int16', 2], ['UInt32', 'Uint32', 4], ['Int32', 'Int32', 4],
		['Float', 'Float32', 4], ['Double', 'Float64', 8], ['BigUInt64', 'BigUint64', 8], ['BigInt64', 'BigInt64', 8],
	]) {
		for (const [ending, little] of size === 1 ? [['', true]] : [['LE', true], ['BE', false]]) {
			readers['read' + name + ending] = function (at = 0) { return viewOf(this, at, size)['get' + getter](0, little); };
			readers['write' + name + ending] = function (value, at = 0) {
				inRange(this, at, size);
				const view = new DataView(new ArrayBuffer(size));
				view['set' + getter](0, value, little);
				for (let i = 0; i < size; i++) this[at + i] = view.getUint8(i);
				return at + size;
			};
		}
	}
	function whole(bytes, at, size, little) {
		inRange(bytes, at, size);
		let sum = 0;
		for (let i = 0; i < size; i++) sum = sum * 256 + bytes[at + (little ? size - 1 - i : i)];
		return sum;
	}
	const signed = (value, size) => value >= 2 ** (8 * size - 1) ? value - 2 ** (8 * size) : value;
	readers.readUIntLE = function (at, size) { return whole(this, at, size, true); };
	readers.readUIntBE = function (at, size) { return whole(this, at, size, false); };
	readers.readIntLE = function (at, size) { return signed(whole(this, at, size, true), size); };
	readers.readIntBE = function (at, size) { return signed(whole(this, at, size, false), size); };
	for (const name of Object.keys(readers)) readers[name.replace('UInt', 'Uint')] = readers[name];
	for (const [name, value] of Object.entries(readers)) Object.defineProperty(Buffer.prototype, name, { value, writable: true, configurable: true });
	give('Buffer', Buffer);

	// Some drivers take the payload for a Buffer: theirs stays a true array, with Buffer's readers in reach.
	const readable = Object.create(Array.prototype, {
		toString: { value: function (encoding, start, end) { return encoding === undefined ? this.join(',') : decode(this.slice(start, end), encoding); } },
		subarray: { value: function (start, end) { return Buffer.from(this.slice(start, end)); } },
		equals: { value: function (other) { return Buffer.compare(this, other) === 0; } },
	});
	for (const [name, value] of Object.entries(readers)) Object.defineProperty(readable, name, { value });

	return function start(factory, wantsReaders, wantsModule) {
		const load = () => {
			if (wantsModule) {
				const module = { exports: {} };
				give('module', module);
				give('exports', module.exports);
			}
			return factory.call(global);
		};
		return function run(bytesJson, fPort, milliseconds, variablesJson) {
			now = milliseconds;
			seed = milliseconds | 0;
			let answer;
			try {
				const [style, decoder] = load();
				if (milliseconds !== milliseconds) return 'R' + style;
				const bytes = parse(bytesJson);
				if (wantsReaders) setPrototype(bytes, readable);
				const port = fPort < 0 ? undefined : fPort;
				const variables = variablesJson === '' ? {} : parse(variablesJson);
				if (style === 'Decoder') answer = { data: decoder(bytes, port) };
				else if (style === 'Decode') answer = { data: decoder(port, bytes, variables) };
				else {
					const input = { bytes, fPort: port, recvTime: new RealDate(milliseconds), variables };
					answer = decoder(input);
				}
			} catch (error) {
				try {
					return 'E' + text(error && error.message !== undefined && error.message !== '' ? error.message : error).slice(0, 500);
				} catch (_) {
					return 'Ethrew something that cannot be shown';
				}
			}
			try {
				if (answer === null || typeof answer !== 'object' || isArray(answer)) return 'Ithe answer is not an object';
				if (typeof answer.then === 'function') return 'Ithe answer is a promise; a codec answers at once';
				const json = stringify(answer);
				if (typeof json !== 'string' || json[0] !== '{') return 'Ithe answer is not an object';
				return 'R' + json;
			} catch (error) {
				try {
					return 'I' + text(error && error.message).slice(0, 500);
				} catch (_) {
					return 'Ithe answer cannot be written as JSON';
				}
			}
		};
	};
})()`;

/**
 * The codec as a function whose call runs the whole file anew: every uplink finds the file's variables as
 * its author wrote them, at a thirtieth of the price of a new context.
 */
export function factorySource(source: string): string {
	return `(function () {${source}
;return typeof decodeUplink === 'function' ? ['decodeUplink', decodeUplink]
: typeof exports === 'object' && exports && typeof exports.decodeUplink === 'function' ? ['decodeUplink', exports.decodeUplink]
: typeof module === 'object' && module && module.exports && typeof module.exports.decodeUplink === 'function' ? ['decodeUplink', module.exports.decodeUplink.bind(module.exports)]
: typeof module === 'object' && module && module.exports && module.exports.default && typeof module.exports.default.decodeUplink === 'function' ? ['decodeUplink', module.exports.default.decodeUplink.bind(module.exports.default)]
: typeof Decoder === 'function' ? ['Decoder', Decoder]
: typeof Decode === 'function' ? ['Decode', Decode]
: typeof module === 'object' && module && typeof module.exports === 'function' ? ['decodeUplink', module.exports]
: ['none', null];
})`;
}

/** The same file with ECMAScript's `export` words turned into what a function body may hold. */
export function withoutExports(source: string): string {
	return source
		.replace(
			/^([ \t]*)export\s+(?:default\s+)?(?=(?:async\s+)?function\s+[\w$]|const\s|let\s|var\s|class\s+[\w$])/gm,
			'$1',
		)
		.replace(/^[ \t]*export\s*\{[^}]*\}\s*;?/gm, '')
		.replace(/^[ \t]*export\s+default\s+/gm, 'module.exports.default = ');
}

/** Does the codec read its payload as a Node.js Buffer? */
export function readsLikeBuffer(source: string): boolean {
	return /\.(?:read(?:U?[Ii]nt|Big|Float|Double)|subarray|equals)|toString\(\s*['"](?:hex|base64|ascii|utf-?8)/.test(
		source,
	);
}
