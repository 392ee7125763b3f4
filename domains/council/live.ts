import { anonymous } from '@parvis/platform';
import type { Context } from './context.ts';
import type { Live, LiveState, Sessions } from './face.ts';
import type { Signals } from './signals.ts';

/** Everybody who follows one meeting: its public state is made once for all of them. */
interface Channel {
	meetingId: string;
	listeners: Set<Parameters<Live['follow']>[1]>;
	state: LiveState | null;
	reading: boolean;
	/** It changed again while it was read. */
	again: boolean;
}

const mostListeners = 5000;

/** What the public sees of meetings as they happen. */
export function createLive(
	{ platform, now }: Pick<Context, 'platform' | 'now'>,
	sessions: Pick<Sessions, 'state'>,
	signals: Signals,
): Live {
	const channels = new Map<string, Channel>();
	let listening = 0;
	let version = 0;
	let closed = false;

	async function refresh(channel: Channel): Promise<void> {
		if (channel.reading) {
			channel.again = true;
			return;
		}
		channel.reading = true;
		try {
			do {
				channel.again = false;
				const state = await sessions.state(anonymous, channel.meetingId);
				if (!state) break;
				version++;
				channel.state = { ...state, at: now(), version };
				for (const listener of channel.listeners) listener.state(channel.state);
			} while (channel.again);
		} catch (error) {
			// The next signal, or the return of the database, reads it again.
			platform.log.warn({ reason: (error as Error).message }, 'the state of a meeting could not be read');
		} finally {
			channel.reading = false;
		}
	}

	signals.hear((meetingId) => {
		for (const channel of channels.values())
			if (meetingId === null || meetingId === channel.meetingId) void refresh(channel);
	});

	return {
		async follow(meetingId, listener) {
			if (closed || listening >= mostListeners) return null;
			const known = channels.get(meetingId);
			const channel: Channel = known ?? {
				meetingId,
				listeners: new Set(),
				state: null,
				reading: false,
				again: false,
			};
			channels.set(meetingId, channel);
			channel.listeners.add(listener);
			listening++;
			if (channel.state) listener.state(channel.state);
			else await refresh(channel);
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
