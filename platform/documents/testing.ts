import {
	decodePDFRawStream,
	PDFArray,
	PDFDict,
	PDFDocument,
	PDFHexString,
	PDFName,
	PDFNumber,
	type PDFObject,
	PDFRawStream,
	type PDFRef,
	PDFString,
} from '@cantoo/pdf-lib';

const painting = new Set(['Tj', 'TJ', "'", '"', 'S', 's', 'f', 'F', 'f*', 'B', 'B*', 'b', 'b*', 'Do', 'sh']);
const standard = new Set('Document H1 H2 H3 P L LI Lbl LBody Table Caption TR TH TD Figure'.split(' '));

/** An element of a file's structure as a screen reader goes through it. */
export interface Tag {
	type: string;
	alt: string | null;
	/** What is read instead of what is drawn. */
	actualText: string | null;
	scope: string | null;
	children: readonly Tag[];
	/** `page:number` of each piece of content. */
	content: readonly string[];
}

export interface LookedAtPdf {
	/** What of PDF/UA-1 (ISO 14289-1) the file lacks, among what a program can tell without a validator. */
	faults: string[];
	/** All elements, in reading order. */
	tags: Tag[];
	/** The XML of its metadata. */
	metadata: string;
}

/**
 * The structure of a PDF that the platform made. A validator knows all rules (docs/operations.md says how to run one); this
 * knows those that a change here would break first.
 */
