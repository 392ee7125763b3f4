import type { Configuration } from '@parvis/platform';
import type { Transcriber } from '../transcriber.ts';
import { createHttpTranscriber } from './http.ts';
import { createSherpaTranscriber } from './sherpa.ts';

/** What the settings name to put speech in words; null when they name nothing: then no sound goes anywhere. */
export function configuredTranscriber({
	transcription,
}: Pick<Configuration, 'transcription'>): Transcriber | null {
	if (!transcription) return null;
	return 'url' in transcription
		? createHttpTranscriber(transcription)
		: createSherpaTranscriber(transcription.modelDir);
}
