import type { Network } from './network.ts';

/** Thrown for bytes that are no network of this version: build it anew from its extract. */
export class NetworkFormatError extends Error {}

const magic = 0x50525652;
/** Raised whenever the layout or the meaning of a field changes. */
const version = 1;

const layout = [
	['nodeLongitude', Int32Array],
	['nodeLatitude', Int32Array],
	['nodeBarrier', Uint8Array],
	['nodeHeight', Uint16Array],
	['nodeSignals', Uint8Array],
	['edgeFrom', Uint32Array],
	['edgeTo', Uint32Array],
	['edgeMeters', Float64Array],
	['edgeAccess', Uint8Array],
	['edgeLocal', Uint8Array],
	['edgeClass', Uint8Array],
	['edgeSpeedForward', Uint8Array],
	['edgeSpeedBackward', Uint8Array],
	['edgeHeight', Uint16Array],
	['edgeWeight', Uint16Array],
	['edgeWidth', Uint16Array],
	['shapeStart', Uint32Array],
	['shapeLongitude', Int32Array],
	['shapeLatitude', Int32Array],
	['restrictionStart', Uint32Array],
	['restrictionArcs', Uint32Array],
	['restrictionOnly', Uint8Array],
	['restrictionBinds', Uint8Array],
] as const;

const headBytes = 8 + layout.length * 4 + (layout.length % 2) * 4;
const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;

/** The network as bytes, little-endian, each array on a boundary of eight bytes. */
export function networkToBytes(network: Network): Uint8Array<ArrayBuffer> {
	const size = layout.reduce((sum, [name]) => sum + aligned(network[name].byteLength), headBytes);
	const bytes = new Uint8Array(size);
	const head = new DataView(bytes.buffer);
	head.setUint32(0, magic, true);
	head.setUint32(4, version, true);
	let at = headBytes;
	for (const [i, [name]] of layout.entries()) {
		const array = network[name];
		head.setUint32(8 + i * 4, array.length, true);
		bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
		at += aligned(array.byteLength);
	}
	return bytes;
}

/**
 * The network that `networkToBytes` wrote. The arrays are views on the bytes.
 * @throws {NetworkFormatError} when they are of another version, cut short or point outside themselves
 */
export function networkFromBytes(given: Uint8Array): Network {
	const bytes = given.byteOffset % 8 === 0 ? given : given.slice();
	const head = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (bytes.length < headBytes || head.getUint32(0, true) !== magic)
		throw new NetworkFormatError('no road network');
	if (head.getUint32(4, true) !== version)
		throw new NetworkFormatError(`a road network of version ${head.getUint32(4, true)}, not ${version}`);
	const arrays: Record<string, unknown> = {};
	let at = headBytes;
	for (const [i, [name, Kind]] of layout.entries()) {
		const length = head.getUint32(8 + i * 4, true);
		if (at + length * Kind.BYTES_PER_ELEMENT > bytes.length) throw new NetworkFormatError('cut short');
		arrays[name] = new Kind(bytes.buffer as ArrayBuffer, bytes.byteOffset + at, length);
		at += aligned(length * Kind.BYTES_PER_ELEMENT);
	}
	const network = arrays as unknown as Network;
	check(network);
	return network;
}

function check(network: Network): void {
	const nodes = network.nodeLongitude.length;
	const edges = network.edgeFrom.length;
	const restrictions = network.restrictionOnly.length;
	const perNode = [network.nodeLatitude, network.nodeBarrier, network.nodeHeight, network.nodeSignals];
	const perEdge = layout.flatMap(([name]) => (name.startsWith('edge') ? [network[name]] : []));
	const sound =
		perNode.every(({ length }) => length === nodes) &&
		perEdge.every(({ length }) => length === edges) &&
		network.restrictionBinds.length === restrictions &&
		network.shapeLatitude.length === network.shapeLongitude.length &&
		rising(network.shapeStart, edges, network.shapeLongitude.length) &&
		rising(network.restrictionStart, restrictions, network.restrictionArcs.length) &&
		network.edgeFrom.every((node) => node < nodes) &&
		network.edgeTo.every((node) => node < nodes) &&
		network.restrictionArcs.every((arc) => arc < edges * 2);
	if (!sound) throw new NetworkFormatError('a road network that points outside itself');
}

function rising(starts: Uint32Array, count: number, end: number): boolean {
	return (
		starts.length === count + 1 &&
		starts[0] === 0 &&
		starts[count] === end &&
		starts.every((start, i) => i === 0 || start >= (starts[i - 1] ?? 0))
	);
}