export async function lookAtPdf(bytes: Uint8Array): Promise<LookedAtPdf> {
	const file = await PDFDocument.load(bytes, { updateMetadata: false });
	const { context, catalog } = file;
	const faults: string[] = [];
	const get = (dict: PDFDict | undefined, ...path: string[]): PDFObject | undefined => {
		let at: PDFObject | undefined = dict;
		for (const name of path)
			at = at instanceof PDFDict ? context.lookup(at.get(PDFName.of(name))) : undefined;
		return at;
	};
	const textAt = (dict: PDFDict, name: string) => {
		const value = get(dict, name);
		if (value instanceof PDFString || value instanceof PDFHexString) return value.decodeText();
		return value instanceof PDFName ? value.decodeText() : null;
	};
	const must = (holds: unknown, fault: string) => {
		if (!holds) faults.push(fault);
	};

	must(textAt(catalog, 'Lang') === 'fr-FR', 'no language');
	must(String(get(catalog, 'MarkInfo', 'Marked')) === 'true', 'not marked as tagged');
	must(String(get(catalog, 'ViewerPreferences', 'DisplayDocTitle')) === 'true', 'title not shown');
	const stream = get(catalog, 'Metadata');
	const metadata =
		stream instanceof PDFRawStream ? Buffer.from(decodePDFRawStream(stream).decode()).toString('utf8') : '';
	must(metadata.includes('<pdfuaid:part>1</pdfuaid:part>'), 'no mark of PDF/UA in the metadata');
	must(/<dc:title>\s*<rdf:Alt>\s*<rdf:li[^>]*>[^<]/.test(metadata), 'no title in the metadata');
	must(!/&(?!(amp|lt|gt|quot|apos|#\d+);)/.test(metadata), 'metadata is no XML');

	const numberOf = new Map(file.getPages().map((page, n) => [page.ref, n]));
	const read = (dict: PDFDict): Tag => {
		const children: Tag[] = [];
		const content: string[] = [];
		const pageOf = (of: PDFDict) => numberOf.get(of.get(PDFName.of('Pg')) as PDFRef);
		const kids = get(dict, 'K');
		for (const raw of kids instanceof PDFArray ? kids.asArray() : kids ? [kids] : []) {
			const kid = context.lookup(raw);
			if (kid instanceof PDFNumber) content.push(`${pageOf(dict)}:${kid.asNumber()}`);
			else if (kid instanceof PDFDict && textAt(kid, 'Type') === 'MCR')
				content.push(`${pageOf(kid) ?? pageOf(dict)}:${get(kid, 'MCID')}`);
			else if (kid instanceof PDFDict) children.push(read(kid));
		}
		const attributes = get(dict, 'A');
		return {
			type: textAt(dict, 'S') ?? '',
			alt: textAt(dict, 'Alt'),
			actualText: textAt(dict, 'ActualText'),
			scope: attributes instanceof PDFDict ? textAt(attributes, 'Scope') : null,
			children,
			content,
		};
	};
	const root = get(catalog, 'StructTreeRoot');
	const tops = root instanceof PDFDict ? read(root).children : [];
	const flat = (tag: Tag): Tag[] => [tag, ...tag.children.flatMap(flat)];
	const tags = tops.flatMap(flat);
	must(tops.length === 1 && tops[0]?.type === 'Document', 'not one document at the root');
	let level = 0;
	for (const tag of tags) {
		must(standard.has(tag.type), `unknown element ${tag.type}`);
		const heading = /^H(\d)$/.exec(tag.type);
		if (heading) {
			must(Number(heading[1]) <= level + 1, `${tag.type} after H${level}`);
			level = Number(heading[1]);
		}
		if (tag.type === 'Figure') must(tag.alt?.trim(), 'figure without a description');
		if (tag.type === 'TH') must(tag.scope, 'heading of a table without scope');
		if (tag.type === 'Table') {
			const rows = tag.children.filter(({ type }) => type === 'TR');
			must(new Set(rows.map(({ children }) => children.length)).size === 1, 'rows of different lengths');
			must(
				rows[0]?.children.every(({ type }) => type === 'TH'),
				'columns without headings',
			);
		}
	}

	const drawn = new Set<string>();
	for (const [n, page] of file.getPages().entries()) {
		const contents = page.node.Contents();
		const streams = contents instanceof PDFArray ? contents.asArray() : contents ? [contents] : [];
		const source = streams
			.map((one) => context.lookup(one))
			.filter((one) => one instanceof PDFRawStream)
			.map((one) => Buffer.from(decodePDFRawStream(one).decode()).toString('latin1'))
			.join('\n');
		const open: string[] = [];
		let operands: string[] = [];
		for (const [token] of source.matchAll(/<<.*?>>|<[\da-fA-F\s]*>|\[|\]|\/[^\s/<>[\]]+|[^\s/<>[\]]+/gs)) {
			if (!/^[A-Za-z'"][\w*]*$/.test(token)) {
				operands.push(token);
				continue;
			}
			if (token === 'BDC' || token === 'BMC') {
				const piece = /\/MCID\s+(\d+)/.exec(operands.join(' '));
				if (piece) drawn.add(`${n}:${piece[1]}`);
				open.push(piece || operands.includes('/Artifact') ? 'known' : 'unknown');
			} else if (token === 'EMC') open.pop();
			else if (painting.has(token)) {
				must(open.includes('known'), `page ${n + 1}: something drawn is neither content nor artifact`);
				for (const hex of operands.filter((one) => /^<[^<]/.test(one)))
					must(!/^<(....)*?0000/.test(hex), `page ${n + 1}: a character that the typeface does not have`);
			}
			operands = [];
		}
		must(open.length === 0, `page ${n + 1}: marks left open`);
	}
	const told = new Set(tags.flatMap(({ content }) => content));
	must(drawn.size > 0 && drawn.difference(told).size === 0, 'content that is in no element');
	must(told.difference(drawn).size === 0, 'elements of content that is not there');

	for (const [, object] of context.enumerateIndirectObjects()) {
		if (!(object instanceof PDFDict)) continue;
		if (textAt(object, 'Type') === 'FontDescriptor') {
			must(get(object, 'FontFile2') || get(object, 'FontFile3'), 'typeface not embedded');
			must(!get(object, 'CIDSet'), 'a list of glyphs that leaves some out');
		}
		if (textAt(object, 'Subtype') === 'Type0') must(get(object, 'ToUnicode'), 'glyphs without letters');
	}
	return { faults: [...new Set(faults)], tags, metadata };
}
