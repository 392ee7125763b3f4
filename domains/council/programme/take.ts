import type { InitSegment, MediaSegment } from './fragments.ts';

/** A source that runs, from its start to its end. */
export interface Take {
	/** Once nothing more comes of it, and its programs have ended. */
	ended: Promise<{ ok: boolean; reason: string }>;
	/** End it; what is begun is finished. */
	stop(): Promise<void>;
	/** End it at once; what is begun is dropped. */
	kill(): Promise<void>;
}

export type OnSegment = (segment: InitSegment | MediaSegment, startedAt: Date) => void;
