import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface Received {
	method: string;
	path: string;
	headers: IncomingHttpHeaders;
	body: string;
}

/** A real HTTP server of some other system, for tests; `answer` may be changed at any time. */
export async function startReceiver(port = 0) {
	const received: Received[] = [];
	const receiver = {
		received,
		answer: (_request: Received, response: ServerResponse): unknown => response.writeHead(204).end(),
		url: '',
		port: 0,
		stop(): Promise<void> {
			server.closeAllConnections();
			return new Promise((resolve) => {
				server.close(() => resolve());
			});
		},
	};
	const server: Server = createServer((request, response) => {
		void text(request).then((body) => {
			const one = {
				method: request.method ?? '',
				path: request.url ?? '',
				headers: request.headers,
				body,
			};
			received.push(one);
			receiver.answer(one, response);
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(port, '127.0.0.1', resolve);
	});
	receiver.port = (server.address() as AddressInfo).port;
	receiver.url = `http://127.0.0.1:${receiver.port}`;
	return receiver;
}

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;
