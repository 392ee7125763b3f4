/** Speech as every provider takes it: one channel, 16 000 samples a second. */
export type Samples = Int16Array<ArrayBuffer>;

export const samplesPerSecond = 16_000;

/** Some words and when they were said, in seconds from the beginning of the audio. */
export interface SpokenText {
	startSeconds: number;
	endSeconds: number;
	text: string;
}

export interface TranscribeOptions {
	/** BCP 47: `fr`. */
	language: string;
	/** What was said just before, for providers that take it. */
	prompt?: string;
	signal?: AbortSignal;
}

/** What puts speech in words. */
export interface Transcriber {
	/** As pages name it: `whisper-large-v3, albert.api.etalab.gouv.fr`. */
	name: string;
	/**
	 * @param samples at most some tens of seconds
	 * @throws {TranscriptionError}
	 */
	transcribe(samples: Samples, options: TranscribeOptions): Promise<SpokenText[]>;
	close(): Promise<void>;
}

/**
 * Why speech was not put in words; the message holds no secret.
 * `busy`: try again soon. `misconfigured`: a person has to look. `refused`: this piece of sound is not taken, others may be.
 */
export class TranscriptionError extends Error {
	readonly reason: 'busy' | 'misconfigured' | 'refused';
	constructor(reason: TranscriptionError['reason'], message: string) {
		super(message);
		this.reason = reason;
	}
}
