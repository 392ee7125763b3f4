import { Worker } from 'node:worker_threads';
import { tidyText } from '@parvis/platform';

const mostCharacters = 500_000;
const mostMilliseconds = 60_000;
const mostMegabytes = 512;

/**
 * Words of a PDF's pages, in reading order as the file has it, at most half a million characters; empty for a scan.
 * @throws when the file does not parse, takes more than a minute or too much memory
 */
export async function textOfPdf(content: Uint8Array): Promise<string> {
	const worker = new Worker(new URL('./pdf-text-worker.ts', import.meta.url), {
		workerData: { content, mostCharacters },
		resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
		// What the library warns of is about pictures, which nobody draws here.
		stdout: true,
		stderr: true,
	});
	const { promise, resolve, reject } = Promise.withResolvers<string>();
	const timer = setTimeout(() => reject(new Error('the text of a PDF took too long')), mostMilliseconds);
	worker.once('message', resolve);
	worker.once('error', reject);
	worker.once('exit', () => reject(new Error('the text of a PDF could not be read')));
	try {
		return tidyText((await promise).replaceAll('\0', '').toWellFormed());
	} finally {
		clearTimeout(timer);
		await worker.terminate();
	}
}
