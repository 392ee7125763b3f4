import { Readable } from 'node:stream';

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const;

async function* lines(rows: AsyncIterable<unknown>): AsyncIterable<string> {
	for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** All devices as a file; null for whoever may not have it. */
export function exportResponse(locals: App.Locals, kind: keyof typeof types): Response | null {
	const { exchange } = locals.rooms.equipment;
	const csv = exchange.exportCsv(locals.actor);
	const json = exchange.exportJson(locals.actor);
	if (!csv || !json) return null;
	return new Response(
		Readable.toWeb(
			Readable.from(kind === 'csv' ? csv : lines(json), { objectMode: false }),
		) as ReadableStream<Uint8Array>,
		{
			headers: {
				'content-type': types[kind],
				'content-disposition': `attachment; filename="equipment.${kind}"`,
				'cache-control': 'private, no-store',
			},
		},
	);
}
