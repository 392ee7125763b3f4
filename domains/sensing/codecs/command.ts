import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Corpus, corpusSchema, testCorpus } from './corpus.ts';
import { createCodecRuntime } from './runtime.ts';

const usage =
	'Usage: parvis codec test FILE\n\nFILE is JSON: [{ vendor, codec, js, examples: [{ input, output }] }]';

/**
 * `codec test FILE`: runs every example of the codecs in the file and prints those that fail.
 *
 * @returns the exit code: 0 all passed, 1 some failed, 2 the command or the file is malformed
 */
export async function runCodecCommand(args: string[]): Promise<number> {
	const [action, file, ...rest] = args;
	if (action !== 'test' || file === undefined || rest.length > 0) {
		console.error(usage);
		return 2;
	}
	const corpus = await readCorpus(file);
	if (typeof corpus === 'string') {
		console.error(`${file}: ${corpus}`);
		return 2;
	}
	const runtime = createCodecRuntime();
	let passed = 0;
	let failed = 0;
	try {
		for await (const result of testCorpus(runtime, corpus)) {
			if (result.passed) passed += 1;
			else {
				failed += 1;
				const name = [result.vendor, result.codec].filter(Boolean).join(' ');
				console.log(
					`FAILED ${name}, example ${result.number}${result.description ? `: ${result.description}` : ''}`,
				);
				for (const difference of result.differences) console.log(`  ${difference}`);
			}
		}
	} finally {
		await runtime.close();
	}
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 ? 0 : 1;
}

/** The codecs of a file, or a sentence that says what is wrong with it. */
async function readCorpus(file: string): Promise<Corpus | string> {
	let text: string;
	try {
		text = await readFile(file, 'utf8');
	} catch (error) {
		return `cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : String(error)})`;
	}
	let json: unknown;
	try {
		json = JSON.parse(text.replace(/^\uFEFF/, ''));
	} catch (error) {
		return `is not JSON (${error instanceof Error ? error.message : String(error)})`;
	}
	const parsed = corpusSchema.safeParse(json);
	return parsed.success
		? parsed.data
		: `does not hold codecs with examples:\n${z.prettifyError(parsed.error)}`;
}
