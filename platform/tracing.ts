import type { Configuration } from './configuration.ts';

/**
 * Send traces of requests and queries to an OpenTelemetry collector, when one is configured. Call it before anything
 * that is to be traced is loaded: the SDK wraps modules as they come in.
 * @returns what sends the last traces, at the end
 */
export async function startTracing(
	config: Pick<Configuration, 'otlpEndpoint'>,
): Promise<() => Promise<void>> {
	if (!config.otlpEndpoint) return async () => {};
	// Loaded when used: the SDK is large and most towns do without.
	const [{ NodeSDK }, { OTLPTraceExporter }, { HttpInstrumentation }, { PgInstrumentation }] =
		await Promise.all([
			import('@opentelemetry/sdk-node'),
			import('@opentelemetry/exporter-trace-otlp-http'),
			import('@opentelemetry/instrumentation-http'),
			import('@opentelemetry/instrumentation-pg'),
		]);
	const sdk = new NodeSDK({
		serviceName: 'parvis',
		traceExporter: new OTLPTraceExporter({ url: `${config.otlpEndpoint.replace(/\/+$/, '')}/v1/traces` }),
		instrumentations: [
			new HttpInstrumentation({
				ignoreIncomingRequestHook: ({ url }) => ['/health', '/ready', '/metrics'].includes(url ?? ''),
				// Queries of addresses carry searches and one-time links.
				requestHook: (span, request) => {
					if ('url' in request && request.url) span.setAttribute('url.query', '');
				},
			}),
			// Statements without their values.
			new PgInstrumentation({ enhancedDatabaseReporting: false }),
		],
	});
	sdk.start();
	return () => sdk.shutdown();
}
