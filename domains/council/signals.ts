import { createListening, type Platform } from '@parvis/platform';

/** Called with a meeting's id when it changed, with null when any may have: at the start and after a lost connection. */
export type Heard = (meetingId: string | null) => void;

export interface Signals {
	/** @returns call it to hear no more */
	hear(listener: Heard): () => void;
	/** The same of what is recorded of a meeting, which grows every second or two. @returns call it to hear no more */
	hearRecorded(listener: Heard): () => void;
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** Follows the meeting's id where only its recording grew. */
const recorded = ' recorded';

/** What changes meetings says `NOTIFY council_meeting` with its transaction; every process hears it. */
export function createSignals(platform: Platform): Signals {
	const listeners = new Set<Heard>();
	const recordedListeners = new Set<Heard>();
	const tell = (payload: string | null) => {
		if (payload?.endsWith(recorded)) {
			for (const listener of recordedListeners) listener(payload.slice(0, -recorded.length));
			return;
		}
		for (const listener of listeners) listener(payload);
		if (payload === null) for (const listener of recordedListeners) listener(null);
	};
	const listening = createListening(platform.pool, 'council_meeting', tell, () => tell(null));
	return {
		hear(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		hearRecorded(listener) {
			recordedListeners.add(listener);
			return () => void recordedListeners.delete(listener);
		},
		start: listening.start,
		stop: listening.stop,
	};
}
