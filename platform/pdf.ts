import { PDFArray, PDFDict, PDFDocument, PDFName, type PDFObject, PDFRef, PDFStream } from '@cantoo/pdf-lib';
import { ok, type Result, refuse } from './result.ts';

export interface PdfCleaning {
	mostPages: number;
	/**
	 * `pages`: nothing but the pages, without metadata; what acts or carries files is refused. For what anybody sends.
	 * `document`: the outline, the tags for screen readers, the language and the metadata stay; scripts and actions are
	 * taken out; what carries other files is refused, since they would be lost. For official documents.
	 */
	keep: 'pages' | 'document';
}

export interface CleanPdf {
	bytes: Buffer;
	pages: number;
	/** Scripts or actions were taken out. */
	removed: boolean;
}

/** Keys that make a PDF act, start something or call out: none of it is needed to be read. */
const acting = new Set([
	'JavaScript',
	'JS',
	'Launch',
	'RichMedia',
	'RichMediaContent',
	'SubmitForm',
	'ImportData',
	'GoToR',
	'GoToE',
	'XFA',
	'AA',
	'OpenAction',
]);
const carrying = new Set(['EmbeddedFile', 'EmbeddedFiles']);

/**
 * A PDF written anew, so that nothing before, between or after its objects comes along. Refused when it does not parse, is
 * locked or has too many pages (`platform.pdf_*`); see {@link PdfCleaning} for the rest.
 */
export async function cleanPdf(
	content: Uint8Array,
	{ mostPages, keep }: PdfCleaning,
): Promise<Result<CleanPdf>> {
	try {
		const source = await PDFDocument.load(content, { throwOnInvalidObject: true, updateMetadata: false });
		if (source.isEncrypted) return refuse('platform.pdf_unreadable');
		const pages = source.getPageCount();
		if (!pages) return refuse('platform.pdf_unreadable');
		if (pages > mostPages) return refuse('platform.pdf_too_long', { most: mostPages });
		const objects = source.context.enumerateIndirectObjects().map(([, object]) => object);
		const carries = objects.some((object) => mentions(object, carrying));
		if (keep === 'document') {
			if (carries) return refuse('platform.pdf_carries_files');
			let removed = false;
			for (const object of objects) removed = disarm(object) || removed;
			sweep(source);
			return ok({ bytes: Buffer.from(await source.save()), pages, removed });
		}
		if (carries || objects.some((object) => mentions(object, acting))) return refuse('platform.pdf_active');
		const clean = await PDFDocument.create({ updateMetadata: false });
		for (const page of await clean.copyPages(source, source.getPageIndices())) clean.addPage(page);
		for (const [, object] of clean.context.enumerateIndirectObjects()) dropMetadata(object);
		return ok({ bytes: Buffer.from(await clean.save()), pages, removed: false });
	} catch {
		return refuse('platform.pdf_unreadable');
	}
}

function dictOf(object: PDFObject | undefined): PDFDict | null {
	if (object instanceof PDFDict) return object;
	return object instanceof PDFStream ? object.dict : null;
}

/** What an object holds directly, without following references. */
function partsOf(object: PDFObject): readonly PDFObject[] {
	if (object instanceof PDFArray) return object.asArray();
	return dictOf(object)?.values() ?? [];
}

const textOf = (name: PDFName) => name.decodeText();

function mentions(object: PDFObject, names: ReadonlySet<string>): boolean {
	const own = dictOf(object)
		?.entries()
		.some(
			([key, value]) =>
				names.has(textOf(key)) || (value instanceof PDFName && names.has(textOf(value)) && isKind(key)),
		);
	return Boolean(own) || partsOf(object).some((part) => mentions(part, names));
}

/** Whether a key says what its dictionary is: an action of that sort, a file, an annotation. */
const isKind = (key: PDFName) => ['S', 'Type', 'Subtype'].includes(textOf(key));

/** Take out what acts. @returns whether there was any */
function disarm(object: PDFObject): boolean {
	let found = false;
	const dict = dictOf(object);
	for (const [key, value] of dict?.entries() ?? []) {
		const kind = value instanceof PDFName && isKind(key) && acting.has(textOf(value));
		if (!kind && !acting.has(textOf(key))) continue;
		dict?.delete(key);
		found = true;
	}
	for (const part of partsOf(object)) found = disarm(part) || found;
	return found;
}

/** Forget objects that nothing leads to any more. */
function sweep({ context }: PDFDocument): void {
	const reached = new Set<PDFRef>();
	const { Root, Info } = context.trailerInfo;
	const waiting: PDFObject[] = [Root, Info].filter((object) => object !== undefined);
	for (let object = waiting.pop(); object; object = waiting.pop()) {
		if (!(object instanceof PDFRef)) {
			waiting.push(...partsOf(object));
			continue;
		}
		if (reached.has(object)) continue;
		reached.add(object);
		const target = context.lookup(object);
		if (target) waiting.push(target);
	}
	for (const [ref] of context.enumerateIndirectObjects()) if (!reached.has(ref)) context.delete(ref);
}

function dropMetadata(object: PDFObject): void {
	for (const name of ['Metadata', 'PieceInfo', 'LastModified']) dictOf(object)?.delete(PDFName.of(name));
}
