import { PbfReader } from 'pbf';
import {
	checkedId,
	inflated,
	type Member,
	noTags,
	OsmError,
	type OsmHandler,
	type OsmLimits,
	type Tags,
} from './osm.ts';

/** By the format's own rules: wiki.openstreetmap.org/wiki/PBF_Format. */
const mostHeaderBytes = 64 * 1024;
const mostBlobBytes = 32 * 1024 * 1024;
const knownFeatures = new Set(['OsmSchema-V0.6', 'DenseNodes']);
const lengthDelimited = 2;

/**
 * Read `.osm.pbf`: blobs, plain or by zlib, one in memory at a time.
 * @throws {OsmError}
 */
export async function readPbf(
	chunks: AsyncIterable<Uint8Array>,
	handler: OsmHandler,
	limits: OsmLimits,
): Promise<void> {
	const take = byLength(chunks);
	let total = 0;
	let sawHeader = false;
	for (let prefix = await take(4, true); prefix; prefix = await take(4, true)) {
		const headerBytes = new DataView(prefix.buffer, prefix.byteOffset).getUint32(0);
		if (headerBytes > mostHeaderBytes) throw new OsmError('malformed', 'a blob header of absurd size');
		const header = await take(headerBytes);
		const { type, size } = reading(() => blobHeader(header));
		if (!(size <= mostBlobBytes)) throw new OsmError('too_large', `a blob of ${size} bytes`);
		const blob = await take(size);
		if (type !== 'OSMHeader' && type !== 'OSMData') continue;
		if (type === 'OSMData' && !sawHeader) throw new OsmError('malformed', 'data before the header');
		const content = await blobContent(blob);
		total += content.length;
		if (total > limits.bytes) throw new OsmError('too_large', `more than ${limits.bytes} bytes inflated`);
		if (type === 'OSMData') reading(() => readBlock(content, handler, limits));
		else reading(() => checkFeatures(content));
		sawHeader = true;
	}
	if (!sawHeader) throw new OsmError('not_osm', 'no OSMHeader');
}

/** What the protobuf reader throws on bytes that are none of its own. */
function reading<T>(read: () => T): T {
	try {
		return read();
	} catch (error) {
		if (error instanceof OsmError) throw error;
		if (error instanceof RangeError || error instanceof Error) throw new OsmError('malformed', error.message);
		throw error;
	}
}

interface Take {
	(length: number): Promise<Uint8Array>;
	(length: number, mayEnd: true): Promise<Uint8Array | null>;
}

/** Ask a stream for exactly so many bytes. */
function byLength(chunks: AsyncIterable<Uint8Array>): Take {
	const iterator = chunks[Symbol.asyncIterator]();
	let held: Uint8Array = new Uint8Array();
	async function take(length: number, mayEnd = false): Promise<Uint8Array | null> {
		const parts: Uint8Array[] = [];
		let missing = length;
		while (missing > 0) {
			if (!held.length) {
				const next = await iterator.next();
				if (next.done) {
					if (mayEnd && missing === length) return null;
					throw new OsmError('truncated', `${missing} bytes are missing at the end`);
				}
				held = next.value;
				continue;
			}
			const part = held.subarray(0, missing);
			held = held.subarray(part.length);
			parts.push(part);
			missing -= part.length;
		}
		const [only] = parts;
		if (parts.length === 1 && only) return only;
		const whole = new Uint8Array(length);
		let at = 0;
		for (const part of parts) {
			whole.set(part, at);
			at += part.length;
		}
		return whole;
	}
	return take as Take;
}

/** End of the length-delimited field at hand, which lies within what encloses it. */
function endOf(pbf: PbfReader, within: number): number {
	if (pbf.type !== lengthDelimited) throw new OsmError('malformed', 'a field of another type');
	const end = pbf.readVarint() + pbf.pos;
	if (!(end <= within)) throw new OsmError('malformed', 'a field that is longer than what encloses it');
	return end;
}

function bytesOf(pbf: PbfReader, within: number): Uint8Array {
	const end = endOf(pbf, within);
	const bytes = pbf.buf.subarray(pbf.pos, end);
	pbf.pos = end;
	return bytes;
}

const utf8 = new TextDecoder();

function blobHeader(bytes: Uint8Array): { type: string; size: number } {
	const pbf = new PbfReader(bytes);
	let type = '';
	let size = -1;
	for (let field = pbf.nextField(); field; field = pbf.nextField())
		if (field === 1) type = utf8.decode(bytesOf(pbf, bytes.length));
		else if (field === 3) size = pbf.readVarint();
	if (size < 0) throw new OsmError('malformed', 'a blob without its size');
	return { type, size };
}

