import type pg from 'pg';

export interface Listening {
	start(): Promise<void>;
	stop(): Promise<void>;
	/** Whether notifications arrive now. */
	readonly connected: boolean;
}

const retryMilliseconds = 1000;

/**
 * Hear what `NOTIFY channel` says, on a connection kept for it and opened again by itself when it is lost.
 * @param heard called with the payload of each notification
 * @param interrupted called whenever something may have been missed: at the start, and after each loss
 */
export function createListening(
	pool: pg.Pool,
	channel: string,
	heard: (payload: string) => void,
	interrupted: () => void,
): Listening {
	let client: pg.PoolClient | null = null;
	let stopped = false;

	async function open(): Promise<void> {
		if (stopped) return;
		try {
			const opened = await pool.connect();
			opened.on('notification', ({ payload }) => heard(payload ?? ''));
			opened.once('error', () => {
				// A connection that was given back by the stop may still fail afterwards.
				opened.on('error', () => {});
				if (stopped) return;
				opened.release(true);
				client = null;
				interrupted();
				setTimeout(open, retryMilliseconds).unref();
			});
			await opened.query(`LISTEN ${channel}`);
			if (stopped) return opened.release(true);
			client = opened;
			// What was said while nobody listened is not known.
			interrupted();
		} catch {
			setTimeout(open, retryMilliseconds).unref();
		}
	}

	return {
		start: open,
		async stop() {
			stopped = true;
			client?.release(true);
			client = null;
		},
		get connected() {
			return client !== null;
		},
	};
}
