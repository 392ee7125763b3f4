import { type Logger, pino } from 'pino';

export type { Logger };

/** Field names that must never reach a log, wherever they stand in the logged object. */
const secretFields = ['password', 'token', 'secret', 'authorization', 'cookie', 'email', 'code'];

/** Structured logs, one JSON object a line on standard error. Personal data is never logged; these names are masked in case. */
export function createLogger(level: string): Logger {
	return pino(
		{
			level,
			base: null,
			timestamp: pino.stdTimeFunctions.isoTime,
			redact: { paths: secretFields.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '…' },
			serializers: {
				// A request line without its query: queries carry searches, links, tokens.
				req: (request: { method: string; url: string }) => ({
					method: request.method,
					path: request.url.split('?', 1)[0],
				}),
				res: (reply: { statusCode: number }) => ({ status: reply.statusCode }),
			},
		},
		pino.destination(2),
	);
}
