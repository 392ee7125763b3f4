import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import type { Ingest, Outcome } from './ingest.ts';
import type { IncomingMessage, Parsed } from './message.ts';
import { plainItem } from './networks.ts';

/** What a batch brought, and what of it was refused. */
export interface BatchReport {
	/** Items read. */
	items: number;
	/** Observations taken in; those that were there already are counted too, and stored once. */
	observations: number;
	/** Items of devices nobody declared: in the tray. */
	waiting: number;
	/** At most 100 of the refusals. */
	refused: { line: number; reason: string; detail: string }[];
	refusedCount: number;
}

export type BatchFormat = 'json' | 'ndjson' | 'csv';

const itemsAtOnce = 2000;
const mostRefusedReported = 100;
const longestLine = 256 * 1024;

/**
 * Read items `{ device, time, values }` from a stream and take them in, a few thousand at a time, with no more than
 * that in memory. CSV has the columns device, time and one a field; or device, time, field, value.
 * @returns what became of them, once all are committed
 */
export async function acceptBatch(
	ingest: Ingest,
	stream: Readable,
	format: BatchFormat,
): Promise<BatchReport> {
	const report: BatchReport = { items: 0, observations: 0, waiting: 0, refused: [], refusedCount: 0 };
	const refuse = (line: number, reason: string, detail: string) => {
		report.refusedCount++;
		if (report.refused.length < mostRefusedReported) report.refused.push({ line, reason, detail });
	};
	let pending: { line: number; message: IncomingMessage }[] = [];
	const receivedAt = new Date();

	async function flush(): Promise<void> {
		const batch = pending;
		pending = [];
		if (!batch.length) return;
		const outcomes = await ingest.accept(
			batch.map(({ message }) => message),
			[],
			{ source: 'http', topic: 'http:batch', payload: new Uint8Array() },
		);
		for (const [i, outcome] of outcomes.entries()) note(batch[i]?.line ?? 0, outcome);
	}

	function note(line: number, outcome: Outcome): void {
		if (outcome.kind === 'rejected') refuse(line, outcome.reason, outcome.detail);
		else if (outcome.kind === 'waiting') report.waiting++;
		else {
			report.observations += outcome.observations;
			if (outcome.unusableFields.length)
				refuse(line, 'field_not_a_number', outcome.unusableFields.join(', '));
		}
	}

	for await (const { line, item, fault } of readItems(stream, format)) {
		report.items++;
		const parsed: Parsed = fault
			? { messages: [], rejected: [{ reason: 'not_json', detail: fault, identifier: null }] }
			: toMessage(item, receivedAt);
		for (const { reason, detail } of parsed.rejected) refuse(line, reason, detail);
		for (const message of parsed.messages) pending.push({ line, message });
		if (pending.length >= itemsAtOnce) await flush();
	}
	await flush();
	return report;
}

function toMessage(item: unknown, receivedAt: Date): Parsed {
	if (
		typeof item !== 'object' ||
		item === null ||
		!('device' in item) ||
		typeof item.device !== 'string' ||
		!item.device
	)
		return {
			messages: [],
			rejected: [{ reason: 'no_identifier', detail: 'device is missing', identifier: null }],
		};
	const { device, ...rest } = item;
	return plainItem('http', device.slice(0, 200), rest, receivedAt);
}

interface Item {
	line: number;
	item: unknown;
	fault?: string;
}

async function* readItems(stream: Readable, format: BatchFormat): AsyncGenerator<Item> {
	if (format === 'csv') yield* readCsv(stream);
	else if (format === 'ndjson') yield* readLines(stream);
	else {
		const chunks: Buffer[] = [];
		for await (const chunk of stream) chunks.push(chunk as Buffer);
		let json: unknown;
		try {
			json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
		} catch (error) {
			yield { line: 1, item: null, fault: (error as Error).message };
			return;
		}
		for (const [i, item] of (Array.isArray(json) ? json : [json]).entries()) yield { line: i + 1, item };
	}
}

async function* readLines(stream: Readable): AsyncGenerator<Item> {
	let rest = '';
	let line = 0;
	const decoder = new TextDecoder();
	const read = (text: string): Item | null => {
		line++;
		if (text.trim() === '') return null;
		try {
			return { line, item: JSON.parse(text) };
		} catch (error) {
			return { line, item: null, fault: (error as Error).message };
		}
	};
	for await (const chunk of stream) {
		rest += decoder.decode(chunk as Buffer, { stream: true });
		const lines = rest.split('\n');
		rest = lines.pop() ?? '';
		for (const text of lines) {
			const item = read(text);
			if (item) yield item;
		}
		if (rest.length > longestLine) throw Object.assign(new Error('line too long'), { statusCode: 413 });
	}
	const item = read(rest + decoder.decode());
	if (item) yield item;
}

async function* readCsv(stream: Readable): AsyncGenerator<Item> {
	const rows = stream.pipe(
		parse({
			bom: true,
			columns: true,
			delimiter: [',', ';'],
			info: true,
			trim: true,
			skip_empty_lines: true,
			max_record_size: longestLine,
		}),
	);
	stream.once('error', (error) => rows.destroy(error));
	let line = 1;
	try {
		for await (const row of rows as AsyncIterable<{
			record: Record<string, string>;
			info: { lines: number };
		}>) {
			line = row.info.lines;
			const { device, time, field, value, ...columns } = row.record;
			const values = field !== undefined ? { [field]: value } : columns;
			const given = Object.fromEntries(Object.entries(values).filter(([, cell]) => cell !== ''));
			yield { line, item: { device, ...(time && { time }), values: given } };
		}
	} catch (error) {
		yield { line: line + 1, item: null, fault: (error as Error).message };
	}
}