async function blobContent(blob: Uint8Array): Promise<Uint8Array> {
	const { raw, zlib, size } = reading(() => blobParts(blob));
	if (raw) return raw;
	if (!zlib) throw new OsmError('compression', 'a blob that is neither plain nor by zlib');
	if (size > mostBlobBytes) throw new OsmError('too_large', `a blob of ${size} bytes when inflated`);
	const whole = new Uint8Array(size);
	let at = 0;
	for await (const part of inflated(once(zlib), 'deflate', size)) {
		whole.set(part, at);
		at += part.length;
	}
	if (at < size) throw new OsmError('truncated', 'a blob inflates to less than it says');
	return whole;
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

function blobParts(blob: Uint8Array): { raw: Uint8Array | null; zlib: Uint8Array | null; size: number } {
	const pbf = new PbfReader(blob);
	let raw: Uint8Array | null = null;
	let zlib: Uint8Array | null = null;
	let size = 0;
	for (let field = pbf.nextField(); field; field = pbf.nextField())
		if (field === 1) raw = bytesOf(pbf, blob.length);
		else if (field === 2) size = pbf.readVarint();
		else if (field === 3) zlib = bytesOf(pbf, blob.length);
	return { raw, zlib, size };
}

function checkFeatures(content: Uint8Array): void {
	const pbf = new PbfReader(content);
	for (let field = pbf.nextField(); field; field = pbf.nextField())
		if (field === 4) {
			const feature = utf8.decode(bytesOf(pbf, content.length));
			if (!knownFeatures.has(feature)) throw new OsmError('feature', feature.slice(0, 100));
		}
}

/** What the elements of one block share. */
interface Block {
	pbf: PbfReader;
	strings: string[];
	granularity: number;
	latitudeOffset: number;
	longitudeOffset: number;
	handler: OsmHandler;
	limits: OsmLimits;
}

function readBlock(content: Uint8Array, handler: OsmHandler, limits: OsmLimits): void {
	const pbf = new PbfReader(content);
	const block: Block = {
		pbf,
		strings: [],
		granularity: 100,
		latitudeOffset: 0,
		longitudeOffset: 0,
		handler,
		limits,
	};
	const groups: [start: number, end: number][] = [];
	for (let field = pbf.nextField(); field; field = pbf.nextField())
		if (field === 1) {
			const end = endOf(pbf, content.length);
			for (let inner = pbf.nextField(end); inner; inner = pbf.nextField(end))
				if (inner === 1) block.strings.push(utf8.decode(bytesOf(pbf, end)));
		} else if (field === 2) {
			const end = endOf(pbf, content.length);
			groups.push([pbf.pos, end]);
			pbf.pos = end;
		} else if (field === 17) block.granularity = pbf.readVarint(true);
		else if (field === 19) block.latitudeOffset = pbf.readVarint(true);
		else if (field === 20) block.longitudeOffset = pbf.readVarint(true);
	// The string table may stand after the groups that use it.
	for (const [start, end] of groups) {
		pbf.pos = start;
		for (let field = pbf.nextField(end); field; field = pbf.nextField(end)) {
			const read = readers[field];
			if (!read) continue;
			const elementEnd = endOf(pbf, end);
			read(block, elementEnd);
			pbf.pos = elementEnd;
		}
	}
}

const readers: Record<number, ((block: Block, end: number) => void) | undefined> = {
	1: readNode,
	2: readDenseNodes,
	3: readWay,
	4: readRelation,
};

/** Numbers of a repeated field, packed or one by one, at most `most` of them. */
function numbers(
	pbf: PbfReader,
	within: number,
	most: number,
	signed: boolean,
	into: number[] = [],
): number[] {
	const end = pbf.type === lengthDelimited ? endOf(pbf, within) : pbf.pos + 1;
	while (pbf.pos < end) {
		into.push(signed ? pbf.readSVarint() : pbf.readVarint());
		if (into.length > most) throw new OsmError('too_large', `more than ${most} parts of one element`);
	}
	return into;
}

function text(block: Block, index: number): string {
	const found = block.strings[index];
	if (found === undefined) throw new OsmError('malformed', 'a text that is not in the table');
	return found;
}

function tagsOf(block: Block, keys: readonly number[], values: readonly number[]): Tags {
	if (!keys.length) return noTags;
	const tags = new Map<string, string>();
	for (const [i, key] of keys.entries()) tags.set(text(block, key), text(block, values[i] ?? -1));
	return tags;
}

const degrees = (block: Block, offset: number, value: number) => 1e-9 * (offset + block.granularity * value);

function readNode(block: Block, end: number): void {
	const { pbf, handler, limits } = block;
	if (!handler.node) return;
	let id = Number.NaN;
	let latitude = Number.NaN;
	let longitude = Number.NaN;
	const keys: number[] = [];
	const values: number[] = [];
	for (let field = pbf.nextField(end); field; field = pbf.nextField(end))
		if (field === 1) id = pbf.readSVarint();
		else if (field === 2) numbers(pbf, end, limits.perElement, false, keys);
		else if (field === 3) numbers(pbf, end, limits.perElement, false, values);
		else if (field === 8) latitude = pbf.readSVarint();
		else if (field === 9) longitude = pbf.readSVarint();
	handler.node(
		checkedId(id),
		degrees(block, block.longitudeOffset, longitude),
		degrees(block, block.latitudeOffset, latitude),
		keys.length ? tagsOf(block, keys, values) : null,
	);
}

function readDenseNodes(block: Block, end: number): void {
	const { pbf, handler } = block;
	if (!handler.node) return;
	const ids: number[] = [];
	const latitudes: number[] = [];
	const longitudes: number[] = [];
	const keysValues: number[] = [];
	// A block is bounded already, and with it what it can hold.
	const most = mostBlobBytes;
	for (let field = pbf.nextField(end); field; field = pbf.nextField(end))
		if (field === 1) numbers(pbf, end, most, true, ids);
		else if (field === 8) numbers(pbf, end, most, true, latitudes);
		else if (field === 9) numbers(pbf, end, most, true, longitudes);
		else if (field === 10) numbers(pbf, end, most, false, keysValues);
	if (latitudes.length !== ids.length || longitudes.length !== ids.length)
		throw new OsmError('malformed', 'nodes without a position');
	let [id, latitude, longitude, at] = [0, 0, 0, 0];
	for (let i = 0; i < ids.length; i++) {
		id += ids[i] ?? Number.NaN;
		latitude += latitudes[i] ?? Number.NaN;
		longitude += longitudes[i] ?? Number.NaN;
		let tags: Map<string, string> | null = null;
		while (at < keysValues.length) {
			const key = keysValues[at++] ?? 0;
			if (key === 0) break;
			tags ??= new Map();
			tags.set(text(block, key), text(block, keysValues[at++] ?? -1));
		}
		handler.node(
			checkedId(id),
			degrees(block, block.longitudeOffset, longitude),
			degrees(block, block.latitudeOffset, latitude),
			tags,
		);
	}
}

function summed(deltas: number[]): number[] {
	let sum = 0;
	for (const [i, delta] of deltas.entries()) {
		sum += delta;
		deltas[i] = checkedId(sum);
	}
	return deltas;
}

function readWay(block: Block, end: number): void {
	const { pbf, handler, limits } = block;
	if (!handler.way) return;
	let id = Number.NaN;
	const keys: number[] = [];
	const values: number[] = [];
	const nodes: number[] = [];
	for (let field = pbf.nextField(end); field; field = pbf.nextField(end))
		if (field === 1) id = pbf.readVarint(true);
		else if (field === 2) numbers(pbf, end, limits.perElement, false, keys);
		else if (field === 3) numbers(pbf, end, limits.perElement, false, values);
		else if (field === 8) numbers(pbf, end, limits.perElement, true, nodes);
	handler.way(checkedId(id), summed(nodes), tagsOf(block, keys, values));
}

const memberKinds = ['node', 'way', 'relation'] as const;

function readRelation(block: Block, end: number): void {
	const { pbf, handler, limits } = block;
	if (!handler.relation) return;
	let id = Number.NaN;
	const keys: number[] = [];
	const values: number[] = [];
	const roles: number[] = [];
	const ids: number[] = [];
	const kinds: number[] = [];
	for (let field = pbf.nextField(end); field; field = pbf.nextField(end))
		if (field === 1) id = pbf.readVarint(true);
		else if (field === 2) numbers(pbf, end, limits.perElement, false, keys);
		else if (field === 3) numbers(pbf, end, limits.perElement, false, values);
		else if (field === 8) numbers(pbf, end, limits.perElement, false, roles);
		else if (field === 9) numbers(pbf, end, limits.perElement, true, ids);
		else if (field === 10) numbers(pbf, end, limits.perElement, false, kinds);
	if (roles.length !== ids.length || kinds.length !== ids.length)
		throw new OsmError('malformed', 'members without a role or a kind');
	const members = summed(ids).map((member, i): Member => {
		const kind = memberKinds[kinds[i] ?? -1];
		if (!kind) throw new OsmError('malformed', 'a member of no kind');
		return { kind, id: member, role: text(block, roles[i] ?? -1) };
	});
	handler.relation(checkedId(id), members, tagsOf(block, keys, values));
}
