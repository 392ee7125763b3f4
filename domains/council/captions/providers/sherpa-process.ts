import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { samplesPerSecond } from '../transcriber.ts';
import type { SherpaAnswer, SherpaQuestion } from './sherpa.ts';
import type { SherpaModel } from './sherpa-models.ts';

/** What is used of sherpa-onnx-node, which has no types of its own. */
interface Stream {
	acceptWaveform(wave: { sampleRate: number; samples: Float32Array }): void;
	inputFinished?(): void;
}
interface Recognizer {
	createStream(): Stream;
	decode(stream: Stream): void;
	isReady?(stream: Stream): boolean;
	getResult(stream: Stream): { text: string };
}
interface Vad {
	acceptWaveform(samples: Float32Array): void;
	isEmpty(): boolean;
	front(enableExternalBuffer: boolean): { start: number; samples: Float32Array };
	pop(): void;
	flush(): void;
	reset(): void;
}
interface Sherpa {
	OfflineRecognizer: new (config: object) => Recognizer;
	OnlineRecognizer: new (config: object) => Recognizer;
	Vad: new (config: object, bufferSeconds: number) => Vad;
}

const vadWindow = 512;
const vadBufferSeconds = 60;

let recognizer: Recognizer | null = null;
let vad: Vad | null = null;
let streaming = false;

function open(model: SherpaModel, language: string): void {
	const sherpa = createRequire(import.meta.url)('sherpa-onnx-node') as Sherpa;
	const common = {
		tokens: model.tokens,
		numThreads: Math.max(1, Math.min(4, availableParallelism() - 1)),
		provider: 'cpu',
		debug: 0,
	};
	const featConfig = { sampleRate: samplesPerSecond, featureDim: 80 };
	const { files } = model;
	streaming = model.streaming;
	if (streaming) {
		const part =
			model.kind === 'zipformerCtc'
				? { zipformer2Ctc: files }
				: model.kind === 'nemoTransducer'
					? { transducer: files }
					: { [model.kind]: files };
		recognizer = new sherpa.OnlineRecognizer({
			featConfig,
			modelConfig: { ...part, ...common },
			enableEndpoint: 0,
		});
	} else {
		const part =
			model.kind === 'whisper'
				? { whisper: { ...files, language, task: 'transcribe', tailPaddings: -1 } }
				: model.kind === 'senseVoice'
					? { senseVoice: { ...files, language, useInverseTextNormalization: 1 } }
					: model.kind === 'nemoTransducer'
						? { transducer: files, modelType: 'nemo_transducer' }
						: model.kind === 'paraformer'
							? { paraformer: { model: files.model } }
							: { [model.kind]: files };
		recognizer = new sherpa.OfflineRecognizer({ featConfig, modelConfig: { ...part, ...common } });
	}
	if (model.vad)
		vad = new sherpa.Vad(
			{
				sileroVad: {
					model: model.vad,
					threshold: 0.4,
					minSpeechDuration: 0.2,
					minSilenceDuration: 0.4,
					maxSpeechDuration: 20,
					windowSize: vadWindow,
				},
				sampleRate: samplesPerSecond,
				numThreads: 1,
				debug: 0,
			},
			vadBufferSeconds,
		);
}

/** Where there is speech, in samples; all of it without a detector. */
function speechIn(samples: Float32Array): { start: number; samples: Float32Array }[] {
	if (!vad) return [{ start: 0, samples }];
	vad.reset();
	const found: { start: number; samples: Float32Array }[] = [];
	const take = () => {
		while (vad && !vad.isEmpty()) {
			const { start, samples: speech } = vad.front(false);
			found.push({ start, samples: speech });
			vad.pop();
		}
	};
	for (let at = 0; at + vadWindow <= samples.length; at += vadWindow) {
		vad.acceptWaveform(samples.subarray(at, at + vadWindow));
		take();
	}
	vad.flush();
	take();
	return found;
}

function wordsOf(samples: Float32Array): string {
	if (!recognizer) throw new Error('no model is open');
	const stream = recognizer.createStream();
	stream.acceptWaveform({ sampleRate: samplesPerSecond, samples });
	if (streaming) {
		// What follows the last word lets it be recognised.
		stream.acceptWaveform({ sampleRate: samplesPerSecond, samples: new Float32Array(samplesPerSecond / 2) });
		stream.inputFinished?.();
		while (recognizer.isReady?.(stream)) recognizer.decode(stream);
	} else recognizer.decode(stream);
	const text = recognizer.getResult(stream).text.trim();
	// Some models know capitals only.
	return text === text.toUpperCase() ? text.toLowerCase() : text;
}

const answer = (one: SherpaAnswer) => process.send?.(one);

process.on('message', (question: SherpaQuestion) => {
	try {
		if (question.kind === 'open') {
			open(question.model, question.language);
			answer({ kind: 'opened' });
			return;
		}
		const spoken = speechIn(question.samples).map((speech) => ({
			startSeconds: speech.start / samplesPerSecond,
			endSeconds: (speech.start + speech.samples.length) / samplesPerSecond,
			text: wordsOf(speech.samples),
		}));
		answer({ kind: 'spoken', id: question.id, spoken });
	} catch (error) {
		answer({
			kind: 'failed',
			id: question.kind === 'open' ? null : question.id,
			reason: (error as Error).message,
		});
	}
});
process.on('disconnect', () => process.exit());
