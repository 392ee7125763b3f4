import type { PDFDocumentLoadingTask, PDFDocumentProxy } from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

export interface OpenDocument {
	pages: number;
	/**
	 * Draw one page, as wide as asked, with its words above for those who select or listen.
	 * @param page from 1
	 * @param width in CSS pixels
	 */
	draw(canvas: HTMLCanvasElement, words: HTMLElement, page: number, width: number): Promise<void>;
	close(): void;
}

/** Why a document cannot be shown: it is not for everybody, or it cannot be had now. */
export class DocumentError extends Error {
	readonly forbidden: boolean;
	constructor(forbidden: boolean) {
		super('the document cannot be shown');
		this.forbidden = forbidden;
	}
}

/** @param source where it is, or all of it @throws {DocumentError} */
export async function openDocument(source: string | Uint8Array<ArrayBuffer>): Promise<OpenDocument> {
	const pdfjs = await import('pdfjs-dist');
	pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;
	// WebAssembly would need a weaker content security policy.
	const task: PDFDocumentLoadingTask = pdfjs.getDocument({
		...(typeof source === 'string' ? { url: source } : { data: source }),
		useWasm: false,
		useSystemFonts: true,
	});
	let file: PDFDocumentProxy;
	try {
		file = await task.promise;
	} catch (error) {
		const { status } = error as { status?: number };
		throw new DocumentError(status === 401 || status === 403 || status === 404);
	}
	// One drawing at a time: a canvas takes no two.
	let drawing: Promise<void> = Promise.resolve();
	let wanted = 0;

	async function drawNow(canvas: HTMLCanvasElement, words: HTMLElement, number: number, width: number) {
		const page = await file.getPage(number);
		const natural = page.getViewport({ scale: 1 });
		const viewport = page.getViewport({ scale: width / natural.width });
		const density = Math.min(window.devicePixelRatio || 1, 3);
		canvas.width = Math.floor(viewport.width * density);
		canvas.height = Math.floor(viewport.height * density);
		await page.render({
			canvas,
			viewport,
			...(density !== 1 && { transform: [density, 0, 0, density, 0, 0] }),
		}).promise;
		words.replaceChildren();
		words.style.setProperty('--total-scale-factor', String(viewport.scale));
		await new pdfjs.TextLayer({
			textContentSource: page.streamTextContent(),
			container: words,
			viewport,
		}).render();
	}

	return {
		pages: file.numPages,
		draw(canvas, words, number, width) {
			const mine = ++wanted;
			drawing = drawing
				.catch(() => {})
				.then(() => (mine === wanted ? drawNow(canvas, words, number, width) : undefined));
			return drawing;
		},
		close: () => void task.destroy(),
	};
}
