import type { Context } from '../context.ts';
import type { Part } from '../part.ts';
import { createWipingApi } from './api.ts';
import { createCertificates } from './certificates.ts';
import { fillDemo } from './demo.ts';
import type { Wiping } from './face.ts';
import { createGate } from './gate.ts';
import { wipingPersonalData } from './personal-data.ts';
import { createReading } from './reading.ts';
import { createRecording } from './recording.ts';
import { askedMethod, media, techniques, techniqueTable, usual } from './rules/techniques.ts';
import { categoryWords, mediumWords, methodWords, slotWords, techniqueWords } from './rules/words.ts';
import { createVerifying } from './verifying.ts';

/** Data wiping and its certificates. As a part of the room. */
export function createWiping(context: Context): Part & { face: Wiping } {
	const face: Wiping = {
		...createGate(context),
		...createReading(context),
		...createRecording(context),
		...createVerifying(context),
		certificates: createCertificates(context),
		rules: { media, techniques, table: techniqueTable(), askedMethod, usual },
		words: {
			medium: mediumWords,
			technique: techniqueWords,
			method: methodWords,
			category: categoryWords,
			slot: slotWords,
		},
	};
	context.platform.personalData.offer('equipment.wiping', wipingPersonalData(context));
	return { face, api: createWipingApi(context.platform, face), fillDemo: () => fillDemo(context) };
}
