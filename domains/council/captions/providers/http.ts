import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import {
	type Samples,
	type SpokenText,
	samplesPerSecond,
	type Transcriber,
	TranscriptionError,
} from '../transcriber.ts';
import { waveOf } from '../wave.ts';

export interface HttpTranscriberOptions {
	/** Of the service (`https://albert.api.etalab.gouv.fr/v1`) or of the very resource. */
	url: string;
	model: string | null;
	/** Bearer token. */
	key: string | null;
	timeoutMilliseconds?: number;
	/** Attempts for one piece of sound. */
	attempts?: number;
	/** Before the second attempt; it doubles. */
	retryMilliseconds?: number;
}

const mostAnswerBytes = 1_000_000;
const longestRetryMilliseconds = 20_000;

const seconds = z.coerce.number().min(0).max(3600);
const verboseAnswer = z.object({
	text: z.string().optional(),
	segments: z
		.array(
			z.object({ start: seconds, end: seconds, text: z.string(), no_speech_prob: z.number().optional() }),
		)
		.max(1000)
		.nullish(),
});

/** Where the resource is when the address of the service was given. */
export function resourceOf(url: string): URL {
	const address = new URL(url);
	const path = address.pathname.replace(/\/+$/, '');
	if (/\/(transcriptions|inference)$/.test(path)) return address;
	address.pathname = /\/v\d+$/.test(path)
		? `${path}/audio/transcriptions`
		: `${path}/v1/audio/transcriptions`;
	return address;
}

/** Any service that speaks OpenAI's `/v1/audio/transcriptions`: Albert API, whisper.cpp, vLLM, Speaches, LocalAI. */
export function createHttpTranscriber(options: HttpTranscriberOptions): Transcriber {
	const { model, key, timeoutMilliseconds = 60_000, attempts = 3, retryMilliseconds = 1000 } = options;
	const resource = resourceOf(options.url);
	// Services without times answer `verbose_json` with an error: asked once, then spared.
	let format: 'verbose_json' | 'json' = 'verbose_json';

	async function ask(
		wave: Uint8Array<ArrayBuffer>,
		language: string,
		prompt: string | undefined,
		signal: AbortSignal,
	) {
		const form = new FormData();
		form.append('file', new Blob([wave], { type: 'audio/wav' }), 'audio.wav');
		form.append('language', language);
		form.append('response_format', format);
		form.append('temperature', '0');
		if (model) form.append('model', model);
		if (prompt) form.append('prompt', prompt);
		return fetch(resource, {
			method: 'POST',
			body: form,
			// A redirection would carry the key elsewhere.
			redirect: 'error',
			signal,
			headers: { accept: 'application/json', ...(key && { authorization: `Bearer ${key}` }) },
		});
	}

	async function attempt(
		wave: Uint8Array<ArrayBuffer>,
		lengthSeconds: number,
		{ language, prompt, signal }: Parameters<Transcriber['transcribe']>[1],
	): Promise<SpokenText[] | { again: TranscriptionError; afterMilliseconds: number | null }> {
		const limit = AbortSignal.timeout(timeoutMilliseconds);
		const until = signal ? AbortSignal.any([signal, limit]) : limit;
		let response: Response;
		let body: string;
		try {
			response = await ask(wave, language, prompt, until);
			if (format === 'verbose_json' && (response.status === 400 || response.status === 422)) {
				await response.body?.cancel();
				format = 'json';
				response = await ask(wave, language, prompt, until);
				// It was not the format that it minded.
				if (response.status === 400 || response.status === 422) format = 'verbose_json';
			}
			body = await readText(response);
		} catch (error) {
			if (error instanceof TranscriptionError) throw error;
			const why = limit.aborted ? `no answer within ${timeoutMilliseconds / 1000} s` : 'cannot be reached';
			return { again: new TranscriptionError('busy', `${resource.host}: ${why}`), afterMilliseconds: null };
		}
		if (response.ok) return read(body, response.headers.get('content-type') ?? '', lengthSeconds);
		const said = `${resource.host}: HTTP ${response.status}`;
		if (response.status === 429 || response.status >= 500 || response.status === 408) {
			const after = Number(response.headers.get('retry-after') ?? Number.NaN);
			return {
				again: new TranscriptionError('busy', said),
				afterMilliseconds: Number.isFinite(after) ? Math.min(after * 1000, longestRetryMilliseconds) : null,
			};
		}
		const wrongSet = [401, 403, 404, 405].includes(response.status);
		throw new TranscriptionError(wrongSet ? 'misconfigured' : 'refused', said);
	}

	return {
		name: model ? `${model}, ${resource.hostname}` : resource.hostname,
		async transcribe(samples: Samples, given) {
			const wave = waveOf(samples);
			const lengthSeconds = samples.length / samplesPerSecond;
			for (let n = 1; ; n++) {
				const outcome = await attempt(wave, lengthSeconds, given);
				if (Array.isArray(outcome)) return outcome;
				if (n >= attempts || given.signal?.aborted) throw outcome.again;
				await pause(outcome.afterMilliseconds ?? retryMilliseconds * 2 ** (n - 1), undefined, {
					...(given.signal && { signal: given.signal }),
				}).catch(() => {
					throw outcome.again;
				});
			}
		},
		close: async () => {},
	};
}

async function readText(response: Response): Promise<string> {
	const chunks: Uint8Array[] = [];
	let bytes = 0;
	for await (const chunk of response.body ?? []) {
		bytes += chunk.byteLength;
		if (bytes > mostAnswerBytes) throw new TranscriptionError('refused', 'the answer is too long');
		chunks.push(chunk);
	}
	return Buffer.concat(chunks).toString('utf8');
}

/** Words of an answer: with times, without, or plain text. Nothing outside the audio's own time. */
function read(body: string, type: string, lengthSeconds: number): SpokenText[] {
	const whole = (text: string) => [{ startSeconds: 0, endSeconds: lengthSeconds, text }];
	let parsed: unknown;
	try {
		parsed = JSON.parse(body);
	} catch {
		if (/^text\/(plain|vtt)/.test(type)) return whole(body);
		throw new TranscriptionError('refused', 'the answer is neither JSON nor text');
	}
	const answer = verboseAnswer.safeParse(parsed);
	if (!answer.success)
		throw new TranscriptionError('refused', 'the answer has not the form of a transcription');
	const { text, segments } = answer.data;
	if (!segments?.length) return whole(text ?? '');
	return segments.map(({ start, end, text: words }) => ({
		startSeconds: Math.min(start, lengthSeconds),
		endSeconds: Math.min(Math.max(end, start), lengthSeconds),
		text: words,
	}));
}
