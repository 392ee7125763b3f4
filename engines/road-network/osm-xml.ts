import { SaxesParser } from 'saxes';
import { checkedId, type Member, noTags, OsmError, type OsmHandler, type OsmLimits } from './osm.ts';

/** What a tag, a comment or a text may take before another tag comes: the parser holds it whole. */
const mostBetweenTags = 4 * 1024 * 1024;
const deepest = 8;

/**
 * Read OSM XML (API 0.6), as it streams by. Document types are refused, so that no entity can expand.
 * @throws {OsmError}
 */
export async function readXml(
	chunks: AsyncIterable<Uint8Array>,
	handler: OsmHandler,
	limits: OsmLimits,
): Promise<void> {
	const parser = new SaxesParser({ position: false, xmlns: false } as const);
	let sinceTag = 0;
	let depth = 0;
	let element: Element | null = null;
	const fail = (detail: string): never => {
		throw new OsmError('malformed', detail);
	};
	parser.on('error', (error) => fail(error.message));
	parser.on('doctype', () => {
		throw new OsmError('document_type');
	});
	parser.on('opentag', ({ name, attributes }) => {
		sinceTag = 0;
		depth++;
		if (depth > deepest) fail('tags within tags within tags');
		if (depth === 1 && name !== 'osm')
			throw new OsmError('not_osm', `XML of another kind: ${name.slice(0, 50)}`);
		if (depth === 2) element = isElement(name) ? begin(name, attributes) : null;
		else if (depth === 3 && element) add(element, name, attributes, limits.perElement);
	});
	parser.on('closetag', () => {
		sinceTag = 0;
		if (depth === 2 && element) hand(element, handler);
		if (depth === 2) element = null;
		depth--;
	});
	let total = 0;
	const decoder = new TextDecoder('utf-8', { fatal: true });
	const decoded = (chunk?: Uint8Array): string => {
		try {
			return decoder.decode(chunk, { stream: chunk !== undefined });
		} catch {
			return fail('bytes that are no UTF-8');
		}
	};
	for await (const chunk of chunks) {
		total += chunk.length;
		if (total > limits.bytes) throw new OsmError('too_large', `more than ${limits.bytes} bytes`);
		// In pieces, so that even one giant chunk is stopped early.
		for (let at = 0; at < chunk.length; at += 65_536) {
			const piece = chunk.subarray(at, at + 65_536);
			sinceTag += piece.length;
			parser.write(decoded(piece));
			if (sinceTag > mostBetweenTags) throw new OsmError('too_large', 'a tag or text without end');
		}
	}
	parser.write(decoded());
	if (depth > 0) throw new OsmError('truncated', 'a tag is not closed at the end');
	parser.close();
}

type Kind = Member['kind'];

interface Element {
	kind: Kind;
	id: number;
	attributes: Record<string, string>;
	tags: Map<string, string> | null;
	nodes: number[];
	members: Member[];
	deleted: boolean;
}

const isElement = (name: string): name is Kind => name === 'node' || name === 'way' || name === 'relation';

const idOf = (given: string | undefined): number => checkedId(given ? Number(given) : Number.NaN);

function begin(kind: Kind, attributes: Record<string, string>): Element {
	return {
		kind,
		id: idOf(attributes.id),
		attributes,
		tags: null,
		nodes: [],
		members: [],
		deleted: attributes.visible === 'false' || attributes.action === 'delete',
	};
}

function add(element: Element, name: string, attributes: Record<string, string>, most: number): void {
	if (name === 'tag') {
		element.tags ??= new Map();
		element.tags.set(attributes.k ?? '', attributes.v ?? '');
	} else if (name === 'nd') element.nodes.push(idOf(attributes.ref));
	else if (name === 'member') {
		const kind = attributes.type ?? '';
		if (!isElement(kind)) throw new OsmError('malformed', 'a member of no kind');
		element.members.push({ kind, id: idOf(attributes.ref), role: attributes.role ?? '' });
	}
	if (Math.max(element.nodes.length, element.members.length, element.tags?.size ?? 0) > most)
		throw new OsmError('too_large', `more than ${most} parts of one element`);
}

function hand({ kind, id, attributes, tags, nodes, members, deleted }: Element, handler: OsmHandler): void {
	if (deleted) return;
	if (kind === 'way') handler.way?.(id, nodes, tags ?? noTags);
	else if (kind === 'relation') handler.relation?.(id, members, tags ?? noTags);
	else handler.node?.(id, Number(attributes.lon ?? 'none'), Number(attributes.lat ?? 'none'), tags);
}
