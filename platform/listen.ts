import type pg from 'pg';

export interface Listening {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** Whether notifications arrive now. */
	readonly connected: boolean;
}

interface Line {
	channel: string;
	connected: boolean;
	heard(payload: string): void;
	interrupted(): void;
}

const retryMilliseconds = 1000;
const switchboards = new WeakMap<pg.Pool, ReturnType<typeof createSwitchboard>>();

/**
 * Hear what `NOTIFY channel` says. All who listen share one connection of the pool, opened again by itself when it is lost.
 * @param heard called with the payload of each notification
 * @param interrupted called whenever something may have been missed: at the start, and after each loss
 */
export function createListening(
	pool: pg.Pool,
	channel: string,
	heard: (payload: string) => void,
	interrupted: () => void,
): Listening {
	const board = switchboards.get(pool) ?? createSwitchboard(pool);
	switchboards.set(pool, board);
	const line: Line = { channel, connected: false, heard, interrupted };
	return {
		start: () => board.add(line),
		stop: () => board.remove(line),
		get connected() {
			return line.connected;
		},
	};
}

function createSwitchboard(pool: pg.Pool) {
	const lines = new Set<Line>();
	let client: pg.PoolClient | null = null;
	let opening: Promise<void> | null = null;

	function connect(): Promise<void> {
		if (client || !lines.size) return Promise.resolve();
		opening ??= open().finally(() => {
			opening = null;
		});
		return opening;
	}

	async function open(): Promise<void> {
		let opened: pg.PoolClient;
		try {
			opened = await pool.connect();
		} catch {
			return connectLater();
		}
		if (!lines.size) return opened.release(true);
		client = opened;
		opened.on('notification', ({ channel, payload }) => {
			for (const line of lines) if (line.channel === channel) line.heard(payload ?? '');
		});
		opened.on('error', () => lose(opened));
		for (const line of [...lines]) await listen(line, opened);
	}

	async function listen(line: Line, by: pg.PoolClient): Promise<void> {
		try {
			await by.query(`LISTEN ${line.channel}`);
		} catch {
			return lose(by);
		}
		if (client !== by || !lines.has(line)) return;
		line.connected = true;
		// What was said while nobody listened is not known.
		line.interrupted();
	}

	/** A connection that was given back may still fail afterwards. */
	function lose(lost: pg.PoolClient): void {
		if (client !== lost) return;
		client = null;
		lost.release(true);
		for (const line of [...lines]) {
			line.connected = false;
			line.interrupted();
		}
		connectLater();
	}

	function connectLater(): void {
		setTimeout(connect, retryMilliseconds).unref();
	}

	return {
		async add(line: Line): Promise<void> {
			lines.add(line);
			if (client) await listen(line, client);
			else await connect();
			// It came while the others were being connected.
			if (client && !line.connected) await listen(line, client);
		},
		async remove(line: Line): Promise<void> {
			lines.delete(line);
			line.connected = false;
			if (!lines.size) {
				client?.release(true);
				client = null;
			} else if (![...lines].some(({ channel }) => channel === line.channel))
				await client?.query(`UNLISTEN ${line.channel}`).catch(() => {});
		},
	};
}
