import { PbfWriter } from 'pbf';
import { buildNetwork, createRouter, type Position, type Router } from './index.ts';
import type { Member } from './osm.ts';

/** A small extract, as tests write it. Nodes lie on a grid of about 100 m around 47° N, 2° E. */
export interface Extract {
	nodes: { id: number; x: number; y: number; tags?: Record<string, string> }[];
	ways: { id: number; nodes: number[]; tags: Record<string, string> }[];
	relations?: { id: number; members: Member[]; tags: Record<string, string> }[];
}

export const degreesOf = (x: number, y: number): [number, number] => [
	Number((2 + x * 0.0013).toFixed(7)),
	Number((47 + y * 0.0009).toFixed(7)),
];

const escaped = (text: string) =>
	text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&apos;');

export function toXml({ nodes, ways, relations = [] }: Extract): string {
	const tags = (of: Record<string, string> = {}) =>
		Object.entries(of)
			.map(([k, v]) => `<tag k="${escaped(k)}" v="${escaped(v)}"/>`)
			.join('');
	return [
		'<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="test">',
		...nodes.map(({ id, x, y, tags: of }) => {
			const [longitude, latitude] = degreesOf(x, y);
			return `<node id="${id}" lat="${latitude}" lon="${longitude}">${tags(of)}</node>`;
		}),
		...ways.map(
			(way) =>
				`<way id="${way.id}">${way.nodes.map((ref) => `<nd ref="${ref}"/>`).join('')}${tags(way.tags)}</way>`,
		),
		...relations.map(
			(relation) =>
				`<relation id="${relation.id}">${relation.members
					.map(({ kind, id, role }) => `<member type="${kind}" ref="${id}" role="${role}"/>`)
					.join('')}${tags(relation.tags)}</relation>`,
		),
		'</osm>',
	].join('\n');
}

/** The same extract as `.osm.pbf`, dense nodes and zlib, as osmium writes it. */
export async function toPbf(extract: Extract, { plain = false } = {}): Promise<Uint8Array> {
	const header = new PbfWriter();
	header.writeStringField(4, 'OsmSchema-V0.6');
	header.writeStringField(4, 'DenseNodes');
	const parts = [
		await blob('OSMHeader', header.finish(), plain),
		await blob('OSMData', block(extract), plain),
	];
	return new Uint8Array(await new Blob(parts).arrayBuffer());
}

async function blob(type: string, content: Uint8Array, plain: boolean): Promise<Uint8Array> {
	const body = new PbfWriter();
	if (plain) body.writeBytesField(1, content);
	else {
		const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('deflate'));
		body.writeVarintField(2, content.length);
		body.writeBytesField(3, new Uint8Array(await new Response(stream).arrayBuffer()));
	}
	const bodyBytes = body.finish();
	const head = new PbfWriter();
	head.writeStringField(1, type);
	head.writeVarintField(3, bodyBytes.length);
	const headBytes = head.finish();
	const whole = new Uint8Array(4 + headBytes.length + bodyBytes.length);
	new DataView(whole.buffer).setUint32(0, headBytes.length);
	whole.set(headBytes, 4);
	whole.set(bodyBytes, 4 + headBytes.length);
	return whole;
}

function block({ nodes, ways, relations = [] }: Extract): Uint8Array {
	const strings = [''];
	const text = (value: string) => {
		const known = strings.indexOf(value);
		return known > 0 ? known : strings.push(value) - 1;
	};
	const deltas = (numbers: number[]) => numbers.map((number, i) => number - (numbers[i - 1] ?? 0));
	const pairs = (tags: Record<string, string>) => ({
		keys: Object.keys(tags).map(text),
		values: Object.values(tags).map(text),
	});
	const places = nodes.map(({ x, y }) => degreesOf(x, y).map((degrees) => Math.round(degrees * 1e7)));
	const group = new PbfWriter();
	group.writeMessage(
		2,
		(_, pbf) => {
			pbf.writePackedSVarint(1, deltas(nodes.map(({ id }) => id)));
			pbf.writePackedSVarint(8, deltas(places.map(([, y]) => y ?? 0)));
			pbf.writePackedSVarint(9, deltas(places.map(([x]) => x ?? 0)));
			pbf.writePackedVarint(
				10,
				nodes.flatMap(({ tags = {} }) => [
					...Object.entries(tags).flatMap(([k, v]) => [text(k), text(v)]),
					0,
				]),
			);
		},
		null,
	);
	for (const way of ways)
		group.writeMessage(
			3,
			(_, pbf) => {
				pbf.writeVarintField(1, way.id);
				pbf.writePackedVarint(2, pairs(way.tags).keys);
				pbf.writePackedVarint(3, pairs(way.tags).values);
				pbf.writePackedSVarint(8, deltas(way.nodes));
			},
			null,
		);
	for (const relation of relations)
		group.writeMessage(
			4,
			(_, pbf) => {
				pbf.writeVarintField(1, relation.id);
				pbf.writePackedVarint(2, pairs(relation.tags).keys);
				pbf.writePackedVarint(3, pairs(relation.tags).values);
				pbf.writePackedVarint(
					8,
					relation.members.map(({ role }) => text(role)),
				);
				pbf.writePackedSVarint(9, deltas(relation.members.map(({ id }) => id)));
				pbf.writePackedVarint(
					10,
					relation.members.map(({ kind }) => ['node', 'way', 'relation'].indexOf(kind)),
				);
			},
			null,
		);
	const groupBytes = group.finish();
	const whole = new PbfWriter();
	whole.writeMessage(
		1,
		(_, pbf) => {
			for (const string of strings) pbf.writeStringField(1, string);
		},
		null,
	);
	whole.writeBytesField(2, groupBytes);
	return whole.finish();
}

/** Begin the same bytes at each call, in chunks of a size that divides nothing. */
export function opening(bytes: Uint8Array, chunkBytes = 997): () => AsyncIterable<Uint8Array> {
	return async function* () {
		for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
	};
}

export async function routerOf(extract: Extract): Promise<Router & { at(x: number, y: number): Position }> {
	const { network } = await buildNetwork(opening(new TextEncoder().encode(toXml(extract))));
	return { ...createRouter(network), at: degreesOf };
}
