import type { Logger } from '@parvis/platform';

/** Who follows one meeting: what it shows is read once for all of them. */
interface Channel<Value> {
	listeners: Set<Listener<Value>>;
	value: Value | null;
	reading: boolean;
	/** It changed again while it was read. */
	again: boolean;
}

export interface Listener<Value> {
	value(value: Value): void;
	end(): void;
}

export interface Channels<Value> {
	/** Read a meeting again for its followers; all meetings for null. */
	refresh(meetingId: string | null): void;
	/** @returns call it to leave; null when there are too many followers already, or no more are taken */
	follow(meetingId: string, listener: Listener<Value>): Promise<(() => void) | null>;
	/** End every follower. */
	close(): void;
}

/** Followers of meetings, by meeting. @param read what a meeting shows now; null: nothing new */
export function createChannels<Value>(
	log: Logger,
	mostListeners: number,
	read: (meetingId: string, before: Value | null) => Promise<Value | null>,
): Channels<Value> {
	const channels = new Map<string, Channel<Value>>();
	let listening = 0;
	let closed = false;

	async function refresh(meetingId: string, channel: Channel<Value>): Promise<void> {
		if (channel.reading) {
			channel.again = true;
			return;
		}
		channel.reading = true;
		try {
			do {
				channel.again = false;
				const value = await read(meetingId, channel.value);
				if (value === null) break;
				channel.value = value;
				for (const listener of channel.listeners) listener.value(value);
			} while (channel.again);
		} catch (error) {
			// The next signal, or the return of the database, reads it again.
			log.warn({ reason: (error as Error).message }, 'a followed meeting could not be read');
		} finally {
			channel.reading = false;
		}
	}

	return {
		refresh(meetingId) {
			for (const [id, channel] of channels)
				if (meetingId === null || meetingId === id) void refresh(id, channel);
		},

		async follow(meetingId, listener) {
			if (closed || listening >= mostListeners) return null;
			const channel: Channel<Value> = channels.get(meetingId) ?? {
				listeners: new Set(),
				value: null,
				reading: false,
				again: false,
			};
			channels.set(meetingId, channel);
			channel.listeners.add(listener);
			listening++;
			if (channel.value !== null) listener.value(channel.value);
			else await refresh(meetingId, channel);
			let left = false;
			return () => {
				if (left) return;
				left = true;
				listening--;
				channel.listeners.delete(listener);
				if (channel.listeners.size === 0 && channels.get(meetingId) === channel) channels.delete(meetingId);
			};
		},

		close() {
			closed = true;
			for (const channel of channels.values()) for (const listener of [...channel.listeners]) listener.end();
		},
	};
}
