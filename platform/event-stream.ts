import type { FastifyReply } from 'fastify';

export interface EventStreamOptions<Value> {
	/** Text of the fields of one event that carries these values, without the empty line that ends it: `event: …\nid: …\ndata: …`. */
	write(values: readonly Value[]): string;
	heartbeatMilliseconds?: number;
	/** A reader that takes nothing for so long is let go. Default 30 000. */
	stalledMilliseconds?: number;
}

/** Server-sent events to one reader (WHATWG HTML, 9.2). */
export interface EventStream<Value> {
	/** Say something, once the stream is open. Of what a slow reader has not taken only the last of each key is kept. */
	push(entries: Iterable<readonly [key: string | number, value: Value]>): void;
	/** Take the reply over and begin. @param longestMilliseconds after which the reader has to connect again */
	open(longestMilliseconds: number): void;
	end(): void;
}

const largestBufferBytes = 256 * 1024;

/**
 * A reader that falls behind gets, once it reads again, only the last value of each key: nothing piles up for it.
 * Nothing is sent before `open`, so a refusal can still be answered.
 */
export function createEventStream<Value>(
	reply: FastifyReply,
	{ write: format, heartbeatMilliseconds = 20_000, stalledMilliseconds = 30_000 }: EventStreamOptions<Value>,
): EventStream<Value> {
	const { raw } = reply;
	const pending = new Map<string | number, Value>();
	let opened = false;
	let blockedSince: number | null = null;

	function flush(): void {
		if (!opened || blockedSince !== null || pending.size === 0) return;
		const values = [...pending.values()];
		pending.clear();
		write(`${format(values)}\n\n`);
	}

	function write(text: string): void {
		if (raw.destroyed || raw.writableEnded) return;
		raw.write(text);
		if (raw.writableLength > largestBufferBytes || raw.writableNeedDrain) blockedSince ??= Date.now();
	}

	return {
		push(entries) {
			for (const [key, value] of entries) pending.set(key, value);
			flush();
		},
		end() {
			if (opened) raw.end();
		},
		open(longestMilliseconds) {
			reply.hijack();
			raw.writeHead(200, {
				...(reply.getHeaders() as Record<string, string>),
				'content-type': 'text/event-stream; charset=utf-8',
				'cache-control': 'no-store, no-transform',
				'x-accel-buffering': 'no',
			});
			opened = true;
			write('retry: 3000\n\n');
			flush();
			raw.on('drain', () => {
				blockedSince = null;
				flush();
			});
			const started = Date.now();
			const heartbeat = setInterval(() => {
				if (blockedSince !== null) {
					if (Date.now() - blockedSince >= stalledMilliseconds) raw.destroy();
				} else if (Date.now() - started >= longestMilliseconds) raw.end();
				else write(': here\n\n');
			}, heartbeatMilliseconds);
			raw.once('close', () => clearInterval(heartbeat));
			// It may have gone while its first values were read.
			if (raw.destroyed) raw.emit('close');
		},
	};
}
