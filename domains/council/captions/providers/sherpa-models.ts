import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { TranscriptionError } from '../transcriber.ts';

/** What a folder of sherpa-onnx holds, as its recognizers take it. */
export interface SherpaModel {
	kind:
		| 'whisper'
		| 'transducer'
		| 'nemoTransducer'
		| 'paraformer'
		| 'moonshine'
		| 'nemoCtc'
		| 'senseVoice'
		| 'zipformerCtc';
	/** Made for speech as it comes; given whole pieces all the same. */
	streaming: boolean;
	files: Record<string, string>;
	tokens: string;
	/** `silero_vad.onnx`, when it lies there too. */
	vad: string | null;
}

/**
 * Tell what model a folder holds by the names of its files, as sherpa-onnx publishes them; of two sizes of a file the
 * smaller one (`int8`).
 * @throws {TranscriptionError} saying what is missing
 */
export async function readSherpaModel(folder: string): Promise<SherpaModel> {
	const names = await readdir(folder).catch(() => {
		throw new TranscriptionError('misconfigured', 'TRANSCRIPTION_MODEL_DIR: there is no such folder');
	});
	return { ...modelOf(basename(folder), names, (name) => join(folder, name)) };
}

/** The pure part: by the names of the folder and its files. */
export function modelOf(
	folder: string,
	names: readonly string[],
	path = (name: string) => name,
): SherpaModel {
	const models = names.filter((name) => name.endsWith('.onnx') || name.endsWith('.ort')).toSorted();
	const one = (pattern: RegExp) => {
		const fitting = models.filter((name) => pattern.test(name));
		const best = fitting.find((name) => name.includes('int8')) ?? fitting[0];
		return best === undefined ? null : path(best);
	};
	const tokens = names.find((name) => /(^|[-_.])tokens\.txt$/.test(name));
	if (!tokens)
		throw new TranscriptionError('misconfigured', 'TRANSCRIPTION_MODEL_DIR: the file tokens.txt is missing');
	const common = {
		tokens: path(tokens),
		vad: one(/silero.*vad/i),
		streaming: /streaming|online/i.test(folder),
	};
	const [encoder, decoder, joiner] = [one(/encoder/i), one(/(^|[-_.])decoder/i), one(/joiner/i)];
	if (encoder && decoder && joiner) {
		const nemo = /nemo|parakeet/i.test(folder);
		return { kind: nemo ? 'nemoTransducer' : 'transducer', files: { encoder, decoder, joiner }, ...common };
	}
	const [preprocessor, encode] = [one(/^preprocess/i), one(/^encode\b/i)];
	const [uncachedDecoder, cachedDecoder] = [one(/uncached_decode/i), one(/^cached_decode/i)];
	if (preprocessor && encode && uncachedDecoder && cachedDecoder)
		return {
			kind: 'moonshine',
			files: { preprocessor, encoder: encode, uncachedDecoder, cachedDecoder },
			...common,
			streaming: false,
		};
	if (encoder && decoder)
		return /paraformer/i.test(folder)
			? { kind: 'paraformer', files: { encoder, decoder }, ...common, streaming: true }
			: { kind: 'whisper', files: { encoder, decoder }, ...common, streaming: false };
	const model = one(/^(?!.*silero).*model/i) ?? one(/^(?!.*(silero|vad)).*/i);
	if (!model)
		throw new TranscriptionError(
			'misconfigured',
			'TRANSCRIPTION_MODEL_DIR: no model is there: an encoder and a decoder, or model.onnx',
		);
	if (/paraformer/i.test(folder)) return { kind: 'paraformer', files: { model }, ...common };
	if (/sense-?voice/i.test(folder)) return { kind: 'senseVoice', files: { model }, ...common };
	if (/zipformer/i.test(folder)) return { kind: 'zipformerCtc', files: { model }, ...common };
	return { kind: 'nemoCtc', files: { model }, ...common };
}
