import { PDFDict, PDFDocument, PDFName, type PDFObject, PDFRawStream } from '@cantoo/pdf-lib';
import { ok, type Result, refuse } from '@parvis/platform';
import type { CleanFile } from './photos.ts';

/** What makes a PDF act, carry other files or call out: none of it is needed to be read. */
const active = new Set([
	'/JavaScript',
	'/JS',
	'/Launch',
	'/EmbeddedFile',
	'/EmbeddedFiles',
	'/RichMedia',
	'/SubmitForm',
	'/ImportData',
	'/GoToR',
	'/GoToE',
	'/XFA',
	'/AA',
	'/OpenAction',
]);
const mostPages = 200;

/**
 * A PDF without its metadata (author, program, dates, XMP) and written anew, so that nothing before, between or after its
 * objects comes along. One that holds scripts, other files or actions, is locked, or does not parse is refused.
 */
export async function cleanPdf(content: Uint8Array): Promise<Result<CleanFile>> {
	try {
		const source = await PDFDocument.load(content, { throwOnInvalidObject: true, updateMetadata: false });
		if (source.isEncrypted) return refuse('participation.pdf_unreadable');
		if (source.getPageCount() > mostPages) return refuse('participation.pdf_too_long', { most: mostPages });
		for (const [, object] of source.context.enumerateIndirectObjects())
			if (isActive(object)) return refuse('participation.pdf_active');
		const clean = await PDFDocument.create({ updateMetadata: false });
		for (const page of await clean.copyPages(source, source.getPageIndices())) clean.addPage(page);
		for (const [, object] of clean.context.enumerateIndirectObjects())
			if (object instanceof PDFRawStream || object instanceof PDFDict) dropMetadata(object);
		return ok({ bytes: Buffer.from(await clean.save()), width: null, height: null });
	} catch {
		return refuse('participation.pdf_unreadable');
	}
}

function dictOf(object: PDFObject): PDFDict | null {
	if (object instanceof PDFDict) return object;
	return object instanceof PDFRawStream ? object.dict : null;
}

function isActive(object: PDFObject): boolean {
	const dict = dictOf(object);
	return (
		dict
			?.entries()
			.some(
				([key, value]) =>
					active.has(key.asString()) ||
					(value instanceof PDFName && active.has(value.asString())) ||
					(value instanceof PDFDict && isActive(value)),
			) ?? false
	);
}

function dropMetadata(object: PDFObject): void {
	const dict = dictOf(object);
	for (const name of ['Metadata', 'PieceInfo', 'LastModified']) dict?.delete(PDFName.of(name));
}
