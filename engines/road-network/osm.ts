/** What is wrong with a file that was to be read as an OpenStreetMap extract. */
export type OsmFault =
	/** No byte at all. */
	| 'empty'
	/** Neither `.osm.pbf` nor OSM XML, plain or by gzip. */
	| 'not_osm'
	| 'truncated'
	/** A block, an element or the whole passes a limit; `detail` says which. */
	| 'too_large'
	/** Compressed by a method that is not read, or damaged. */
	| 'compression'
	/** The file asks for something a reader must know and this one does not. */
	| 'feature'
	/** Bytes or tags that make no sense where they stand. */
	| 'malformed'
	/** XML with a document type, whose entities could expand without end. */
	| 'document_type'
	/** Read well, but there is no road in it. */
	| 'no_roads';

/** Thrown for any input that is no sound extract; nothing else is thrown because of input. */
export class OsmError extends Error {
	readonly fault: OsmFault;
	/** For people who read logs, in English. */
	readonly detail: string;
	constructor(fault: OsmFault, detail = '') {
		super(detail ? `${fault}: ${detail}` : fault);
		this.fault = fault;
		this.detail = detail;
	}
}

export type Tags = ReadonlyMap<string, string>;

export interface Member {
	kind: 'node' | 'way' | 'relation';
	id: number;
	role: string;
}

/** What is called for each element in the order of the file. Elements without a handler are skipped cheaply. */
export interface OsmHandler {
	/** Degrees; `tags` is null where the node has none. */
	node?: ((id: number, longitude: number, latitude: number, tags: Tags | null) => void) | undefined;
	way?: ((id: number, nodes: readonly number[], tags: Tags) => void) | undefined;
	relation?: ((id: number, members: readonly Member[], tags: Tags) => void) | undefined;
}

export interface OsmLimits {
	/** Of the whole, inflated; 8 GiB unless told. */
	bytes: number;
	/** Nodes of one way, members of one relation, tags of one element. */
	perElement: number;
}

export const defaultLimits: OsmLimits = { bytes: 8 * 1024 ** 3, perElement: 100_000 };

export const noTags: Tags = new Map();

export function checkedId(id: number): number {
	if (!Number.isSafeInteger(id)) throw new OsmError('malformed', 'an id is missing or no integer');
	return id;
}

/** Bytes through a decompression of the platform, counted on their way. @throws {OsmError} */
export async function* inflated(
	chunks: AsyncIterable<Uint8Array>,
	format: 'gzip' | 'deflate',
	most: number,
): AsyncGenerator<Uint8Array> {
	const iterator = chunks[Symbol.asyncIterator]();
	const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
		async pull(controller) {
			const { done, value } = await iterator.next();
			if (done) controller.close();
			else controller.enqueue(value as Uint8Array<ArrayBuffer>);
		},
		cancel: async () => void (await iterator.return?.()),
	});
	const reader = source.pipeThrough(new DecompressionStream(format)).getReader();
	let total = 0;
	try {
		for (;;) {
			const { done, value } = await reader.read();
			if (done) return;
			total += value.length;
			if (total > most) throw new OsmError('too_large', `more than ${most} bytes when inflated`);
			yield value;
		}
	} catch (error) {
		if (error instanceof OsmError) throw error;
		throw new OsmError('compression', error instanceof Error ? error.message : String(error));
	} finally {
		await reader.cancel().catch(() => {});
	}
}
