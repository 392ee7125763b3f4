import { found } from '#lib/server/pages.ts';

/** A public table by its name, written out line by line: it may be longer than memory. */
export function datasetCsv(locals: App.Locals, wanted: string): Response {
	const { source } = found(locals.platform.datasets.all().find(({ source: { name } }) => name === wanted));
	const rows = source.rows()[Symbol.asyncIterator]();
	const encoder = new TextEncoder();
	const body = new ReadableStream<Uint8Array>({
		start: (controller) => controller.enqueue(encoder.encode(csvLine(source.columns))),
		async pull(controller) {
			const { done, value } = await rows.next();
			if (done) controller.close();
			else controller.enqueue(encoder.encode(csvLine(value)));
		},
		async cancel() {
			await rows.return?.();
		},
	});
	return new Response(body, {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${source.name}.csv"`,
		},
	});
}

function csvLine(cells: readonly (string | number | boolean | null)[]): string {
	return `${cells.map((cell) => (cell === null ? '' : /[",\n\r]/.test(String(cell)) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell))).join(',')}\r\n`;
}
