import { parentPort, workerData } from 'node:worker_threads';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

const { content, mostCharacters } = workerData as { content: Uint8Array; mostCharacters: number };

// A thread of its own: a hostile file can take its memory and its time, not the server's.
const loading = getDocument({ data: content, disableFontFace: true, useSystemFonts: false, verbosity: 0 });
const document = await loading.promise;
let text = '';
for (let n = 1; n <= document.numPages && text.length < mostCharacters; n++) {
	const page = await document.getPage(n);
	for (const item of (await page.getTextContent()).items)
		if ('str' in item) text += item.str + (item.hasEOL ? '\n' : '');
	text += '\n\n';
	page.cleanup();
}
await loading.destroy();
parentPort?.postMessage(text.slice(0, mostCharacters));
