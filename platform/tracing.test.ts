import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { until } from './testing.ts';
import { startTracing } from './tracing.ts';

test('traces go to the collector that is configured, and nowhere without one', async () => {
	const paths: string[] = [];
	const collector = createServer((request, response) => {
		paths.push(request.url ?? '');
		request.resume().on('end', () => response.end('{}'));
	});
	await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
	const { port } = collector.address() as AddressInfo;
	await (await startTracing({ otlpEndpoint: null }))();
	expect(paths).toEqual([]);

	const stop = await startTracing({ otlpEndpoint: `http://127.0.0.1:${port}` });
	const { trace } = await import('@opentelemetry/api');
	trace.getTracer('test').startSpan('something').end();
	await new Promise<void>((resolve) =>
		get(`http://127.0.0.1:${port}/health`, (answer) => answer.resume().on('end', resolve)),
	);
	await stop();
	await until(() => paths.includes('/v1/traces'));
	await new Promise((resolve) => collector.close(resolve));
});
