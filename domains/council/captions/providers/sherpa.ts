import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import { type SpokenText, type Transcriber, TranscriptionError } from '../transcriber.ts';
import { readSherpaModel, type SherpaModel } from './sherpa-models.ts';

export type SherpaQuestion =
	| { kind: 'open'; model: SherpaModel; language: string }
	| { kind: 'transcribe'; id: number; samples: Float32Array };
export type SherpaAnswer =
	| { kind: 'opened' }
	| { kind: 'spoken'; id: number; spoken: SpokenText[] }
	| { kind: 'failed'; id: number | null; reason: string };

interface Engine {
	child: ChildProcess;
	opened: Promise<void>;
	asked: Map<number, { resolve(spoken: SpokenText[]): void; reject(error: Error): void }>;
}

const longestOpenMilliseconds = 120_000;

/** Whether the optional library is installed for this machine. */
export function sherpaInstalled(): boolean {
	try {
		createRequire(import.meta.url).resolve('sherpa-onnx-node');
		return true;
	} catch {
		return false;
	}
}

/**
 * A model in a folder, run by sherpa-onnx: the sound stays on this machine. It runs in a process of its own, for native
 * code that meets a broken model ends the process it is in. The model is opened with the first piece of sound.
 */
export function createSherpaTranscriber(folder: string): Transcriber {
	let engine: Engine | null = null;
	let next = 1;

	async function open(language: string): Promise<Engine> {
		if (!sherpaInstalled())
			throw new TranscriptionError(
				'misconfigured',
				'TRANSCRIPTION_MODEL_DIR needs the package sherpa-onnx-node, which is not installed on this machine',
			);
		const model = await readSherpaModel(folder);
		const child = fork(new URL('./sherpa-process.ts', import.meta.url), {
			serialization: 'advanced',
			execArgv: ['--disable-warning=ExperimentalWarning'],
			stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
			// It needs none of our secrets.
			env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '' },
		});
		let said = '';
		child.stderr?.on('data', (chunk: Buffer) => {
			said = `${said}${chunk}`.slice(-500);
		});
		const asked: Engine['asked'] = new Map();
		const opened = new Promise<void>((resolve, reject) => {
			const late = setTimeout(() => {
				child.kill('SIGKILL');
				reject(new TranscriptionError('misconfigured', 'the model takes too long to open'));
			}, longestOpenMilliseconds);
			child.on('message', (answer: SherpaAnswer) => {
				if (answer.kind === 'opened') {
					clearTimeout(late);
					return resolve();
				}
				if (answer.kind === 'spoken') {
					asked.get(answer.id)?.resolve(answer.spoken);
					asked.delete(answer.id);
					return;
				}
				if (answer.id === null) {
					clearTimeout(late);
					reject(new TranscriptionError('misconfigured', `the model cannot be opened: ${answer.reason}`));
					child.kill();
					return;
				}
				asked.get(answer.id)?.reject(new TranscriptionError('refused', answer.reason));
				asked.delete(answer.id);
			});
			const ended = (why: string) => {
				clearTimeout(late);
				if (engine?.child === child) engine = null;
				const reason = `the model ended: ${said.trim().split('\n').at(-1) || why}`;
				reject(new TranscriptionError('misconfigured', reason));
				for (const one of asked.values()) one.reject(new TranscriptionError('busy', reason));
				asked.clear();
			};
			child.once('error', (error) => ended(error.message));
			child.once('exit', (code, signal) => ended(signal ?? `code ${code}`));
		});
		opened.catch(() => {});
		child.send({ kind: 'open', model, language } satisfies SherpaQuestion);
		return { child, opened, asked };
	}

	return {
		name: basename(folder),
		async transcribe(samples, { language, signal }) {
			engine ??= await open(language);
			const { child, opened, asked } = engine;
			await opened;
			const id = next++;
			const floats = new Float32Array(samples.length);
			for (let n = 0; n < samples.length; n++) floats[n] = (samples[n] ?? 0) / 32768;
			return new Promise<SpokenText[]>((resolve, reject) => {
				asked.set(id, { resolve, reject });
				signal?.addEventListener('abort', () => reject(new TranscriptionError('busy', 'stopped')), {
					once: true,
				});
				child.send({ kind: 'transcribe', id, samples: floats } satisfies SherpaQuestion);
			});
		},
		async close() {
			engine?.child.kill();
			engine = null;
		},
	};
}
