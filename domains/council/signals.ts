import { createListening, type Platform } from '@parvis/platform';

/** Called with a meeting's id when it changed, with null when any may have: at the start and after a lost connection. */
export type Heard = (meetingId: string | null) => void;

export interface Signals {
	/** @returns call it to hear no more */
	hear(listener: Heard): () => void;
	start(): Promise<void>;
	stop(): Promise<void>;
}

/** What changes meetings says `NOTIFY council_meeting` with its transaction; every process hears it. */
export function createSignals(platform: Platform): Signals {
	const listeners = new Set<Heard>();
	const tell = (meetingId: string | null) => {
		for (const listener of listeners) listener(meetingId);
	};
	const listening = createListening(platform.pool, 'council_meeting', tell, () => tell(null));
	return {
		hear(listener) {
			listeners.add(listener);
			return () => void listeners.delete(listener);
		},
		start: listening.start,
		stop: listening.stop,
	};
}
