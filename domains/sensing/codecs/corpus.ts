import { z } from 'zod';
import type { CodecRuntime, Outcome, Uplink } from './runtime.ts';

const bytes = z.union([
	z.array(z.int().min(0).max(255)).transform((list) => Uint8Array.from(list)),
	z
		.string()
		.regex(/^(?:0x)?(?:\s*[0-9a-fA-F]{2})*\s*$/)
		.transform((text) => Uint8Array.from(Buffer.from(text.replace(/^0x|\s/g, ''), 'hex'))),
	z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64'))),
]);

const instant = z.union([z.string(), z.number()]).pipe(z.coerce.date());

const example = z.object({
	description: z.string().nullish(),
	input: z.object({
		bytes: bytes.default(() => new Uint8Array()),
		fPort: z.int().nullish(),
		recvTime: instant.nullish(),
		variables: z.record(z.string(), z.unknown()).nullish(),
	}),
	output: z.record(z.string(), z.unknown()),
});

const entry = z.object({
	vendor: z.string().default(''),
	codec: z.string().default(''),
	js: z.string(),
	/** Each is read when its turn comes: one that is malformed fails alone. */
	examples: z.array(z.unknown()).default([]),
});

/** A file of codecs with examples: `[{ vendor, codec, js, examples: [{ description, input, output }] }]`. */
export const corpusSchema = z.array(entry);
export type Corpus = z.infer<typeof corpusSchema>;
type Example = z.infer<typeof example>;

export interface ExampleResult {
	vendor: string;
	codec: string;
	/** Position in the codec's examples, from 1. */
	number: number;
	description: string;
	passed: boolean;
	/** Each way in which the answer is not the one stated; empty when it passed. */
	differences: string[];
}

/** Runs every example of every codec; results come in the order of the file. */
export async function* testCorpus(
	runtime: CodecRuntime,
	corpus: Corpus,
	now: Date = new Date(),
): AsyncGenerator<ExampleResult> {
	for (const [position, { vendor, codec, js, examples }] of corpus.entries()) {
		const read = examples.map((given) => example.safeParse(given));
		const uplinks = read.flatMap(({ data }) => (data ? [toUplink(data.input, now)] : []));
		const outcomes = (await runtime.run({ id: `${position} ${codec}`, source: js }, uplinks)).values();
		for (const [index, { data, error }] of read.entries()) {
			const differences = data
				? judge(data.output, outcomes.next().value)
				: [`the example is malformed: ${z.prettifyError(error).replaceAll('\n', ' ')}`];
			const description = data?.description ?? '';
			yield { vendor, codec, number: index + 1, description, passed: differences.length === 0, differences };
		}
	}
}

function judge(stated: Record<string, unknown>, outcome: Outcome | undefined): string[] {
	if (!outcome) throw new Error('the runtime lost an outcome');
	if (outcome.reason === undefined) return compareAnswers(stated, outcome.output as Record<string, unknown>);
	if (outcome.reason === 'codec_error') return compareAnswers(stated, { errors: [outcome.message] });
	return [`${outcome.reason}: ${outcome.message}`];
}

function toUplink(input: Example['input'], now: Date): Uplink {
	const uplink: Uplink = { bytes: input.bytes, fPort: input.fPort ?? null, recvTime: input.recvTime ?? now };
	return input.variables ? { ...uplink, variables: input.variables } : uplink;
}

/**
 * Where an answer differs from the one an example states. `errors` and `warnings` that are absent count as
 * empty; warnings an example does not speak of are not held against it; absent and null members are the same,
 * numbers may differ by rounding in the last places, instants by the way they are written.
 */
export function compareAnswers(stated: Record<string, unknown>, given: Record<string, unknown>): string[] {
	const differences: string[] = [];
	// Who states errors and no data says nothing about what was decoded before them.
	const refuses = Array.isArray(stated.errors) && stated.errors.length > 0;
	for (const key of new Set([...(refuses ? [] : ['data']), 'errors', ...Object.keys(stated)])) {
		const lists = key === 'errors' || key === 'warnings';
		const expected = lists ? (stated[key] ?? []) : stated[key];
		compare(key, expected, lists ? (given[key] ?? []) : given[key], differences);
	}
	return differences;
}

function compare(path: string, stated: unknown, given: unknown, differences: string[]): void {
	if (differences.length >= 20 || same(stated, given)) return;
	if (Array.isArray(stated) && Array.isArray(given) && stated.length === given.length) {
		for (const [index, value] of stated.entries())
			compare(`${path}[${index}]`, value, given[index], differences);
	} else if (isObject(stated) && isObject(given)) {
		for (const key of new Set([...Object.keys(stated), ...Object.keys(given)]))
			compare(`${path}.${key}`, stated[key], given[key], differences);
	} else {
		differences.push(`${path}: stated ${show(stated)}, given ${show(given)}`);
	}
}

function same(a: unknown, b: unknown): boolean {
	if ((a ?? null) === (b ?? null)) return true;
	if (typeof a === 'number' && typeof b === 'number')
		return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));
	return (
		typeof a === 'string' &&
		typeof b === 'string' &&
		isInstant(a) &&
		isInstant(b) &&
		Date.parse(a) === Date.parse(b)
	);
}

function isInstant(text: string): boolean {
	return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:?\d{2})$/.test(text);
}

function isObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
	const text = value === undefined ? 'nothing' : JSON.stringify(value);
	return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
