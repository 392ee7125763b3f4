import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import PDFDocument from 'pdfkit';
import type { OfficialDocument } from './document.ts';
import { cleanText, type Drawable, drawable } from './typeface.ts';

export type Doc = InstanceType<typeof PDFDocument>;

const require = createRequire(import.meta.url);
const files = {
	regular: require.resolve(
		'@expo-google-fonts/atkinson-hyperlegible-next/400Regular/AtkinsonHyperlegibleNext_400Regular.ttf',
	),
	bold: require.resolve(
		'@expo-google-fonts/atkinson-hyperlegible-next/700Bold/AtkinsonHyperlegibleNext_700Bold.ttf',
	),
};
const readFonts = async () => ({ regular: await readFile(files.regular), bold: await readFile(files.bold) });
/** Read once: about 100 kB. */
let fonts: ReturnType<typeof readFonts> | null = null;

export const margin = 62;
/** From the lower edge of the page to the line at its foot. */
export const foot = 46;
export const body = 10.5;
export const ink = '#1a1a1a';
export const soft = '#4d4d4d';
export const rule = '#8a8a8a';

/** What the library has and its types do not say. */
interface Inside {
	info: Record<string, unknown>;
	appendXML(xml: string): void;
	_addInfo(): void;
	_font: { font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}
const inside = (doc: Doc) => doc as unknown as Inside;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };
const escapeXml = (text: string) => text.replaceAll(/[&<>]/g, (one) => entities[one] ?? one);

/** An empty A4 file with its typeface, language, title, and the mark of PDF/UA-1 in its metadata. */
export async function openFile({ title, author, at }: OfficialDocument): Promise<Doc> {
	fonts ??= readFonts();
	const { regular, bold } = await fonts;
	const doc = new PDFDocument({
		size: 'A4',
		margins: { top: margin, left: margin, right: margin, bottom: margin + foot / 2 },
		pdfVersion: '1.7',
		tagged: true,
		lang: 'fr-FR',
		displayTitle: true,
		bufferPages: true,
		info: {
			Title: cleanText(title).trim() || 'Document',
			Author: cleanText(author),
			CreationDate: at,
			Creator: 'Parvis',
		},
	});
	doc.registerFont('regular', regular);
	doc.registerFont('bold', bold);
	doc.font('regular').fontSize(body).fillColor(ink);
	markAsPdfUa(inside(doc));
	return doc;
}

/**
 * The library's own `subset: 'PDF/UA'` adds this mark too, but also a list of the glyphs of each typeface (CIDSet) that
 * leaves out the parts of accented letters, which ISO 14289-1, 7.21.4.2 forbids; files need no such list.
 */
function markAsPdfUa(file: Inside): void {
	file.appendXML(`
        <rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">
            <pdfuaid:part>1</pdfuaid:part>
        </rdf:Description>`);
	const addInfo = file._addInfo;
	// The library writes the title into the XML as it is; when it does, what else the information is for has been written.
	file._addInfo = () => {
		file.info = Object.fromEntries(
			Object.entries(file.info).map(([name, value]) => [
				name,
				typeof value === 'string' ? escapeXml(value) : value,
			]),
		);
		addInfo.call(file);
	};
}

/** A text in the characters that the file's typeface has; regular and bold have the same. */
export function inTypeface(doc: Doc, text: string): Drawable {
	const { font } = inside(doc)._font;
	return drawable(text, (codePoint) => font.hasGlyphForCodePoint(codePoint));
}
