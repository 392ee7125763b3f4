import { createCodecRuntime, type Uplink } from '../codecs/runtime.ts';

/** Codecs in the shapes vendors write: a few fields, a list of channels and types, a large file with tables. */
const shapes = {
	fixed: {
		bytes: [0x0b, 0xb8, 0x0a, 0x28, 0x01, 0xf4, 0x00, 0x64],
		source: `function decodeUplink(input) {
			var b = input.bytes;
			function u16(i) { return (b[i] << 8) | b[i + 1]; }
			return { data: { battery: u16(0) / 1000, temperature: ((u16(2) << 16) >> 16) / 100, humidity: u16(4) / 10, status: b[7] & 1 ? 'open' : 'closed' } };
		}`,
	},
	channels: {
		bytes: [
			0x01, 0x75, 0x5c, 0x03, 0x67, 0x34, 0x01, 0x04, 0x68, 0x65, 0x05, 0x00, 0x01, 0x06, 0x7d, 0x67, 0x04,
		],
		source: `function decodeUplink(input) { return { data: readChannels(input.bytes) }; }
		function readUInt16LE(bytes) { return ((bytes[1] << 8) + bytes[0]) & 0xffff; }
		function readInt16LE(bytes) { var ref = readUInt16LE(bytes); return ref > 0x7fff ? ref - 0x10000 : ref; }
		function readChannels(bytes) {
			var decoded = {};
			for (var i = 0; i < bytes.length; ) {
				var channel = bytes[i++], type = bytes[i++];
				if (channel === 1 && type === 0x75) { decoded.battery = bytes[i]; i += 1; }
				else if (channel === 3 && type === 0x67) { decoded.temperature = readInt16LE(bytes.slice(i, i + 2)) / 10; i += 2; }
				else if (channel === 4 && type === 0x68) { decoded.humidity = bytes[i] / 2; i += 1; }
				else if (channel === 5 && type === 0) { decoded.presence = bytes[i] === 0 ? 'vacant' : 'occupied'; i += 1; }
				else if (channel === 6 && type === 0x7d) { decoded.co2 = readUInt16LE(bytes.slice(i, i + 2)); i += 2; }
				else break;
			}
			return decoded;
		}`,
	},
	tables: {
		bytes: [0x02, 0x15, 0xf9, 0x00, 0x03, 0x0b, 0xea, 0x0b, 0xea, 0x0b, 0xea],
		source: `var sensors = [${Array.from({ length: 12 }, (_, i) => `{ length: 1, values: [{ name: 'value ${i}', unit: 'V', convert: function (x) { return (x[0] - ${i}) / 1000; } }] }`).join(',\n')}];
		function decodeUplink(input) {
			var bytes = input.bytes, at = 5, flags = (bytes[3] << 8) | bytes[4], data = { protocol: bytes[0], device: (bytes[1] << 8) | bytes[2] };
			for (var i = 0; i < sensors.length; i++, flags >>= 1) {
				if ((flags & 1) !== 1) continue;
				var x = [];
				for (var j = 0; j < sensors[i].length; j++) { x.push((bytes[at] << 8) | bytes[at + 1]); at += 2; }
				sensors[i].values.forEach(function (value) { data[value.name] = { value: value.convert(x), unit: value.unit }; });
			}
			return { data: data };
		}`,
	},
};

const batchLength = 256;
const measuredMs = 2000;
const recvTime = new Date('2026-11-23T12:00:00Z');

/**
 * `bench codecs`: decodes per second of one thread for each shape of codec, beside a plain function call in
 * this process (the limit: no sandbox, no JSON), then what others wait while one codec loops on each payload.
 */
export async function run(_args: string[]): Promise<void> {
	const runtime = createCodecRuntime({ workers: 1 });
	try {
		console.log('codec      sandboxed/s    plain call/s   share');
		for (const [id, { bytes, source }] of Object.entries(shapes)) {
			const uplink: Uplink = { bytes: Uint8Array.from(bytes), fPort: 85, recvTime };
			const batch = Array.from({ length: batchLength }, () => uplink);
			const codec = { id, source };
			const [first] = await runtime.decode(codec, batch);
			if (!first?.ok) throw new Error(`the codec "${id}" does not decode: ${first?.errors.join()}`);
			const sandboxed = await perSecond(async () => {
				await Promise.all([runtime.decode(codec, batch), runtime.decode(codec, batch)]);
				return 2 * batchLength;
			});
			const plain = new Function(`${source}\nreturn decodeUplink;`)() as (input: unknown) => unknown;
			const direct = await perSecond(async () => {
				for (let index = 0; index < 10_000; index += 1) plain({ bytes: [...bytes], fPort: 85, recvTime });
				return 10_000;
			});
			const cells = [
				number(sandboxed, 13),
				number(direct, 15),
				`${((100 * sandboxed) / direct).toFixed(1)} %`.padStart(8),
			];
			console.log(`${id.padEnd(9)}${cells.join(' ')}`);
		}
		await waitBesideLoops(runtime);
		const { contextsMade, contextsDiscarded, restarts } = runtime.statistics();
		console.log(`contexts made ${contextsMade}, thrown away ${contextsDiscarded}; threads ended ${restarts}`);
	} finally {
		await runtime.close();
	}
}

async function waitBesideLoops(runtime: ReturnType<typeof createCodecRuntime>): Promise<void> {
	const { bytes, source } = shapes.channels;
	const batch = Array.from({ length: 20 }, () => ({ bytes: Uint8Array.from(bytes), fPort: 85, recvTime }));
	const loop = { id: 'loop', source: 'function decodeUplink() { for (;;); }' };
	for (const [label, noisy] of [
		['alone', false],
		['beside a codec that loops on each payload', true],
	] as const) {
		const waits: number[] = [];
		const ends = performance.now() + measuredMs;
		const noise: Promise<unknown>[] = [];
		while (performance.now() < ends) {
			if (noisy) noise.push(runtime.decode(loop, batch.slice(0, 5)));
			const began = performance.now();
			await runtime.decode({ id: 'channels', source }, batch);
			waits.push(performance.now() - began);
		}
		await Promise.all(noise);
		waits.sort((a, b) => a - b);
		const at = (share: number) => (waits[Math.floor(waits.length * share)] ?? 0).toFixed(2);
		console.log(
			`20 uplinks, ${label}: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${(waits.at(-1) ?? 0).toFixed(1)} ms`,
		);
	}
}

async function perSecond(work: () => Promise<number>): Promise<number> {
	const began = performance.now();
	let done = 0;
	while (performance.now() - began < measuredMs) done += await work();
	return (1000 * done) / (performance.now() - began);
}

function number(value: number, width: number): string {
	return Math.round(value).toLocaleString('en').padStart(width);
}
