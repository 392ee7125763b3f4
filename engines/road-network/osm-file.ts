import { defaultLimits, inflated, OsmError, type OsmHandler, type OsmLimits } from './osm.ts';
import { readPbf } from './osm-pbf.ts';
import { readXml } from './osm-xml.ts';

/**
 * Read an OpenStreetMap extract as it streams by: `.osm.pbf`, `.osm` or `.osm.gz`, told by its first bytes.
 * Memory is that of one block, whatever the size of the file.
 * @throws {OsmError} for anything that is no sound extract
 */
export async function readOsm(
	chunks: AsyncIterable<Uint8Array>,
	handler: OsmHandler,
	limits: Partial<OsmLimits> = {},
): Promise<void> {
	const all = { ...defaultLimits, ...limits };
	const { first, rest } = await peek(chunks);
	if (!first.length) throw new OsmError('empty');
	if (first[0] === 0x1f && first[1] === 0x8b) {
		const inner = await peek(inflated(rest, 'gzip', all.bytes));
		if (!looksLikeXml(inner.first)) throw new OsmError('not_osm', 'what is inside gzip is no XML');
		return readXml(inner.rest, handler, all);
	}
	if (looksLikeXml(first)) return readXml(rest, handler, all);
	// A PBF begins with the length of its first header, big-endian, which is short.
	if (first.length >= 4 && first[0] === 0 && first[1] === 0) return readPbf(rest, handler, all);
	throw new OsmError('not_osm');
}

function looksLikeXml(first: Uint8Array): boolean {
	const text = new TextDecoder().decode(first.subarray(0, 64)).trimStart();
	return text.startsWith('<');
}

async function peek(
	chunks: AsyncIterable<Uint8Array>,
): Promise<{ first: Uint8Array; rest: AsyncIterable<Uint8Array> }> {
	const iterator = chunks[Symbol.asyncIterator]();
	const held: Uint8Array[] = [];
	let size = 0;
	while (size < 16) {
		const next = await iterator.next();
		if (next.done) break;
		held.push(next.value);
		size += next.value.length;
	}
	const first = new Uint8Array(Math.min(size, 64));
	let at = 0;
	for (const chunk of held) {
		const part = chunk.subarray(0, first.length - at);
		first.set(part, at);
		at += part.length;
	}
	async function* rest() {
		try {
			yield* held;
			for (;;) {
				const next = await iterator.next();
				if (next.done) return;
				yield next.value;
			}
		} finally {
			await iterator.return?.();
		}
	}
	return { first, rest: rest() };
}
